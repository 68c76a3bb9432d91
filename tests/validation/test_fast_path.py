"""The short way and the walk say the same of every payload, or the short way leaves it to the walk; and engines decide as they explain."""

from __future__ import annotations

import json
import operator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import GOOD, NIGHTLY, every_example
from mutants import changed, inside, mutants
from signalbook import Registry
from signalbook.engine.combined import combine, members, spread
from signalbook.engine.schema_validator import Checker
from signalbook.envelopes.opener import open_payload
from signalbook.reading.strict_json import unfolded
from signalbook.registry import examples
from signalbook.registry.lint.rule import contracts
from signalbook.testing.sampler import KINDS, Seeded
from signalbook.testing.strategies import sampler
from signalbook.validation import payload_kinds
from signalbook.validation.contracts import PAYLOAD
from signalbook.validation.fast_path import FastPath
from signalbook.validation.validator import Request, check_payload
from twisting import SCALARS, VALUES, paths, twisted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

REGISTRIES = {"catalogue": Registry.load(), "model": Registry.load(GOOD)}
CATALOGUE = REGISTRIES["catalogue"]
EVERY_REGISTRY = pytest.mark.parametrize("where", REGISTRIES)

REQUESTS: dict[str, dict[str, Any]] = {
    "the newest": {},
    "tolerant": {"level": "tolerant"},
    "strict": {"level": "strict"},
    "the first version": {"version": "1.0.0"},
    "any version": {"version": "any"},
    "a day long ago": {"at": "2010-01-01"},
    "a day in between": {"at": "2024-06-01"},
    "a day to come": {"at": "2999-01-01", "level": "strict"},
}
PINS: dict[str, dict[str, str]] = {
    "catalogue": {
        "alibaba/ecs/instance-state-change": "1.0.0",
        "huawei/cts/trace": "any",
        "alibaba/cloudmonitor": "1.0.0",
        "huawei/config": "any",
    },
    "model": {"acme/disk/disk-full": "1.0.0", "acme/webhook": "any"},
}
EVENTS = {"catalogue": "CreateImage", "model": "acme/disk/disk-full"}


SHOWN = {name: [*every_example(registry)] for name, registry in REGISTRIES.items()}
DELIVERED = [value for label, value in SHOWN["catalogue"] if "/delivered/" in label]
CLEAN = [
    value
    for value in (value for _, value in SHOWN["catalogue"])
    if check_payload(value, CATALOGUE, Request()).status == "valid"
]
CARRIERS = [value for value in DELIVERED if "*" in open_payload(value, CATALOGUE)[0].layers[0].envelope.at]
KEYS = sorted({key for one in CATALOGUE.envelopes.values() for key in one.recognise.keys})


def request_of(where: str, name: str) -> Request:
    """Return a request of a registry by its name."""
    return Request.of(
        REGISTRIES[where],
        **(
            REQUESTS
            | {"pins": {"pins": PINS[where]}, "payload": {"at": PAYLOAD}, "event": {"event": EVENTS[where]}}
        )[name],
    )


def why_not(payload: Any, registry: Registry, request: Request) -> list[str]:
    """Return why the short way may leave a payload without findings to the walk; nothing where there is no reason."""
    opened = open_payload(payload, registry)
    around = {layer.path: layer.envelope for one in opened for layer in one.wrappers}
    chains = [[layer.envelope.id for layer in one.layers] for one in opened]
    asked = [
        request.around(envelope, [one.event for one in opened]).contract_of(envelope)
        for envelope in around.values()
    ]
    events = [one.event for one in opened if one.event]
    any_will_do = [request.asked(one) == "any" for one in around.values()] + [
        request.asked(one) == "any" for one in events
    ]
    closely = Request(
        level="strict",
        version=request.version,
        at=None if request.at == PAYLOAD else request.at,
        pins=request.pins,
    )
    reasons = {
        "the request is not about what the payload says of itself": request.event is not None
        or request.at == PAYLOAD,
        "an envelope stands inside itself": any(len(set(chain)) < len(chain) for chain in chains),
        "an older version of an envelope is asked for": any(
            map(operator.is_not, asked, (envelope.newest for envelope in around.values()))
        ),
        "any version will do": any(any_will_do),
        "a list in a list": sum("*" in envelope.at for envelope in around.values()) > 1,
        "the level passes over something": bool(check_payload(payload, registry, closely).findings),
    }
    return [reason for reason, is_so in reasons.items() if is_so]


def agree(express: FastPath, payload: Any, registry: Registry, request: Request) -> bool:
    """Whether the short way decided on a payload; fails where it says something else than the walk, or leaves to it what it could have decided."""
    quick, walked = express.verdict(payload), check_payload(payload, registry, request)
    if quick is not None:
        assert quick == walked, payload
    elif walked.ok and not walked.findings:
        assert why_not(payload, registry, request), payload
    return quick is not None


def decided(payloads: Iterable[Any], where: str, name: str) -> int:
    """Return how many of some payloads the short way decides on, always as the walk does."""
    registry, request = REGISTRIES[where], request_of(where, name)
    express = FastPath(registry, request)
    return sum(agree(express, payload, registry, request) for payload in payloads)


@EVERY_REGISTRY
@pytest.mark.parametrize("name", [*REQUESTS, "pins"])
def test_all_examples(where: str, name: str) -> None:
    """Of every example of every contract both say the same, whatever is asked for; most valid ones take the short way."""
    least = len(SHOWN[where]) // (12 if where == "catalogue" else 6)
    assert decided((value for _, value in SHOWN[where]), where, name) >= least


@EVERY_REGISTRY
@pytest.mark.parametrize("name", ["payload", "event"])
def test_what_is_not_about_the_payloads_own_word(where: str, name: str) -> None:
    """An event that the caller names, and the day that a payload says of itself, are the walk's business."""
    assert decided((value for _, value in SHOWN[where]), where, name) == 0


@pytest.mark.parametrize("name", ["the newest", "any version", "pins", "tolerant"])
@pytest.mark.parametrize("kind", KINDS)
@EVERY_REGISTRY
def test_sampled_payloads(where: str, kind: Any, name: str) -> None:
    """Of payloads on all routes, as documented, as of tomorrow, and broken, both say the same; of documented ones the short way decides on nearly all."""
    registry = REGISTRIES[where]
    each = 40 if NIGHTLY else 2
    recipes = [recipe for event in registry.events.values() for recipe in sampler(registry).recipes(event.id)]
    found = [
        recipe.sample(Seeded(f"{number} {place}"), kind).value
        for place, recipe in enumerate(recipes)
        for number in range(each)
    ]
    least = len(found) * 0.8 if kind == "documented" and name in {"the newest", "tolerant"} else 0
    assert decided(found, where, name) >= least


@pytest.mark.parametrize("provider", CATALOGUE.providers)
def test_mutants(provider: str) -> None:
    """A payload that is broken in one place is never taken for a good one, in any envelope, also after the good one was."""
    bodies: dict[tuple[str, ...], Any] = {}
    for label, value in SHOWN["catalogue"]:
        if label.startswith(f"{provider}/") and check_payload(value, CATALOGUE, Request()).ok:
            opened = open_payload(value, CATALOGUE)[0]
            bodies.setdefault(
                (
                    *(layer.envelope.id for layer in opened.layers),
                    opened.event.id if NIGHTLY and opened.event else "",
                ),
                value,
            )
    request = Request()
    express = FastPath(CATALOGUE, request)
    count = 0
    for value in bodies.values():
        agree(express, value, CATALOGUE, request)
        for mutant in mutants(value):
            count += 1
            agree(express, mutant.payload, CATALOGUE, request)
    assert count > 50


FED = {
    name: (FastPath(CATALOGUE, request_of("catalogue", name)), request_of("catalogue", name))
    for name in [*REQUESTS, "pins"]
}
"""The short way of each request, which meets the payloads of all tests that draw some: what it learnt of one must be right for the next."""


@settings(max_examples=settings().max_examples * 4)
@given(payload=twisted(DELIVERED, KEYS), name=st.sampled_from(sorted(FED)))
def test_real_payloads_with_awkward_changes(payload: Any, name: str) -> None:
    """Of real payloads with a few places changed, put into each other, and written as text, both say the same."""
    express, request = FED[name]
    agree(express, payload, CATALOGUE, request)
    agree(express, payload, CATALOGUE, request)


@settings(max_examples=settings().max_examples * 2)
@given(
    payload=twisted(CLEAN, KEYS, most=1) | twisted(CARRIERS, KEYS, most=2), name=st.sampled_from(sorted(FED))
)
def test_payloads_that_are_nearly_right(payload: Any, name: str) -> None:
    """Of payloads with one change, and of those that carry lists, both say the same."""
    express, request = FED[name]
    agree(express, payload, CATALOGUE, request)


@given(payload=VALUES | st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=2, max_size=12))
def test_values_that_are_no_payloads(payload: Any) -> None:
    """Of any JSON value, and of objects with the keys of envelopes and anything under them, both say the same."""
    for express, request in FED.values():
        agree(express, payload, CATALOGUE, request)


def nested(carrier: Any, payload: Any, times: int) -> Any:
    """Return a payload in so many carriers, each as the first thing that the next one holds."""
    envelope = open_payload(carrier, CATALOGUE)[0].layers[0].envelope
    path = tuple(0 if step == "*" else step for step in envelope.at)
    for _ in range(times):
        payload = changed(carrier, path, inside(lambda _, payload=payload: payload))  # type: ignore[misc]
    return payload


@cache
def holders() -> dict[str, Any]:
    """Return a delivery in each envelope that holds other payloads, by the id of that."""
    outermost = [(open_payload(value, CATALOGUE)[0].layers[0].envelope, value) for value in DELIVERED]
    return {envelope.id: value for envelope, value in outermost if envelope.holds != "event"}


@pytest.mark.parametrize("times", [1, 2, 7, 8, 9, 10])
def test_envelopes_inside_themselves(times: int) -> None:
    """Envelopes that hold envelopes, also the same one, are opened as deep as the walk opens them; what is deeper is left to it."""
    request = Request()
    express = FastPath(CATALOGUE, request)
    found = holders()
    assert len(found) > 3
    for carrier in found.values():
        for inner in (*found.values(), DELIVERED[0]):
            payload = nested(carrier, inner, times)
            assert agree(express, payload, CATALOGUE, request) or times > 0
            agree(express, nested(inner, payload, 1), CATALOGUE, request)
            # One that is good must not speak for one around it that is not.
            unknown = {**payload, "unheard": "of"}
            agree(express, unknown, CATALOGUE, request)
            assert (verdict := express.verdict(unknown)) is None or verdict.findings


def objects_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of each object in a value, also in strings that hold JSON text."""
    found = unfolded(value)
    if isinstance(found, dict):
        yield path
    members = (
        found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    )
    for step, one in members:
        yield from objects_in(one, (*path, step))


@pytest.mark.parametrize("name", ["the newest", "tolerant", "strict", "pins"])
def test_unknown_fields(name: str) -> None:
    """A new field in any object of a delivery, alone, beside another one, or beside an error, is reported as the walk reports it."""
    request = request_of("catalogue", name)
    express = FastPath(CATALOGUE, request)
    by_route = {
        tuple(layer.envelope.id for layer in open_payload(value, CATALOGUE)[0].layers): value
        for value in CLEAN
        if value in DELIVERED or NIGHTLY
    }
    taken = tried = 0
    for value in by_route.values():
        agree(express, value, CATALOGUE, request)
        for path in objects_in(value):
            for extra in ({"newField": 1}, {"statuss": "x", "newField": {"a": [1]}}, {"0": None, "": ""}):
                payload = changed(value, path, inside(lambda one, extra=extra: {**one, **extra}))  # type: ignore[misc]
                tried += 1
                taken += agree(express, payload, CATALOGUE, request)
                agree(express, {**payload, next(iter(value)): 7}, CATALOGUE, request)
    assert taken > (0 if name == "strict" else tried // 4)


def test_texts_that_are_nearly_what_a_form_is_known_by() -> None:
    """A text that only begins like one that tells forms apart, or names an event, is another one, also after the right one was seen."""
    request = Request()
    express = FastPath(CATALOGUE, request)
    forms = {
        tuple(layer.envelope.id for layer in open_payload(value, CATALOGUE)[0].layers): value
        for value in DELIVERED
    }
    for value in forms.values():
        agree(express, value, CATALOGUE, request)
        for path in paths(value):
            text = json_at(value, path)
            if isinstance(text, str) and len(path) <= 3:
                for other in (text[:-1], f"{text}x", f"{text[:3]}~~~~~", text.upper(), ""):
                    agree(express, changed(value, path, lambda _, other=other: other), CATALOGUE, request)  # type: ignore[misc]


def json_at(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return what a path leads to, through strings that hold JSON text."""
    for step in path:
        value = unfolded(value)[step]
    return value


def lists() -> Iterator[tuple[Any, list[Any], tuple[str, ...]]]:
    """Yield deliveries with a list, the items that others of their kind carry, and the way to the list."""
    items: dict[str, list[Any]] = {}
    for carrier in CARRIERS:
        envelope = open_payload(carrier, CATALOGUE)[0].layers[0].envelope
        way = envelope.at[: envelope.at.index("*")]
        items.setdefault(envelope.id, []).extend(at(carrier, way))
    for carrier in CARRIERS:
        envelope = open_payload(carrier, CATALOGUE)[0].layers[0].envelope
        yield carrier, items[envelope.id], envelope.at[: envelope.at.index("*")]


def at(value: Any, way: tuple[str, ...]) -> Any:
    """Return what a way of keys leads to."""
    for key in way:
        value = value[key]
    return value


def test_lists_of_none_one_and_many() -> None:
    """What carries a list has the same verdict both ways, with no item, with one, with many alike, with many that differ, and with a broken one."""
    request = Request()
    express = FastPath(CATALOGUE, request)
    taken = 0
    for carrier, items, way in lists():
        for some in (
            [],
            items[:1],
            items[:1] * 50,
            items,
            [*items, {}],
            [None],
            [[items[0]]],
            [items[0], items[0], "{}"],
        ):
            payload = {**carrier, way[0]: some}
            taken += agree(express, payload, CATALOGUE, request) and len(some) > 1
            for holder in holders().values():
                for times in (1, 2):
                    agree(express, nested(holder, payload, times), CATALOGUE, request)
    assert taken > 0


def test_what_is_found_out_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """After more kinds than are kept everything is found out again, and comes out the same."""
    monkeypatch.setattr(payload_kinds, "_MOST", 5)
    for name in ("the newest", "pins"):
        assert decided([value for _, value in SHOWN["catalogue"]] * 2, "catalogue", name) > 1_000


@pytest.mark.parametrize("enough", [1, 40])
def test_checkers_that_decide_together(monkeypatch: pytest.MonkeyPatch, enough: int) -> None:
    """From early on, or in the middle of a stream, all checkers are compiled into one: it decides as they did."""
    monkeypatch.setattr(payload_kinds, "_ENOUGH", enough)
    compiled: list[int] = []

    def watched(known: Mapping[str, Checker]) -> Any:
        compiled.append(len(known))
        return combine(known)

    monkeypatch.setattr(payload_kinds, "combine", watched)
    request = request_of("catalogue", "the newest")
    express = FastPath(CATALOGUE, request)
    for _, value in SHOWN["catalogue"] * 2:
        agree(express, value, CATALOGUE, request)
    assert len(compiled) > 1
    assert compiled == sorted(compiled)


def test_names_of_any_length_are_not_kept() -> None:
    """A hostile stream with a new long key and a new long name in each payload does not fill the memory with them."""
    import tracemalloc  # noqa: PLC0415 - it slows down what it watches

    express = FastPath(CATALOGUE, Request())
    body = next(
        value
        for value in DELIVERED
        if open_payload(value, CATALOGUE)[0].layers[0].envelope.id == "jdcloud/cloud-events"
    )
    tracemalloc.start()
    try:
        for number in range(300):
            long = f"{number}" * 40_000
            verdict = express.verdict({**body, long: 1})
            assert verdict is None or verdict.findings
            assert (
                express.verdict(
                    {**body, "source": f"jcloud.{long}", "detail": {**body["detail"], "eventAction": long}}
                )
                is None
            )
            assert express.verdict({"cts": {long: 1}}) is None
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 16 << 20


EVERY_CONTRACT = [pytest.param(contract.checker, id=str(contract)) for contract in contracts(CATALOGUE)]
NAMED = {f"{number}": contract.checker for number, contract in enumerate(contracts(CATALOGUE))}
ALL_TOGETHER = combine({name: one for key, checker in NAMED.items() for name, one in members(checker, key)})


def decides(checker: Checker, name: str, value: Any, by: Any) -> bool:
    """Return what a validator of several checkers says of a value for one of them."""
    gathered: dict[str, Any] = {}
    return spread(checker, name, value, gathered) and by(gathered)


def bodies(checker: Checker) -> list[Any]:
    """Return examples of the contract that a checker is of."""
    contract = next(contract for contract in contracts(CATALOGUE) if contract.checker is checker)
    return [
        value
        for kind in ("valid", "invalid")
        for value in examples.readable(examples.of(CATALOGUE, contract, kind))
    ]


BODIES = {name: found for name, checker in NAMED.items() if (found := bodies(checker))}


@settings(max_examples=settings().max_examples * 5)
@given(st.data())
def test_a_checker_accepts_what_it_finds_nothing_in(data: st.DataObject) -> None:
    """`accepts`, `problems` and the validator of all checkers together say the same of a value, near a contract and far from it."""
    name = data.draw(st.sampled_from(sorted(BODIES)), label="checker")
    value = data.draw(twisted(BODIES[name], KEYS, most=2) | SCALARS, label="value")
    checker = NAMED[name]
    problems = checker.problems(value)
    assert checker.accepts(value) == (problems == [])
    # What is not plainly accepted together is looked at again: only a yes has to be right, and a no where nothing is JSON text.
    if decides(checker, name, value, ALL_TOGETHER):
        assert problems == []
    elif problems == []:
        assert holds_other_text(checker, value)


def holds_other_text(checker: Checker, value: Any) -> bool:
    """Whether a string that must hold JSON text holds something else than an object or an array."""
    return any(
        not isinstance(json.loads(text), dict | list)
        for way, _ in checker.inside
        if len(way) == 1 and isinstance(value, dict) and isinstance(text := value.get(way[0]), str)
    )


@pytest.mark.parametrize("checker", EVERY_CONTRACT)
def test_every_contract_alone_and_together(checker: Checker) -> None:
    """On all its examples a contract decides the same alone, with its texts gathered, and together with all others."""
    name = next(name for name, one in NAMED.items() if one is checker)
    alone = combine(dict(members(checker, name)))
    for value in BODIES.get(name, [])[: None if NIGHTLY else 30]:
        accepted = checker.accepts(value)
        assert (
            accepted
            == (checker.problems(value) == [])
            == decides(checker, name, value, alone)
            == decides(checker, name, value, ALL_TOGETHER)
        )


SMALL: Mapping[str, Any] = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"type": "object", "required": ["a"]},
        },
        "more": {
            "type": "array",
            "items": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": {"type": ["object", "integer"]},
            },
        },
        "const": {"const": {"title": "a"}},
        "title": {"type": "string", "description": "A field of the name of a keyword."},
        "x-kind": {"enum": ["x-a", {"x-b": 1}]},
    },
}


@given(
    st.dictionaries(
        st.sampled_from(["text", "more", "const", "title", "x-kind", "other"]), VALUES, max_size=4
    )
    | st.fixed_dictionaries(
        {
            "text": st.sampled_from(
                ['{"a": 1}', '{"a":{"a":[]}}', "{}", '{"a":1,"a":2}', "7", ' {"a":1}', "[]"]
            )
        },
        optional={
            "more": st.lists(st.sampled_from(["{}", "1", "x", '{"b": 1}', "[]", 1]), max_size=3),
            "const": st.sampled_from([{"title": "a"}, {}, {"title": "b"}]),
            "title": st.just("t") | SCALARS,
            "x-kind": st.sampled_from(["x-a", {"x-b": 1}, {}, "x"]),
        },
    )
)
def test_json_text_in_strings_and_fields_named_like_keywords(value: dict[str, Any]) -> None:
    """Gathered texts count like the rest, one by one and in lists, and a field that is named like a keyword is a field."""
    checker = Checker(dict(SMALL))
    together_too = combine(dict(members(checker, "one")))
    accepted = checker.accepts(value)
    assert accepted == (checker.problems(value) == [])
    if decides(checker, "one", value, together_too):
        assert accepted
    elif accepted:
        assert holds_other_text(checker, value) or any(
            isinstance(text, str) and not text.lstrip().startswith(("{", "["))
            for text in value.get("more", [])
        )


def test_samples_of_all_events_are_a_stream() -> None:
    """A long mixed stream, cold at its beginning and warm at its end, has the verdicts of the walk throughout."""
    request = Request()
    express = FastPath(CATALOGUE, request)
    recipes = [
        recipe for event in CATALOGUE.events.values() for recipe in sampler(CATALOGUE).recipes(event.id)
    ]
    stream = islice(((recipe, turn) for turn in range(20) for recipe in recipes), 20_000 if NIGHTLY else 800)
    taken = sum(
        agree(express, recipe.sample(Seeded(f"s{turn}"), "documented").value, CATALOGUE, request)
        for recipe, turn in stream
    )
    assert taken > 600
