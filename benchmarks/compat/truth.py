"""The cases, and what keeps their truth honest: a witness for each direction that is broken, and a search for one where none should be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import jsonschema_rs

from signalbook.engine import hypothesis_values

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = Path(__file__).parent / "cases.json"
DIRECTIONS = {"backward": ("old", "new"), "forward": ("new", "old")}
"""Each direction's two sides: the one whose values are all to be accepted, and the one that is to accept them."""

_SEED, _DRAWS, _SECONDS = 7, 150, 1.5
_SEEDS, _MUTANTS = 25, 400
_DEEP = 2
_ANY: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    1.5,
    "",
    "a",
    "A",
    "ab\n",
    "2019-02-30T00:00:00Z",
    [],
    [0],
    ["", ""],
    {},
    {"a": 1},
)


@dataclass(frozen=True)
class Case:
    """One change. `witness` has a value for each direction that is broken."""

    name: str
    old: Any
    new: Any
    compatible: dict[str, bool]
    witness: dict[str, Any]
    why: str


class Accepts:
    r"""Whether a schema accepts a value: said by the reference engine with its format checker, and by a second engine, which must agree.

    The second opinion is needed where Python's regular expressions are not those of JSON Schema: `$` before a last line break, `\d` for foreign digits.
    """

    def __init__(self, schema: Any) -> None:
        self._reference = jsonschema.Draft7Validator(
            schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
        )
        self._second = jsonschema_rs.Draft7Validator(schema, validate_formats=True)

    def __call__(self, value: Any) -> bool | None:
        """Return None where the engines do not agree."""
        second = self._second.is_valid(value)
        return second if self._reference.is_valid(value) == second else None

    def quickly(self, value: Any) -> bool:
        """Return what the second engine says; it is the faster one."""
        return bool(self._second.is_valid(value))


def cases() -> list[Case]:
    """Return all cases of `cases.json`."""
    found = json.loads(CASES.read_text("utf-8"))
    return [
        Case(
            one["name"],
            one["old"],
            one["new"],
            {way: one[way] for way in DIRECTIONS},
            one["witness"],
            one["why"],
        )
        for one in found
    ]


def faults(case: Case) -> list[str]:
    """Return what is wrong with a case: a witness that shows nothing, or a value that refutes a direction said to be compatible."""
    accepts = {side: Accepts(getattr(case, side)) for side in ("old", "new")}
    out = [
        f"{case.name}: {way} has a witness and is said to be compatible, or has none and is not"
        for way in DIRECTIONS
        if case.compatible[way] == (way in case.witness)
    ]
    for way, value in case.witness.items():
        narrow, wide = (accepts[side] for side in DIRECTIONS[way])
        if not (narrow(value) is True and wide(value) is False):
            out.append(f"{case.name}: the {way} witness {value!r} shows nothing")
    return out + _refuted(case, accepts)


def _refuted(case: Case, accepts: dict[str, Accepts]) -> list[str]:
    ways = [way for way in DIRECTIONS if case.compatible[way]]
    seen: list[Any] = list(case.witness.values())

    def refutes(value: Any) -> bool:
        return any(_shows(value, *(accepts[side] for side in DIRECTIONS[way])) for way in ways)

    def noted(value: Any) -> bool:
        seen.append(value)
        return refutes(value)

    if not ways:
        return []
    found = _drawn(case, noted) or list(filter(refutes, _mutants(case, seen)))
    return [f"{case.name}: {found[-1]!r} refutes that it is {' and '.join(ways)} compatible"] if found else []


def _shows(value: Any, narrow: Accepts, wide: Accepts) -> bool:
    return (
        narrow.quickly(value) and not wide.quickly(value) and narrow(value) is True and wide(value) is False
    )


def _drawn(case: Case, wanted: Any) -> list[Any]:
    schemas = [unrolled(side, side, 0) for side in (case.old, case.new)]
    return hypothesis_values.search(schemas, wanted, seed=_SEED, draws=_DRAWS, seconds=_SECONDS)


def unrolled(schema: Any, document: Any, depth: int) -> Any:
    """Return a schema with its references written out, and nothing accepted where they go too deep: only such schemas can be drawn from."""
    if isinstance(schema, list):
        return [unrolled(one, document, depth) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" not in schema:
        return {
            keyword: unrolled(value, document, depth)
            for keyword, value in schema.items()
            if keyword != "definitions"
        }
    if depth > _DEEP:
        return False
    target = document
    for step in filter(None, schema["$ref"].removeprefix("#").split("/")):
        target = target[step]
    return unrolled(target, document, depth + 1)


def _mutants(case: Case, seen: list[Any]) -> Iterator[Any]:
    """Yield values one edit away from those seen, with names and values that the two schemas speak of."""
    names, values = set(), list(_ANY)
    for node in _nodes([case.old, case.new]):
        names |= {name for keyword in ("properties", "dependencies") for name in node.get(keyword, {})} | set(
            node.get("required", [])
        )
        values += [
            node[keyword]
            for keyword in (
                "const",
                "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "multipleOf",
            )
            if keyword in node
        ]
        values += node.get("enum", [])
    shapes = [value for value in seen if isinstance(value, dict | list)]
    for value in shapes[:_SEEDS] + shapes[-_SEEDS:]:
        yield from islice(_edits(value, sorted(map(str, names)), values), _MUTANTS)


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    inner = schema if isinstance(schema, list) else schema.values() if isinstance(schema, dict) else ()
    if (
        isinstance(schema, dict)
        and isinstance(schema.get("required", []), list)
        and isinstance(schema.get("properties", {}), dict)
    ):
        yield schema
    for one in inner:
        yield from _nodes(one)


def _edits(value: Any, names: list[str], values: list[Any]) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from ({key: one for key, one in value.items() if key != gone} for gone in value)
        for key, one in value.items():
            yield from ({**value, key: other} for other in _edits(one, names, values))
        yield from (
            {**value, name: other} for name in [*names, "x-other"] if name not in value for other in values
        )
    elif isinstance(value, list):
        yield from (value[:place] + value[place + 1 :] for place in range(len(value)))
        for place, one in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in _edits(one, names, values))
        yield from ([*value, other] for other in [*value[:1], *values])
    yield from values
