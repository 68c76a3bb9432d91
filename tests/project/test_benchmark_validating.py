"""The inputs of the validation benchmark: the same in every run, of every event on every route, and no peer has anything else to say about them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from conftest import ROOT
from signalbook import check
from signalbook.reading import strict_json
from signalbook.testing.sampler import Sampler

sys.path.append(
    str(ROOT)
)  # where the benchmarks are; `python -m pytest` has put it there already, `pytest` has not

from benchmarks.validating import inputs, measuring, told
from benchmarks.validating.payloads import nearest, of_one_kind, pool, repeated, schema
from benchmarks.validating.telling import Teller

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.validating.payloads import Payload

    from signalbook import Registry


@pytest.fixture(scope="module")
def found(registry: Registry) -> list[Payload]:
    """A thousand payloads of the catalogue, a tenth of them with a fault."""
    return pool(registry, distinct=1_000, broken=0.1)


def test_every_event_is_there_on_every_route(registry: Registry, found: list[Payload]) -> None:
    """The stream is mixed: no event and no way of arriving is left out, and the broken ones are of all providers."""
    sampler = Sampler(registry)
    routes = {(event, recipe.route) for event in registry.events for recipe in sampler.recipes(event)}
    assert {(one.event, one.route) for one in found if not one.broken} == routes
    assert Counter(one.broken for one in found) == {False: 900, True: 100}
    assert {one.event.partition("/")[0] for one in found if one.broken} == set(registry.providers)


def test_equal_seeds_make_equal_files(model: Registry, tmp_path: Path) -> None:
    """A run can be had again, and another seed makes another file; a longer one repeats all payloads before any comes twice more."""
    first, again, other = (pool(model, distinct=40, broken=0.1, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    lines = [one.text for one in repeated(first, 100)]
    assert lines == [one.text for one in repeated(again, 100)]
    assert Counter(lines[:80]) == Counter(
        {text: 2 * count for text, count in Counter(one.text for one in first).items()}
    )
    inputs.write_lines(tmp_path / "some.ndjson", lines)
    inputs.write_large(tmp_path / "large.ndjson", tmp_path / "some.ndjson", 100_000)
    large = (tmp_path / "large.ndjson").read_text("utf-8").splitlines()
    assert large[:100] == lines
    assert set(large) == set(lines)
    assert 100_000 <= (tmp_path / "large.ndjson").stat().st_size < 110_000


def test_all_agree_on_the_payloads(registry: Registry, found: list[Payload]) -> None:
    """Signalbook finds in each payload the event it was made from, and nothing wrong; a broken one is found; and who is told the schemas says the same."""
    teller = Teller(registry)
    caught = Counter[bool]()
    for one in found:
        verdict = check(one.text.encode(), registry=registry)
        accepted = _accepts(teller, one)
        if one.broken:
            # What no schema says, a checksum or an event that is known by what is broken, only signalbook sees.
            assert not verdict.ok
            caught[accepted] += 1
        else:
            assert (verdict.ok, verdict.event, accepted) == (True, one.event, True)
    assert caught[False] > caught[True]


def _accepts(teller: Teller, one: Payload) -> bool:
    """Return what the loop of a peer says of a payload, done by the library that is installed here."""
    parts, _, text = teller.line(one.text).partition("\t")
    values: list[Any] = [strict_json.loads(text.encode())]
    for name, outer, steps in json.loads(parts):
        value = values[outer + 1]
        for step in steps:
            value = strict_json.unfolded(value)[step]
        values.append(strict_json.unfolded(value))
        if not told.jsonschema(teller.schemas[name])(values[-1]):
            return False
    return True


def test_a_loop_that_is_told_refuses_what_is_broken_and_nothing_else(
    registry: Registry, found: list[Payload], tmp_path: Path
) -> None:
    """The loop that peers are measured in does the work: it takes all sound payloads, and counts those that are not."""
    teller = Teller(registry)
    sound = [one for one in found if not one.broken][:100]
    lines = [teller.line(one.text) for one in sound]
    bare = next(one for one in sound if not one.route)
    inputs.write_lines(
        tmp_path / "told.ndjson", [*lines, f"{json.dumps(teller.parts(json.loads(bare.text)))}\t{{}}"]
    )
    for name, document in teller.schemas.items():
        inputs.write_lines(tmp_path / f"{name}.json", [json.dumps(document)])
    counts = [
        told.lines(told.jsonschema, tmp_path, tmp_path / "told.ndjson", count)[1] for count in (100, 101)
    ]
    assert counts == [0, 1]


def test_single_files_have_the_schema_that_peers_are_told(registry: Registry, found: list[Payload]) -> None:
    """The files of one kind keep one schema, and each single file its own: to a peer they are valid too."""
    alike = of_one_kind(found)
    assert len({(one.event, one.route) for one in alike}) == 1
    validator = jsonschema.Draft7Validator(schema(registry, alike[0]))
    assert all(validator.is_valid(json.loads(one.text)) for one in alike)
    for size in (300, 1_500):
        one = nearest(found, size)
        assert abs(len(one.text.encode()) - size) * 10 <= size
        assert jsonschema.Draft7Validator(schema(registry, one)).is_valid(json.loads(one.text))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no /proc to watch processes by")
def test_a_run_is_measured_with_all_that_it_starts() -> None:
    """Time is the wall's, memory that of the process and its children together; a command that fails is named and not asked again."""
    hold = "import time; data = bytearray(60_000_000); time.sleep(0.4)"
    start = f"import subprocess, sys; [one.wait() for one in [subprocess.Popen([sys.executable, '-c', {hold!r}]) for _ in range(2)]]"
    done = measuring.run((sys.executable, "-c", start), {}, memory=True)
    assert done.code == 0
    assert done.seconds > 0.4
    assert 60 < measuring.run((sys.executable, "-c", hold), {}, memory=True).peak < 100
    assert 130 < done.peak < 200
    good = measuring.Subject("good", (sys.executable, "-c", "print('2.5 0')"), loop=True, scale=10)
    wrong = measuring.Subject("wrong", (sys.executable, "-c", "print('2.5 3')"), loop=True)
    bad = measuring.Subject("bad", (sys.executable, "-c", "raise SystemExit('no such file')"))
    measuring.in_turns([good, wrong, bad], 2, {})
    assert (good.seconds, good.fault, wrong.fault, bad.fault) == (
        [25.0, 25.0],
        "",
        "refuses 3 sound payloads",
        "exit code 1: no such file",
    )


def test_the_command_says_what_it_can_do() -> None:
    """Who wants the mixed stream alone finds the words for it."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.validating.inputs", "--help"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert all(word in done.stdout for word in ("path", "--lines", "--broken", "--seed"))
