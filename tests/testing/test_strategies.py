"""The Hypothesis strategies: payloads of every event and kind are drawn, shrink to one change of an example, and are replayed like any other value."""

from __future__ import annotations

import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_sampling import PROVIDERS, REGISTRIES, is_unfound, judged, leaves, plain

import signalbook as book
from conftest import NIGHTLY, ROOT
from signalbook import CannotSample, UnknownContract
from signalbook.envelopes.opener import open_payload
from signalbook.reading import decoding, strict_json
from signalbook.testing.sampler import KINDS
from signalbook.testing.strategies import payloads, sampler

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook import Registry, Verdict
    from signalbook.testing.sampler import Kind, Sample

EVENTS = {event: registry for registry in PROVIDERS.values() for event in registry.events}
STATE = "alibaba/ecs/instance-state-change"
CHANGED = "huawei/config/resource-changed"
REBOOT = "jdcloud/vm/system-failure-reboot"
CATALOGUE = REGISTRIES["catalogue"]


def keeps_its_promise(sample: Sample, verdict: Verdict) -> bool:
    """Whether the verdict on a payload, at the level of its kind, is the one that its kind promises."""
    if sample.kind == "broken":
        return not verdict.ok and (sample.is_found_by(verdict) or is_unfound(sample))
    return (
        verdict.ok
        if sample.name is None
        else verdict.name == sample.name and verdict.status in ("valid", "unidentified")
    )


@pytest.mark.parametrize("event", EVENTS)
@settings(max_examples=300 if NIGHTLY else 4, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_drawn_is_what_its_kind_says(event: str, data: st.DataObject) -> None:
    """Of every event payloads of every kind can be drawn, in every version; their bytes get the verdict that their kind promises."""
    registry = EVENTS[event]
    version = data.draw(st.sampled_from(sorted(registry.events[event].versions)))
    for kind in KINDS:
        sample = data.draw(payloads(event, version=version, kind=kind, registry=registry))
        assert (sample.event, sample.version, sample.kind) == (event, version, kind)
        assert keeps_its_promise(
            sample, judged(sample, registry, "tolerant" if kind == "tomorrow" else "documented")
        ), sample
        assert decoding.read(sample.data) == sample.value


def smallest(event: str, wanted: Callable[[Sample], bool], **asked: Any) -> Sample:
    """Return the payload to which Hypothesis shrinks those that are wanted."""
    few = settings(max_examples=3000, database=None, suppress_health_check=list(HealthCheck))
    return hypothesis.find(payloads(event, **asked), wanted, settings=few, random=Random(0))  # noqa: S311 - to be repeated


def differences(sample: Sample, registry: Registry) -> int:
    """Return in how many places a payload differs from the example of its route that is nearest to it."""
    (recipe,) = sampler(registry).recipes(sample.event, sample.version, "+".join(sample.route) or "bare")
    new = dict(leaves(sample.value))
    shown = [dict(leaves(example.value)) for example in plain(recipe)]
    return min(
        len(
            {
                path
                for path in old.keys() | new.keys()
                if (path in old, old.get(path)) != (path in new, new.get(path))
            }
        )
        for old in shown
    )


@pytest.mark.parametrize("event", [STATE, CHANGED, REBOOT])
def test_the_simplest_payload_is_the_first_example(event: str) -> None:
    """Where any payload will do, Hypothesis gives the first example of the plainest route, as it stands."""
    sample = smallest(event, lambda _: True)
    first = sampler(CATALOGUE).recipes(event)[0]
    assert (sample.why, sample.value, sample.route) == ((), plain(first)[0].value, first.route)


@pytest.mark.parametrize(
    ("event", "kind", "words"),
    [
        (STATE, "tomorrow", "a value nobody knows"),
        (STATE, "tomorrow", "a field nobody knows"),
        (CHANGED, "tomorrow", "a value nobody knows"),
        (REBOOT, "tomorrow", "a value nobody knows"),
        (STATE, "documented", "is long and Chinese"),
        (CHANGED, "documented", "is left out"),
        (STATE, "broken", "is null"),
        (CHANGED, "broken", "does not have its form"),
        (STATE, "broken", "is none of the listed values"),
        (REBOOT, "broken", "/eventTime is missing"),
    ],
)
def test_a_failure_shrinks_to_one_change(event: str, kind: Kind, words: str) -> None:
    """A payload that fails for one thing is made smaller until it is an example with just that one thing changed."""
    sample = smallest(event, lambda sample: any(words in why for why in sample.why), kind=kind)
    assert len(sample.why) == 1
    assert differences(sample, CATALOGUE) == 1, sample


def test_what_two_changes_are_needed_for_keeps_two() -> None:
    """Shrinking ends at what is wanted: two things that are special stay two."""
    sample = smallest(STATE, lambda sample: len({why.split(" ")[0] for why in sample.why}) > 1)
    assert len(sample.why) == 2


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        pytest.param(
            "huawei/config/resource-changed", lambda sample: sample.data[:2] == b"\x1f\x8b", id="gzip"
        ),
        pytest.param(STATE, lambda sample: sample.data[:1] not in b"{[", id="form"),
        pytest.param(STATE, lambda sample: len(sample.route) > 1, id="an envelope in an envelope"),
        pytest.param(
            STATE,
            lambda sample: any(strict_json.unfolded(value) is not value for value in sample.value.values()),
            id="JSON text",
        ),
        pytest.param(
            "huawei/config/resource-changed",
            lambda sample: len(open_payload(sample.value, CATALOGUE)) > 2,
            id="several events",
        ),
    ],
)
def test_each_form_of_delivery_comes_up(event: str, wanted: Callable[[Sample], bool]) -> None:
    """Bytes that a handler may meet come up without being asked for."""
    assert judged(smallest(event, wanted), CATALOGUE).ok


def drawn(strategy: st.SearchStrategy[Sample], count: int, **how: Any) -> list[Sample]:
    """Return what a property test with a strategy is given."""
    found: list[Sample] = []

    @settings(max_examples=count, database=None, suppress_health_check=list(HealthCheck), **how)
    @given(sample=strategy)
    def test(sample: Sample) -> None:
        found.append(sample)

    test()
    return found


def test_a_run_can_be_replayed() -> None:
    """A derandomized run draws the same payloads each time, and as many as it may."""
    runs = [drawn(payloads(STATE, kind=kind), 25, derandomize=True) for kind in KINDS for _ in range(2)]
    assert [len(run) for run in runs] == [25] * 6
    for first, second in zip(runs[::2], runs[1::2], strict=True):
        assert first == second
        assert len({sample.data for sample in first}) > 15


def test_every_route_comes_up_unless_one_is_named() -> None:
    """Payloads come on every route that is documented, and on one alone where it is named: by its last word, by its id, or as the route is shown."""
    every = {recipe.route for recipe in sampler(CATALOGUE).recipes(STATE)}
    assert {sample.route for sample in drawn(payloads(STATE), 600, derandomize=True)} == every
    for name in ("mns-http+cloudmonitor", "alibaba/mns-http+alibaba/cloudmonitor", "mns-http"):
        assert {sample.route for sample in drawn(payloads(STATE, envelope=name), 5)} == {
            ("alibaba/mns-http", "alibaba/cloudmonitor")
        }
    assert {sample.route for sample in drawn(payloads(REBOOT, envelope="bare"), 5)} == {()}


def test_versions_and_names() -> None:
    """The newest version is drawn unless another is named, and an event may be named as its provider does."""
    newest = CATALOGUE.events[STATE].newest.version
    assert {(sample.event, sample.version) for sample in drawn(payloads("Instance:StateChange"), 5)} == {
        (STATE, newest)
    }
    assert {sample.version for sample in drawn(payloads(STATE, version="1.0.0"), 5)} == {"1.0.0"}
    for sample in drawn(payloads(STATE, version="1.0.0"), 20):
        assert book.check(sample.data, version="1.0.0").ok


def test_a_registry_of_ones_own(model: Registry) -> None:
    """Events of another registry are drawn from it, and held against it."""
    for sample in drawn(payloads("Disk.Full", registry=model), 10):
        assert book.check(sample.data, registry=model).event == "acme/disk/disk-full"
    with pytest.raises(UnknownContract):
        payloads("Disk.Full")


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        (
            {"event": STATE, "kind": "odd"},
            ValueError,
            "kind is one of documented, tomorrow, broken, and not 'odd'",
        ),
        (
            {"event": "alibaba/ecs/instance-state-chnage"},
            UnknownContract,
            "did you mean 'alibaba/ecs/instance-state-change'",
        ),
        ({"event": STATE, "version": "9.9.9"}, UnknownContract, r"instance-state-change@9\.9\.9"),
        ({"event": STATE, "envelope": "cloudmonitr"}, UnknownContract, "did you mean 'alibaba/cloudmonitor"),
        ({"event": STATE, "envelope": "bare"}, CannotSample, "never arrives bare"),
    ],
)
def test_mistakes_are_told_at_once(asked: dict[str, Any], error: type[Exception], says: str) -> None:
    """What cannot be drawn is refused when the strategy is made, not in the middle of a test."""
    with pytest.raises(error, match=says):
        payloads(**asked)


def test_a_sample_tells_what_it_is() -> None:
    """A falsifying example is printed with its kind, event, version, route and what is special about it."""
    sample = smallest(
        STATE, lambda sample: "is null" in "".join(sample.why), kind="broken", envelope="cloudmonitor"
    )
    assert repr(sample).startswith(
        f"<broken {STATE}@{CATALOGUE.events[STATE].newest.version} in cloudmonitor: {sample.why[0]}: {{"
    )


def test_hypothesis_is_loaded_only_to_draw() -> None:
    """`signalbook.strategies` is there without an import of its own, and brings Hypothesis along when the first strategy is made."""
    code = "import sys, signalbook; s = signalbook.strategies; print('hypothesis' in sys.modules); s.payloads('Instance:StateChange'); print('hypothesis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["False", "True"]


def test_the_benchmark_runs() -> None:
    """`make bench-sampling` measures ours and hypothesis-jsonschema in turns, and finds none of our payloads invalid or not recognised."""
    few = ["--only", REBOOT, "--rounds", "2", "--count", "3", "--seconds", "5"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sampling.run", *few],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    )
    lines = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith(f"| {REBOOT}@")]
    assert [line[1] for line in lines] == [
        "signalbook, by a seed",
        "signalbook.strategies",
        "hypothesis-jsonschema",
        "hypothesis-jsonschema",
    ]
    assert [line[3] for line in lines[:2]] == ["6", "6"]
    assert [line[5:7] for line in lines[:2]] == [["0", "0"]] * 2
    assert all(line[7].strip(" |").endswith("×") for line in lines[2:])
