"""Both engines give the same answer on every contract: for what the catalogue shows, and for that with one to three places changed to something awkward.

`test_engine` draws values from schemas; here they come from real payloads, which are nearly right, and are changed where engines are known to part:
whole numbers with a point, digits of other scripts, line breaks at an end, dates that are none, true beside 1, keys of other languages.
"""

from __future__ import annotations

import random
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signalbook import Registry
from signalbook.engine import embedded_json, levels, schema_validator
from signalbook.reading import json_text, strict_json
from signalbook.registry import examples
from signalbook.registry.lint.rule import contracts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.engine.levels import Schema
    from signalbook.registry import Contract

CATALOGUE = Registry.load()
CONTRACTS = [pytest.param(contract, id=str(contract)) for contract in contracts(CATALOGUE)]
COUNT = settings().max_examples // 2
"""How many changed payloads each contract gets: 50 in every run, 2,500 at night."""

_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 1.5, -0.0, 1e300, 2**31, 2**53 + 1, 2**63, 2**64, 10**30),
    *(
        "",
        " ",
        "\n",
        "a",
        "é",
        "\u2028",
        "\0",
        "null",
        "{}",
        '{"a": 1}',
        "0",
        "٣",
        "２０２１-０１-０１",
        "😀" * 40,
        "x" * 10_000,
    ),
    *(
        "2021-02-29T00:00:00Z",
        "2021-01-01T24:00:00Z",
        "2021-01-01t00:00:00z",
        "2021-01-01 00:00:00",
        "2021-01-01T00:00:00.123456789+08:00",
    ),
    *([], {}, [[]], [None], [1, 1.0], [{"a": 1}, {"a": 1.0}], {"": 0}, {"__proto__": 1}, {"a": {"b": []}}),
)
_TEXTS: tuple[Callable[[str], str], ...] = (
    lambda text: f"{text}\n",
    lambda text: f"\n{text}",
    lambda text: f" {text}",
    lambda text: text[:-1],
    lambda text: text.upper(),
    lambda text: text.swapcase(),
    lambda text: text * 2,
    lambda text: text.translate({ord("0") + digit: 0x0660 + digit for digit in range(10)}),
    lambda text: text.replace("T", " ") if "T" in text else text.replace(" ", "T"),
    lambda text: text.replace("0", "6", 1),
    lambda text: f"0000{text[4:]}",
)
_NUMBERS: tuple[Callable[[float], Any], ...] = (
    float,
    str,
    bool,
    lambda number: number + 0.5,
    lambda number: -number,
    lambda number: number * 10**20,
)

DIFFERENCES: dict[str, tuple[Schema, str, bool, str]] = {
    "line break at the end": (
        {"pattern": "^[0-9]+$"},
        "1\n",
        False,
        "to Python `$` also matches before a last line break",
    ),
    "year 0": ({"format": "date-time"}, "0000-01-01T00:00:00Z", True, "Python's dates begin with the year 1"),
    "leap second": (
        {"format": "date-time"},
        "2016-12-31T23:59:60Z",
        True,
        "Python's times have no leap seconds",
    ),
}
"""Where the engines are known to part: a schema, a text that only one of them takes, whether the deciding engine does, and why the other does not."""


def differs(text: str) -> bool:
    """Whether a text has one of the known differences in it."""
    return text.endswith("\n") or text.startswith("0000") or ":60" in text


def has_difference(value: Any) -> bool:
    """Whether a known difference is anywhere in a value: in a text, a key, or in the JSON text in a string."""
    match value:
        case str():
            inner = strict_json.unfolded(value)
            return differs(value) or (inner is not value and has_difference(inner))
        case dict():
            return any(differs(key) or has_difference(inner) for key, inner in value.items())
        case list():
            return any(map(has_difference, value))
        case _:
            return False


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything in a value."""
    yield path
    steps: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, inner in steps:
        yield from places(inner, (*path, step))


def changed(value: Any, choice: random.Random) -> Any:
    """Return a copy of a value in which one place is another, one key is missing or has another name, or there is one item more."""
    out = deepcopy(value)
    path = choice.choice(list(places(out)))
    if not path:
        return choice.choice((*_VALUES, out, out, out))
    *way, last = path
    holder: Any = out
    for step in way:
        holder = holder[step]
    match choice.randrange(8):
        case 0 if isinstance(holder, dict):
            del holder[last]
        case 1 if isinstance(holder, dict):
            holder[choice.choice((f"{last}x", str(last).upper(), "", "名称", "__proto__"))] = holder.pop(last)
        case 2 if isinstance(holder, list):
            holder.append(deepcopy(holder[choice.randrange(len(holder))]))
        case 3:
            holder[last] = choice.choice(_VALUES)
        case _:
            holder[last] = _like(holder[last], choice)
    return out


def _like(value: Any, choice: random.Random) -> Any:
    match value:
        case str():
            return choice.choice(_TEXTS)(value)
        case bool() | None:
            return choice.choice(_VALUES)
        case int() | float():
            return choice.choice(_NUMBERS)(value)
        case _:
            return choice.choice((*_VALUES, strict_json.compact(value)))


def shown(contract: Contract) -> list[Any]:
    """Return the payloads of a contract that the catalogue shows: right ones, and wrong ones."""
    return [
        value
        for kind in ("valid", "invalid")
        for value in examples.readable(examples.of(CATALOGUE, contract, kind))
    ]


def drawn(contract: Contract, count: int) -> Iterator[Any]:
    """Yield what the catalogue shows, then so many changed ones; the same in every run."""
    found = shown(contract)
    yield from found
    choice = random.Random(str(contract))  # noqa: S311 - what can be drawn again, no secret
    for _ in range(count):
        value = choice.choice(found)
        for _ in range(choice.choice((1, 1, 1, 2, 3))):
            value = changed(value, choice)
        yield value


class Decider:
    """The deciding engine for one reading of a contract, which looks into the JSON text in strings too, as the reference engine does here."""

    def __init__(self, reading: Schema) -> None:
        self._validator = schema_validator.compiled(reading)
        self._inside = [(way, Decider(inner)) for way, inner in embedded_json.places(reading)]

    def accepts(self, value: Any) -> bool:
        """Whether it accepts a value."""
        return self._validator.is_valid(value) and all(
            inner.reads(text) for way, inner in self._inside for _, text in embedded_json.texts(value, way)
        )

    def reads(self, text: str) -> bool:
        """Whether a text is JSON that it accepts."""
        try:
            return self.accepts(strict_json.loads_text(text))
        except json_text.NotJSON:
            return False


@pytest.mark.parametrize("contract", CONTRACTS)
def test_two_engines_agree_on_payloads_that_are_nearly_right(contract: Contract) -> None:
    """As documented, strictly and tolerantly both engines accept the same, but for a known difference; and what is refused is explained."""
    resolved = contract.resolved
    readings = [resolved, levels.tolerant(resolved), levels.strict(resolved, contract.slot)]
    deciders = [Decider(reading) for reading in readings]
    verdicts = set()
    for value in drawn(contract, COUNT):
        first = [decider.accepts(value) for decider in deciders]
        second = [not schema_validator.reference_errors(reading, value) for reading in readings]
        assert first == second or has_difference(value), value
        assert contract.checker.accepts(value) == first[-1] == (not contract.checker.problems(value)), value
        verdicts.add(tuple(first))
    assert len(verdicts) > 1


@pytest.mark.parametrize("name", DIFFERENCES)
def test_the_known_differences_are_differences(name: str) -> None:
    """Each difference that excuses a disagreement is one, and the deciding engine is right about it; else it must not be named."""
    schema, text, is_valid, _ = DIFFERENCES[name]
    assert differs(text)
    assert schema_validator.compiled(schema).is_valid(text) is is_valid
    assert (not schema_validator.reference_errors(schema, text)) is not is_valid


def test_the_same_payloads_are_drawn_in_every_run() -> None:
    """A red run can be had again."""
    contract = next(contracts(CATALOGUE))
    first, second = (list(drawn(contract, 20)) for _ in range(2))
    assert first == second


_PARTS = (
    "http",
    "://",
    "//",
    ":",
    "/",
    "?",
    "#",
    "@",
    "[::1]",
    "[v1.a]",
    "[",
    "]",
    "%41",
    "%",
    "a",
    "8",
    "..",
    " ",
    "\n",
    "\x7f",
    "\\",
    "^",
    "<",
    "1.2.3.4",
)
_FOREIGN = (
    "é",
    "日本",
    "\x80",
    "\xa0",
    "\u200e",
    "\ue000",
    "\ufdd0",
    "\uffff",
    "\U0001fffd",
    "\U0001fffe",
    "\U000e0fff",
    "\U000e1000",
    "\U000f0001",
    "\U0010fffe",
)


@pytest.mark.parametrize("name", ["iri", "iri-reference", "uri", "uri-reference"])
@given(
    parts=st.lists(st.sampled_from(_PARTS + _FOREIGN), max_size=7), prefix=st.sampled_from(["", "http://"])
)
def test_two_engines_agree_on_what_an_iri_is(name: str, parts: list[str], prefix: str) -> None:
    """Characters beyond ASCII are taken where RFC 3987 has them, those for private use in queries only, and elsewhere an IRI is a URI."""
    text = prefix + "".join(parts)
    second = not schema_validator.reference_errors({"format": name}, text)
    # To jsonschema's own pattern of a URI a line break at the end is none.
    assert schema_validator.compiled({"format": name}).is_valid(text) is second or (
        name.startswith("uri") and text.endswith("\n")
    )
