"""Payloads made from contracts: they are what their kind says, arrive as their bytes say, look like real ones, and are the same for the same seed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from itertools import permutations, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import signalbook as book
from conftest import GOOD, NIGHTLY
from signalbook import CannotSample, Registry, UnknownContract
from signalbook.engine import levels, schema_validator
from signalbook.envelopes.opened import UNIDENTIFIED
from signalbook.envelopes.opener import open_payload
from signalbook.errors import BrokenRegistry
from signalbook.reading import decoding, pointers, strict_json
from signalbook.reading.strict_json import compact
from signalbook.registry import examples
from signalbook.testing import changes, text_forms, text_trees
from signalbook.testing.places import Describer
from signalbook.testing.sampler import KINDS, Sampler, seeded, written
from signalbook.testing.strategies import sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signalbook import Verdict
    from signalbook.registry import Contract
    from signalbook.testing.sampler import Kind, Recipe, Sample

# Faults that are not found where they were made, each with its reason: a pattern on the route and what the payload shows.
UNFOUND = {
    r"eventbridge: it holds only what is always there; /source is of another type": "what is left is taken for a CloudEvent of another provider"
}

SEED, DRAWN = 7, 30 if NIGHTLY else 1
SECOND_OPINIONS = 40 if NIGHTLY else 2
KEYWORDS = {
    "type",
    "required",
    "enum",
    "const",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "minItems",
    "anyOf",
    "oneOf",
}
FAR = 12_345_678  # seconds: another month, another hour

REGISTRIES = {"catalogue": Registry.load(), "model": Registry.load(GOOD)}
PROVIDERS = {provider: registry for registry in REGISTRIES.values() for provider in registry.providers}
EVERY = pytest.mark.parametrize("provider", PROVIDERS)


DESCRIBER = Describer()


class Asked(NamedTuple):
    """A version of an event, and how to make payloads of it: one recipe for each route, of which `turn` has its turn to show all its cases."""

    contract: Contract
    recipes: list[Recipe]
    turn: Recipe


@cache
def asked(provider: str) -> list[Asked]:
    """Return every version of every event of a provider with its recipes; the cases of all routes have their turn, but not those of all events."""
    registry = PROVIDERS[provider]
    contracts = [one for one in registry.event_contracts() if one.of.startswith(f"{provider}/")]
    made = [(contract, sampler(registry).recipes(contract.of, contract.version)) for contract in contracts]
    return [
        Asked(contract, recipes, recipes[number % len(recipes)])
        for number, (contract, recipes) in enumerate(made)
    ]


@cache
def cases(recipe: Recipe, kind: Kind) -> list[Sample]:
    """Return every case of a recipe."""
    return list(recipe.cases(kind))


@cache
def payloads(provider: str, kind: Kind) -> list[Sample]:
    """Return payloads of every version of every event on every route: some by seed, and all cases where the route has its turn."""
    out: list[Sample] = []
    for one in asked(provider):
        for recipe in one.recipes:
            out += seeded([recipe], kind, SEED, DRAWN)
            out += cases(recipe, kind) if NIGHTLY or recipe is one.turn else []
    return out


def judged(sample: Sample, registry: Registry, level: book.Level = "documented") -> Verdict:
    """Return the verdict on the bytes of a payload, as a user asks for it."""
    version = None if registry.events[sample.event].newest.version == sample.version else sample.version
    return book.check(sample.data, version=version, level=level, registry=registry)


def is_unfound(sample: Sample) -> bool:
    """Whether a fault is one of those of which it is known that they are not found."""
    return any(re.match(form, f"{written(sample.route)}: {'; '.join(sample.why)}") for form in UNFOUND)


def told(registry: Registry, contract: Contract) -> set[str]:
    """Return the rules of what is said of the examples of deliveries, or of the bare bodies."""
    found = [*examples.of(registry, contract, "delivered"), *examples.of(registry, contract, "valid")]
    verdicts = [book.check(example.value, version=contract.version, registry=registry) for example in found]
    return {finding.rule for verdict in verdicts if verdict.ok for finding in verdict.findings}


def opinions(sample: Sample, registry: Registry) -> list[tuple[str, str]]:
    """Return what the reference engine says of each envelope and each body of a payload."""
    found = []
    for opened in open_payload(sample.value, registry):
        for layer in opened.wrappers:
            found += schema_validator.reference_errors(layer.envelope.newest.resolved, layer.value)
        if opened.event:
            contract = (
                opened.event.version(sample.version)
                if opened.event.id == sample.event
                else opened.event.newest
            )
            found += schema_validator.reference_errors(contract.resolved, opened.body)
    return found


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the path and the value of everything in a payload that is no object or list; paths lead on into JSON text."""
    value = strict_json.unfolded(value)
    if not isinstance(value, dict | list):
        yield path, value
        return
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(inner, (*path, step))


class Told:
    """Choices that are told one by one; after them the lowest, which is the simplest."""

    def __init__(self, *numbers: int) -> None:
        self._numbers = list(numbers)

    def integer(self, low: int, high: int) -> int:
        """Return the next number, as far as it may go."""
        return min(max(low, self._numbers.pop(0)), high) if self._numbers else low


@cache
def plain(recipe: Recipe) -> list[Sample]:
    """Return the examples of a recipe as they stand, which are its first cases."""
    return list(takewhile(lambda sample: not sample.why, recipe.cases("documented")))


def moved(recipe: Recipe) -> Iterator[tuple[Sample, Sample]]:
    """Yield each example of a recipe as it stands, and with other ids and later times."""
    for number, one in enumerate(plain(recipe)):
        yield one, recipe.sample(Told(number, 4711, FAR), "documented")


def catalogue(event: str, envelope: str) -> Recipe:
    """Return the recipe of an event of the catalogue on one route."""
    (recipe,) = sampler(REGISTRIES["catalogue"]).recipes(event, envelope=envelope)
    return recipe


# What each kind of payload promises.


@EVERY
def test_documented_payloads_are_valid(provider: str) -> None:
    """A documented payload is valid, is recognised as its event on its route, and nothing is said of it that is not said of an example."""
    registry = PROVIDERS[provider]
    usual = {(one.contract.of, one.contract.version): told(registry, one.contract) for one in asked(provider)}
    for sample in payloads(provider, "documented"):
        verdict = judged(sample, registry)
        assert (verdict.status, verdict.event, verdict.envelopes) == ("valid", sample.event, sample.route), (
            sample
        )
        assert {finding.rule for finding in verdict.findings} <= usual[sample.event, sample.version], (
            sample,
            verdict.findings,
        )
        assert (sample.kind, sample.fault, sample.name) == ("documented", None, None)


@EVERY
def test_tomorrows_payloads_are_tolerated(provider: str) -> None:
    """What may come tomorrow is valid to the tolerant reading and is known as its event; under a new name it is unknown by just that name."""
    registry = PROVIDERS[provider]
    for sample in payloads(provider, "tomorrow"):
        verdict = judged(sample, registry, "tolerant")
        if sample.name is None or verdict.ok:
            assert (verdict.status, verdict.event) == ("valid", sample.event), (sample, verdict.findings)
        else:
            assert {finding.rule for finding in verdict.errors} <= UNIDENTIFIED, (sample, verdict.findings)
            assert verdict.status == "unidentified"
        assert sample.name in (None, verdict.name), sample
        assert sample.why
        assert sample.fault is None


@EVERY
def test_tomorrows_payloads_are_news(provider: str) -> None:
    """What a payload of tomorrow says of itself is so: today's strict reading finds the unknown field, the unlisted value, the unknown name."""
    registry = PROVIDERS[provider]
    expected = {
        "field nobody knows": {"unknown-field"},
        "value nobody knows": {"enum", "unlisted-value", "pattern"},
        "name nobody knows": UNIDENTIFIED,
    }
    seen = set()
    for sample in (sample for one in asked(provider) for sample in cases(one.turn, "tomorrow")):
        for words, rules in expected.items():
            if words in sample.why[0]:
                seen.add(words)
                verdict = judged(sample, registry, "strict")
                found = {finding.rule for finding in verdict.findings}
                # A general contract takes any name, and says nothing of a new one.
                assert found & rules or (sample.name and verdict.name == sample.name), (sample, found)
    assert seen == set(expected)


@EVERY
def test_broken_payloads_are_found_broken(provider: str) -> None:
    """A broken payload is not valid, its fault is found where it was made, and it says what that is."""
    registry = PROVIDERS[provider]
    for sample in payloads(provider, "broken"):
        verdict = judged(sample, registry)
        assert not verdict.ok, sample
        assert sample.is_found_by(verdict) or is_unfound(sample), (sample, sample.fault, verdict.findings)
        assert sample.fault is not None
        assert sample.why[-1].startswith(
            pointers.join(
                (*sample.fault.path, *((sample.fault.field,) if sample.fault.kind == "missing" else ()))
            )
        )


@EVERY
def test_a_fault_is_not_found_where_there_is_none(provider: str) -> None:
    """A verdict on an example, or on a fault at another place, does not count as having found the fault."""
    registry = PROVIDERS[provider]
    for one in asked(provider):
        broken = cases(one.turn, "broken")
        whole = judged(cases(one.turn, "documented")[0], registry)
        assert not any(sample.is_found_by(whole) for sample in broken)
        for other in [sample for sample in broken if sample.fault and not sample.fault.telling][:3]:
            verdict = judged(other, registry)
            found = [sample for sample in broken if sample.is_found_by(verdict)]
            assert {sample.fault and sample.fault.path for sample in found} == {
                other.fault and other.fault.path
            }


@EVERY
@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_engine_agrees(provider: str, kind: Kind) -> None:
    """The second engine accepts each envelope and each body of a documented payload, and rejects one of a payload broken against a keyword."""
    registry = PROVIDERS[provider]
    for one in asked(provider):
        drawn = list(seeded(one.recipes, kind, SEED, SECOND_OPINIONS))
        for sample in [
            *drawn,
            *cases(one.turn, kind)[:: max(1, len(cases(one.turn, kind)) // SECOND_OPINIONS)],
        ]:
            verdict, errors = judged(sample, registry), opinions(sample, registry)
            if kind == "documented" or verdict.ok:
                # A form that no document asks for is a warning, whichever engine finds it.
                warned = [
                    (finding.rule, finding.pointer)
                    for finding in verdict.findings
                    if finding.severity == "warning"
                ]
                assert [
                    (rule, at)
                    for rule, at in errors
                    if not any(rule == one and there.endswith(at) for one, there in warned)
                ] == [], sample
            elif all(opened.event for opened in open_payload(sample.value, registry)) and any(
                finding.rule in KEYWORDS for finding in verdict.errors
            ):
                assert errors, (sample, verdict.findings)


# The bytes.


@EVERY
@pytest.mark.parametrize("kind", KINDS)
def test_bytes_and_value_say_the_same(provider: str, kind: Kind) -> None:
    """The bytes of a payload, read as the command reads them, are its value; an HTTP header is one that a request can bear."""
    for sample in payloads(provider, kind):
        assert decoding.read(sample.data) == sample.value, sample
        for name, text in sample.headers.items():
            assert re.fullmatch("[A-Za-z0-9-]+", name), sample
            assert re.fullmatch("[ -~]+", text), sample


def test_each_transport_has_its_bytes() -> None:
    """A form arrives as a form, a compressed file compressed, everything else as JSON; the header says which."""
    sent: dict[str, set[str]] = {}
    for provider, registry in PROVIDERS.items():
        for sample in payloads(provider, "documented"):
            transport = registry.envelopes[sample.route[0]].transport if sample.route else None
            begins = (
                "form"
                if sample.data[:1] not in b"{[\x1f"
                else "gzip"
                if sample.data[:2] == b"\x1f\x8b"
                else "json"
            )
            sent.setdefault(begins, set()).add(sample.headers["Content-Type"])
            if transport and transport.form:
                assert begins == "form"
    assert sent == {
        "form": {"application/x-www-form-urlencoded"},
        "gzip": {"application/gzip"},
        "json": {"application/json"},
    }


# What makes them look like real ones.


Times = dict[tuple[str | int, ...], tuple[datetime, text_forms.Form]]


def times(value: Any) -> Times:
    """Return the times in a payload by their paths."""
    found = {
        path: text_forms.time_of(
            text, next((step for step in path[::-1] if isinstance(step, str)), ""), known=False
        )
        for path, text in leaves(value)
    }
    return {path: one for path, one in found.items() if one}


def described(value: Any, contract: Contract) -> set[tuple[str | int, ...]]:
    """Return the paths of a payload that its contracts describe."""
    return {
        place.path
        for place in DESCRIBER.places(
            open_payload(value, PROVIDERS[contract.of.partition("/")[0]]), contract.version
        )
    }


def order(found: Times) -> list[list[Any]]:
    """Return the paths of times in their order, those of one second together."""
    seconds: dict[datetime, list[Any]] = {}
    for path, (at, _) in sorted(found.items(), key=str):
        seconds.setdefault(at.replace(microsecond=0), []).append(path)
    return [seconds[at] for at in sorted(seconds)]


@EVERY
def test_times_stay_in_order(provider: str) -> None:
    """Other times are all later by the same seconds, so that they lie as far from one another as in the example."""
    several = 0
    for one in asked(provider):
        for recipe in one.recipes if NIGHTLY else [one.recipes[0], one.turn]:
            for example, other in moved(recipe):
                known = described(example.value, one.contract)
                old, new = (
                    {path: at for path, at in times(sample.value).items() if path in known}
                    for sample in (example, other)
                )
                later = {
                    round((new[path][0] - at).total_seconds())
                    for path, (at, form) in old.items()
                    if not form.pattern.endswith("%M")
                }
                assert len(later) <= 1, (example, other)
                if not any(
                    form.pattern.endswith("%M") for _, form in old.values()
                ):  # what is told to the minute is cut there
                    assert order(old) == order(new), (example, other)
                several += len(order(old)) > 1
    assert several


def in_order(example: Sample, sample: Sample) -> bool:
    """Whether the times that two payloads have in common lie in the same order, as far as a contract describes them and they are told to the second."""
    known = described(
        example.value, PROVIDERS[sample.event.partition("/")[0]].contract(sample.event, sample.version)
    )
    old, new = times(example.value), times(sample.value)
    both = {
        path
        for path in old.keys() & new.keys() & known
        if not any(found[path][1].pattern.endswith("%M") for found in (old, new))
    }
    return order({path: old[path] for path in both}) == order({path: new[path] for path in both})


@EVERY
def test_another_spelling_is_the_same_time(provider: str) -> None:
    """A time with another offset, or other digits after its second, lies where it lay, also in a payload whose times are all later."""
    seen = 0
    shown = {
        (one.contract.of, one.contract.version, recipe.route): recipe
        for one in asked(provider)
        for recipe in one.recipes
    }
    for sample in payloads(provider, "documented"):
        if re.search(
            "another offset|after the second|no fraction", "".join(sample.why)
        ) and "spelt like" not in "".join(sample.why):
            assert any(
                in_order(example, sample)
                for example in plain(shown[sample.event, sample.version, sample.route])
            ), sample
            seen += 1
    assert seen


def test_another_offset_is_another() -> None:
    """A documented case that says that something differs is not the example as it stands."""
    recipe = catalogue("jdcloud/vm/state-change", "cloud-events")
    shown = [sample.data for sample in plain(recipe)]
    assert [
        sample
        for sample in recipe.cases("documented")
        if sample.data in shown and "offset" in "".join(sample.why)
    ] == []


@EVERY
def test_ids_stay_equal_where_they_were(provider: str) -> None:
    """An id that is a part of another text, as that of an instance is of its ARN, is still a part of it when both are others."""
    pairs = 0
    for one in asked(provider):
        for example, other in moved(one.turn):
            known = described(example.value, one.contract)
            old = {
                path: text
                for path, text in leaves(example.value)
                if path in known and isinstance(text, str) and re.search("[0-9][a-z]", text)
            }
            new = dict(leaves(other.value))
            for inner, outer in permutations(
                (path for path, text in old.items() if len(text) > 7 and new[path] != text), 2
            ):
                if old[inner] in old[outer]:
                    pairs += 1
                    assert new[inner] in new[outer], (old[inner], old[outer], new[inner], new[outer], other)
    assert pairs or provider == "acme"


def instances(sample: Sample) -> tuple[str, list[str]] | None:
    """Return the instance in the body of a payload of Alibaba Cloud and the texts around it that name it by its ARN; nothing where one of them was set."""
    registry = REGISTRIES["catalogue"]
    body = open_payload(sample.value, registry)[0].body
    known = described(sample.value, registry.contract(sample.event, sample.version))
    arns = [
        text
        for path, text in leaves(sample.value)
        if path in known and isinstance(text, str) and re.match(r"acs[:.]ecs:", text)
    ]
    set_apart = any(
        re.search(r"/(resourceId|ResourceId|instanceId|arn|subject) (is|has|holds)", why)
        for why in sample.why
    )
    return None if set_apart or not arns else (body["resourceId"], arns)


def test_the_instance_of_an_alibaba_event_is_that_of_its_arn() -> None:
    """The instance in the ARN is the one in the body, however the ids are drawn, unless a payload says that it sets one of the two."""
    seen = set()
    for sample in seeded(
        sampler(REGISTRIES["catalogue"]).recipes("alibaba/ecs/instance-state-change"), "documented", SEED, 200
    ):
        if (found := instances(sample)) and "*" not in found[0]:
            assert all(arn.endswith(found[0]) for arn in found[1]), sample
            seen.add((sample.route, found[0]))
    assert len({route for route, _ in seen}) > 3
    assert len({one for _, one in seen}) > 20


@EVERY
def test_people_write_chinese(provider: str) -> None:
    """Each event that has a field of free text is made with Chinese in it, also in characters beyond the basic plane."""
    registry, seen = PROVIDERS[provider], 0
    for one in asked(provider):
        opened = open_payload(cases(one.turn, "documented")[0].value, registry)
        fixed = {"const", "enum", "x-known", "pattern", "format", "contentSchema"}
        free = [
            place.path
            for place in DESCRIBER.places(opened, one.contract.version)
            if isinstance(place.value, str)
            and not place.keywords & fixed
            and not place.telling
            and re.search(
                "(?i)((instance|vm|user|command|resource|disk|strategy|rule)_?name|description|remark)$",
                place.key,
            )
        ]
        everything = [dict(leaves(sample.value)) for sample in cases(one.turn, "documented")]
        for path in free:
            texts = [str(whole.get(path, "")) for whole in everything]
            assert any("生产环境" in text for text in texts), (str(one.contract), path)
            assert any(ord(character) > 0xFFFF for text in texts for character in text), (
                str(one.contract),
                path,
            )
            seen += 1
    assert seen or provider in ("jdcloud", "acme")


def test_lists_carry_several() -> None:
    """Each route through something that carries a list is made with several events in one payload, and with none is not."""
    seen = set()
    for provider, registry in PROVIDERS.items():
        for recipe in (recipe for one in asked(provider) for recipe in one.recipes):
            if recipe.route not in seen and any("*" in registry.envelopes[one].at for one in recipe.route):
                seen.add(recipe.route)
                counts = {len(open_payload(sample.value, registry)) for sample in cases(recipe, "documented")}
                assert counts >= {1, 2, 3}, (written(recipe.route), counts)
    assert len(seen) >= 3


# What `cases` goes through.


def bodies(recipe: Recipe, kind: Kind, registry: Registry) -> list[Any]:
    """Return the bodies in all cases of a recipe."""
    return [
        opened.body
        for sample in cases(recipe, kind)
        for opened in open_payload(sample.value, registry)
        if isinstance(opened.body, dict)
    ]


@EVERY
def test_cases_leave_out_every_optional_field(provider: str) -> None:
    """Each field that need not be there is there in one documented case and left out in another, and left out in one of tomorrow's."""
    registry, seen = PROVIDERS[provider], 0
    for one in asked(provider):
        found = {kind: bodies(one.turn, kind, registry) for kind in ("documented", "tomorrow")}
        for way, schemas in levels.places(one.contract.resolved, ("allOf",), texts=True):
            required = {name for schema in schemas for name in schema.get("required", ())}
            for name in {name for schema in schemas for name in schema.get("properties", ())} - required:
                objects = {
                    kind: [
                        value
                        for body in found[kind]
                        for _, value in levels.values_at(body, way)
                        if isinstance(value, dict)
                    ]
                    for kind in found
                }
                assert any(name in value for value in objects["documented"]), (str(one.contract), way, name)
                assert all(any(name not in value for value in values) for values in objects.values()), (
                    str(one.contract),
                    way,
                    name,
                )
                seen += 1
    assert seen or provider == "jdcloud"


@EVERY
def test_cases_go_through_every_list(provider: str) -> None:
    """Each listed value stands in one documented case, and in the place of each list stands something else in one of tomorrow's."""
    registry, seen = PROVIDERS[provider], 0
    for one in asked(provider):
        today, tomorrow = bodies(one.turn, "documented", registry), bodies(one.turn, "tomorrow", registry)
        certain = dict(levels.places(one.contract.resolved, ("allOf",), texts=True))
        for way, schemas in levels.places(one.contract.resolved, texts=True):
            lists, narrow = (
                [schema[word] for schema in some for word in ("enum", "x-known") if word in schema]
                for some in (schemas, certain.get(way, []))
            )
            listed = {
                compact(value)
                for values in lists
                for value in values
                if all(value in other for other in narrow)
            }
            if listed:
                assert listed <= {
                    compact(value) for body in today for _, value in levels.values_at(body, way)
                }, (str(one.contract), way)
                assert {
                    compact(value) for body in tomorrow for _, value in levels.values_at(body, way)
                } - listed, (str(one.contract), way)
                seen += 1
    assert seen


@EVERY
@pytest.mark.parametrize("kind", KINDS)
def test_a_case_shows_one_thing(provider: str, kind: Kind) -> None:
    """A case says the one thing that is special about it; of the documented ones, the examples as they stand come first, with nothing to say."""
    for one in asked(provider):
        counts = [len(sample.why) for sample in cases(one.turn, kind)]
        assert counts == sorted(counts)
        assert set(counts) <= ({0, 1} if kind == "documented" else {1})
        assert (0 in counts) == (kind == "documented")


def test_examples_are_cases() -> None:
    """Every example of a delivery is a documented case as it stands."""
    for provider, registry in PROVIDERS.items():
        for one in asked(provider):
            made = [sample.value for recipe in one.recipes for sample in plain(recipe)]
            for example in examples.of(registry, one.contract, "delivered"):
                masked = any(
                    layer.envelope.masked
                    for opened in open_payload(example.value, registry)
                    for layer in opened.layers
                )
                assert masked or example.value in made, example.file


# Seeds.

DIGEST = """
import hashlib
from signalbook import Registry
from signalbook.testing.sampler import KINDS, Sampler, seeded

sampler = Sampler(Registry.load())
found = hashlib.sha256()
for event in {events}:
    for kind in KINDS:
        for sample in seeded(sampler.recipes(event), kind, 11, 6):
            found.update(sample.data + repr((sample.why, sample.fault, sample.name, dict(sample.headers))).encode())
print(found.hexdigest())
"""
SOME_EVENTS = [
    "alibaba/ecs/instance-state-change",
    "huawei/config/resource-changed",
    "huawei/cts/trace",
    "jdcloud/vm/system-failure-reboot",
]


def test_a_seed_gives_the_same_in_every_process() -> None:
    """Equal seeds give equal bytes, reasons and faults, whatever order Python's sets have in a process, and whatever was made before."""

    def digest(order: str) -> str:
        env = {**os.environ, "PYTHONHASHSEED": order}
        done = subprocess.run(
            [sys.executable, "-c", DIGEST.format(events=SOME_EVENTS)],
            capture_output=True,
            check=True,
            text=True,
            env=env,
        )
        return done.stdout.strip()

    here = hashlib.sha256()
    for event in SOME_EVENTS:
        for kind in KINDS:
            for sample in seeded(sampler(REGISTRIES["catalogue"]).recipes(event), kind, 11, 6):
                here.update(
                    sample.data + repr((sample.why, sample.fault, sample.name, dict(sample.headers))).encode()
                )
    assert {digest("1"), digest("2")} == {here.hexdigest()}


@EVERY
def test_a_larger_count_begins_like_a_smaller_one(provider: str) -> None:
    """Asking for more payloads changes none of the first ones, nor does the order in which they are asked for; other seeds give others."""
    one = asked(provider)[0]
    few, many = (list(seeded(one.recipes, "documented", SEED, count)) for count in (3, 9))
    fresh = Sampler(PROVIDERS[provider]).recipes(one.contract.of, one.contract.version)
    assert many[:3] == few
    assert [sample.data for sample in reversed([*seeded(fresh, "documented", SEED, 9)])] == [
        sample.data for sample in reversed(many)
    ]
    assert [sample.data for sample in seeded(one.recipes, "documented", SEED + 1, 9)] != [
        sample.data for sample in many
    ]
    assert list(seeded(one.recipes, "documented", SEED, 0)) == []


# Routes.


def test_a_dry_run_has_to_be_named() -> None:
    """Masked payloads come only where they are asked for, and then they are valid."""
    registry = REGISTRIES["catalogue"]
    masked = {one.id for one in registry.envelopes.values() if one.masked}
    assert masked
    for envelope in masked:
        event = next(
            event
            for event in registry.events.values()
            if envelope in event.envelopes and examples_in(registry, event.newest, envelope)
        )
        assert all(envelope not in recipe.route for recipe in sampler(registry).recipes(event.id))
        named = sampler(registry).recipes(event.id, envelope=envelope)
        assert [recipe.route[-1] for recipe in named] == [envelope]
        for kind in KINDS:
            for sample in seeded(named, kind, SEED, 5):
                assert judged(sample, registry, "tolerant" if kind == "tomorrow" else "documented").ok == (
                    kind != "broken" and not sample.name
                )


def examples_in(registry: Registry, contract: Contract, envelope: str) -> bool:
    """Whether an example shows an event in an envelope."""
    return any(
        example.words[0] == envelope.partition("/")[2]
        for example in examples.of(registry, contract, "delivered")
    )


@EVERY
def test_every_route_has_its_name(provider: str) -> None:
    """The name under which a route is shown leads to it."""
    registry = PROVIDERS[provider]
    for one in asked(provider):
        for recipe in one.recipes:
            (named,) = sampler(registry).recipes(one.contract.of, one.contract.version, written(recipe.route))
            assert named is recipe


def test_routes_that_no_example_shows_are_put_together() -> None:
    """A carrier around another envelope of the event is put together from what other examples show, and what comes of it is valid."""
    registry = REGISTRIES["catalogue"]
    (recipe,) = sampler(registry).recipes("Instance:StateChange", envelope="mns-http+eventbridge")
    for sample in seeded([recipe], "documented", SEED, 5):
        verdict = judged(sample, registry)
        assert (verdict.status, verdict.envelopes) == ("valid", ("alibaba/mns-http", "alibaba/eventbridge"))


# What cannot be made is refused, and the refusal says what and where.

FULL = "acme/disk/disk-full"


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (
            ("acme/disk/disk-ful",),
            UnknownContract,
            "'acme/disk/disk-ful' is not in the registry; did you mean 'acme/disk/disk-full'",
        ),
        (("DiskFull",), UnknownContract, "did you mean 'Disk.Full'"),
        (
            (FULL, "9.0.0"),
            UnknownContract,
            "'acme/disk/disk-full@9.0.0' is not in the registry; did you mean 'acme/disk/disk-full@1.0.0'",
        ),
        (
            (FULL, None, "webhok"),
            UnknownContract,
            "'webhok' is not in the registry; did you mean 'acme/webhook'",
        ),
        (
            (FULL, None, "queue+webhook"),
            CannotSample,
            "disk-full@2.0.0: it does not arrive in queue+webhook\n    its routes are queue, webhook, bare",
        ),
        (
            ("Instance:StateChange", None, "bare"),
            CannotSample,
            "it never arrives bare\n    its routes are cloudmonitor, ",
        ),
        (
            ("huawei/cts/trace", None, "mns-http"),
            UnknownContract,
            "'mns-http' is not in the registry; did you mean 'huawei/",
        ),
    ],
)
def test_what_there_is_not_is_refused(arguments: tuple[str, ...], error: type[Exception], says: str) -> None:
    """An event, version or envelope that there is not is named, with those that were probably meant or that there are."""
    registry = REGISTRIES["model" if arguments[0].startswith(("acme", "Disk")) else "catalogue"]
    with pytest.raises(error, match=re.escape(says)):
        sampler(registry).recipes(*arguments)


def edited(tree: Path, name: str, schema: Any) -> Path:
    """Return a tree whose full disk has one more field."""
    file = tree / FULL / "2.0.0.json"
    document = json.loads(file.read_text("utf-8"))
    document["properties"][name] = schema
    file.write_text(json.dumps(document), "utf-8")
    return tree


@pytest.mark.parametrize("keyword", ["prefixItems", "unevaluatedItems", "minContains", "dependentRequired"])
def test_keywords_that_are_not_honoured_are_refused(good_tree: Path, keyword: str) -> None:
    """A field whose values would have to be drawn past a keyword is refused by its place and the keyword, and the way out is named."""
    schema: dict[str, Any] = {"type": "array", keyword: [{"type": "string"}]}
    recipes = Sampler(Registry.load(edited(good_tree, "parts", schema))).recipes(FULL, envelope="bare")
    with pytest.raises(CannotSample, match=rf"disk-full@2\.0\.0: /parts: .*{keyword}\n    .*'examples'"):
        list(seeded(recipes, "documented", SEED, 1))


def test_an_example_is_the_way_out(good_tree: Path) -> None:
    """A field with an example of its own is not drawn, so that its contract may use any keyword."""
    schema = {"type": "array", "prefixItems": [{"type": "string"}], "examples": [["left", "right"]]}
    (recipe,) = Sampler(Registry.load(edited(good_tree, "parts", schema))).recipes(FULL, envelope="bare")
    assert any(sample.value.get("parts") == ["left", "right"] for sample in recipe.cases("documented"))


def test_recursion_is_refused_with_the_registry(good_tree: Path) -> None:
    """A contract that leads back into itself cannot be read at all, and the place is named."""
    with pytest.raises(BrokenRegistry, match=r"2\.0\.0\.json#/properties/parts/items/\$ref: .* leads back"):
        Registry.load(edited(good_tree, "parts", {"type": "array", "items": {"$ref": "#/properties/parts"}}))


def test_an_event_that_no_example_shows_is_refused(good_tree: Path) -> None:
    """Without an example of a delivery only the bare body can be made; where it never arrives bare, nothing can, and the folder to fill is named."""
    shutil.rmtree(good_tree / FULL / "examples" / "2.0.0" / "delivered")
    assert [recipe.route for recipe in Sampler(Registry.load(good_tree)).recipes(FULL)] == [()]
    event = good_tree / FULL / "event.json"
    event.write_text(event.read_text("utf-8").replace(',\n    "acme/bare-disk"', ""), "utf-8")
    with pytest.raises(
        CannotSample,
        match=r"disk-full@2\.0\.0: no example shows how it arrives\n    .*examples/<version>/delivered",
    ):
        Sampler(Registry.load(good_tree)).recipes(FULL)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"event": "Disk.Full"}', "none of its examples is a valid payload"),
        ("{", "it has no example to make them from"),
    ],
)
def test_useless_examples_are_refused(good_tree: Path, text: str, says: str) -> None:
    """Examples that are no valid payloads, or no JSON, are not passed over in silence."""
    for file in (good_tree / FULL / "examples" / "2.0.0").rglob("*.json"):
        file.write_text(text, "utf-8")
    with pytest.raises(CannotSample, match=rf"disk-full@2\.0\.0 in bare: {says}\n    run 'signalbook lint'"):
        Sampler(Registry.load(good_tree)).recipes(FULL, envelope="bare")


# Folding, and times.


@EVERY
def test_folding_gives_back_what_was_unfolded(provider: str) -> None:
    """Each example of a delivery, unfolded and folded again, is the same payload, letter by letter where its text is written in one of the two usual ways."""
    registry, texts = PROVIDERS[provider], 0
    for one in asked(provider):
        for example in examples.of(registry, one.contract, "delivered"):
            value = example.value
            paths = text_trees.text_paths(value, described(value, one.contract))
            tree, folds = text_trees.unfolded(value, paths)
            assert text_trees.folded(tree, folds) == value, example.file
            assert all(
                folds.at(path).here and isinstance(strict_json.at(tree, path), dict | list) for path in paths
            )
            texts += len(paths)
    assert texts or provider == "jdcloud"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    inner=st.dictionaries(st.text(), VALUES) | st.lists(VALUES),
    spaced=st.booleans(),
    levels_down=st.integers(1, 3),
)
def test_any_text_is_folded_again(inner: Any, levels_down: int, *, spaced: bool) -> None:
    """Whatever JSON text stands in a payload, and however deep, unfolding and folding say the same again."""
    write: Callable[[Any], str] = (lambda value: json.dumps(value, ensure_ascii=False)) if spaced else compact
    value: Any = inner
    for _ in range(levels_down):
        value = {"text": write(value), "n": 1}
    paths = [("text",) * depth for depth in range(1, levels_down + 1)]
    tree, folds = text_trees.unfolded(value, paths)
    assert strict_json.at(tree, paths[-1]) == inner
    assert unwrapped(text_trees.folded(tree, folds), levels_down) == inner


def unwrapped(value: Any, deep: int) -> Any:
    """Return what stands in a text in a text."""
    return value if deep == 0 else unwrapped(json.loads(value["text"]), deep - 1)


ZONES = ["", "Z", "+0800", "-0330", "+08:00", "GMT+08:00", " GMT-05:30", "UTC"]
MOMENTS = st.datetimes(datetime(2001, 9, 10), datetime(2200, 1, 1))  # noqa: DTZ001 - the zone is drawn too


@given(
    moment=MOMENTS,
    pattern=st.sampled_from([pattern for pattern, _ in text_forms._PATTERNS]),  # noqa: SLF001 - every form there is
    digits=st.integers(0, 9),
    zone=st.sampled_from(ZONES),
    minutes=st.integers(-720, 840),
)
def test_times_are_read_as_they_are_written(
    moment: datetime, pattern: str, digits: int, zone: str, minutes: int
) -> None:
    """A time written in a form is read as the same time in the same form, as far as its digits go."""
    offset = timezone(timedelta(minutes=minutes if re.search("[+-]", zone) else 0))
    digits = digits if pattern.endswith("%S") else 0
    at, form = moment.replace(tzinfo=offset), text_forms.Form(pattern, digits, zone)
    found = text_forms.time_of(form.written(at), "", known=False)
    assert found is not None
    step = 10 ** max(0, 6 - digits)
    exact = (
        at.replace(microsecond=at.microsecond // step * step)
        if pattern.endswith("%S")
        else at.replace(second=0, microsecond=0)
    )
    assert found[0] == exact
    assert found[1].written(found[0]) == form.written(at)


@given(moment=MOMENTS, number=st.sampled_from([1, 10**3, 10**9]), text=st.booleans())
def test_counted_times_are_read_as_they_are_written(moment: datetime, number: int, *, text: bool) -> None:
    """A time as a number of seconds, milliseconds or nanoseconds is read as the same time; without a word that it is one, a number is none."""
    at, form = moment.replace(tzinfo=UTC), text_forms.Form(number=number, text=text)
    value = form.written(at)
    found = text_forms.time_of(value, "", known=True)
    assert found is not None
    assert (found[1], form.written(found[0])) == (form, value)
    assert abs(found[0] - at) < timedelta(seconds=1 / min(number, 10**6))
    assert text_forms.time_of(value, "count", known=False) is None
    assert text_forms.time_of(value, "createdAt", known=False) == found


@given(text=st.text(), number=st.integers(0, 10**6))
def test_other_ids_look_like_the_old_ones(text: str, number: int) -> None:
    """Another id has the length and the kinds of characters of the old one; 0 leaves a text as it is, and zeros and masks stay."""
    other = text_forms.with_other_ids(text, number)
    assert text_forms.with_other_ids(text, 0) == text
    shape = [(old.isdigit(), old.isupper(), old if old in "0*" else "") for old in text]
    assert [
        (new.isdigit(), new.isupper(), new if old in "0*" else "")
        for old, new in zip(text, other, strict=True)
    ] == shape


# What is not so yet: each of these is a fault of the sampler, told with the smallest payload that shows it.


def test_a_time_spelt_like_another_is_the_same_time() -> None:
    """A time in the spelling of another example of its field is still its own time."""
    recipe = catalogue("alibaba/ecs/instance-state-change", "eventbridge")
    made = [
        sample
        for sample in recipe.cases("documented")
        if sample.why and sample.why[0].startswith("/time is spelt like ")
    ]
    assert made
    assert all(in_order(plain(recipe)[0], sample) for sample in made)


@pytest.mark.xfail(
    raises=AssertionError,
    reason="only what a contract describes gets other ids and times, and not the copy of it that none describes",
)
def test_a_copy_stays_a_copy() -> None:
    """What stands twice in an example stands twice in what is made of it."""
    (example, other), *_ = moved(
        catalogue("alibaba/ecs/cloud-assistant-task-completed", "cloudmonitor-webhook")
    )
    for name in ("startTime", "finishTime"):
        raw, shown = ("alert", "eventRawContent", name), ("alert", "eventContentMap", name)
        old, new = dict(leaves(example.value)), dict(leaves(other.value))
        assert (old[raw] == old[shown], new[raw] == new[shown]) == (True, True), name


@pytest.mark.xfail(
    raises=AssertionError,
    reason="a body that an example shows alone is put into the delivery of another, and the ids around it stay those of the other",
)
def test_a_body_and_what_stands_around_it_are_of_one_instance() -> None:
    """The instance in the ARN is the one in the body, in each example that payloads are made from."""
    for sample in plain(catalogue("alibaba/ecs/instance-state-change", "cloudmonitor-webhook-form")):
        if found := instances(sample):
            assert all(arn.endswith(found[0]) for arn in found[1]), sample


def test_a_misspelt_field_holds_what_it_held() -> None:
    """A fault is the only one: what stands in a field does not change with its name."""
    recipe = catalogue("alibaba/ecs/instance-state-change", "cloudmonitor-api")
    fullest = list(recipe.cases("broken"))
    (sample,) = (sample for sample in fullest if sample.why == ("/Content is spelt 'Contetn'",))
    assert isinstance(sample.value["Contetn"], str)


@pytest.mark.xfail(
    raises=AssertionError,
    reason="the text of an object that stands in a text is folded like the object itself, so that nothing is broken and the fault is dropped",
)
def test_the_text_of_a_text_is_a_fault() -> None:
    """JSON text in a text, where an object should stand in it, is among the faults."""
    found = {
        sample.why
        for sample in catalogue("alibaba/ecs/instance-state-change", "mns-http+cloudmonitor").cases("broken")
    }
    assert ("/Message is JSON text in a string, and should be none",) in found


def test_another_kind_is_refused() -> None:
    """A kind that there is not is refused by name, also where no strategy stands before it."""
    with pytest.raises(ValueError, match="odd"):
        list(seeded([catalogue("jdcloud/vm/state-change", "bare")], "odd", SEED, 1))  # type: ignore[arg-type]


@pytest.mark.xfail(
    raises=CannotSample, reason="put together from the delivery of another event, whose name it keeps"
)
def test_a_route_is_put_together_with_the_name_of_the_event(good_tree: Path) -> None:
    """A delivery that is put together from that of another event bears the name of its own."""
    shutil.rmtree(good_tree / FULL / "examples" / "2.0.0" / "delivered")
    (recipe,) = Sampler(Registry.load(good_tree)).recipes(FULL, envelope="webhook")
    assert recipe.sample(Told(), "documented").value["type"] == "Disk.Full"


def test_a_change_whose_object_has_become_a_text_is_left_out() -> None:
    """A change of fields says by an error that sampling knows that there is no object any more, also where the text holds the name."""
    for apply in (changes.having({"more": 1}), changes.without("name"), changes.renaming("name", "nmae")):
        with pytest.raises((LookupError, TypeError, ValueError)):
            apply('{"name":"xxx"}')
