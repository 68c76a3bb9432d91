"""One contract, three readings: they nest, and the weight that a finding is given says the same as the readings that are computed."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signalbook import Registry
from signalbook.engine import levels
from signalbook.engine.levels import LEVELS
from signalbook.engine.schema_validator import Checker, reference_errors
from signalbook.registry import examples
from signalbook.registry.lint.rule import contracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.engine.levels import Level, Schema, Slot
    from signalbook.registry import Contract

CATALOGUE = Registry.load()
CONTRACTS = [pytest.param(contract, id=str(contract)) for contract in contracts(CATALOGUE)]

# A share of the profile's examples for each contract, because there are many contracts.
_FOR_EACH = settings(max_examples=max(settings().max_examples // 10, 1))


def _readings(schema: Schema, slot: Slot = None) -> dict[Level, Schema]:
    return {
        "tolerant": levels.tolerant(schema),
        "documented": levels.documented(schema),
        "strict": levels.strict(schema, slot),
    }


@cache
def _of_contract(contract_id: str, version: str) -> dict[Level, Schema]:
    """The readings of one contract, made once: the same for thousands of values."""
    contract = next(one for one in contracts(CATALOGUE) if (one.of, one.version) == (contract_id, version))
    return _readings(contract.resolved, contract.slot)


def _accepting(readings: Mapping[Level, Schema], value: Any) -> list[Level]:
    """Return the levels whose reading accepts a value, to the reference engine."""
    return [level for level in LEVELS if not reference_errors(readings[level], value)]


def _without_errors(checker: Checker, value: Any) -> list[Level]:
    """Return the levels at which no finding on a value is an error."""
    weights = {problem.weight for problem in checker.problems(value)}
    return [
        level for level in LEVELS if not any(levels.SEVERITY[level][weight] == "error" for weight in weights)
    ]


def _assert_readings_agree(contract: Contract, value: Any) -> None:
    accepting = _accepting(_of_contract(contract.of, contract.version), value)
    assert accepting == list(LEVELS[: len(accepting)])
    assert _without_errors(contract.checker, value) == accepting


@pytest.mark.parametrize("contract", CONTRACTS)
def test_errors_on_the_examples_are_those_of_the_reading_that_belongs_to_the_level(
    contract: Contract,
) -> None:
    """What strict accepts documented does, and what that accepts tolerant does; and a finding is an error at a level exactly where that level's reading rejects."""
    for kind in ("valid", "invalid"):
        for example in examples.of(CATALOGUE, contract, kind):
            _assert_readings_agree(contract, example.value)


# Mutations: one place of a valid example is damaged, in any way a sender could damage it.

# No line break at the end of a string: Python's $ matches before one, that of ECMA 262 and of the deciding engine does not.
# And no mask: what is masked is excused from its form, which no reading of a schema can say; tests/engine/test_engine.py and tests/validation/test_walk.py hold that to account.
_TEXT = st.text(alphabet="aZ0-: .*é字", max_size=6).filter(lambda text: "***" not in text)
_STRANGE = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        10**9,
        "",
        [],
        {},
        [1],
        {"a": 1},
        "null",
        "2021-02-30T00:00:00Z",
        "2021-02-30 00:00:00",
    ]
)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in inside:
        yield from _places(inner, (*path, step))


def _respelt(text: str) -> st.SearchStrategy[str]:
    return (
        st.sampled_from(
            [
                text.upper(),
                text.lower(),
                f"{text}x",
                f" {text}",
                text[:-1],
                text.replace("0", "9"),
                f"{text}\n{text}x",
            ]
        )
        | _TEXT
    )


def _damaged(value: Any) -> st.SearchStrategy[Any]:
    """Return ways to damage the value itself: another one, a field more, or one with another name."""
    if isinstance(value, str):
        return _STRANGE | _respelt(value)
    if isinstance(value, list):
        return _STRANGE | _STRANGE.map(lambda item: [*value, item])
    if isinstance(value, dict):
        more = st.tuples(_TEXT.filter(bool).map("x{}".format), _STRANGE).map(
            lambda pair: {**value, pair[0]: pair[1]}
        )
        less = (
            st.sampled_from(sorted(value)).map(
                lambda key: {name: inner for name, inner in value.items() if name != key}
            )
            if value
            else more
        )
        return _STRANGE | more | less
    return _STRANGE


@st.composite
def _mutations(draw: st.DrawFn, contract: Contract) -> Any:
    value = copy.deepcopy(
        draw(st.sampled_from([example.value for example in examples.of(CATALOGUE, contract, "valid")]))
    )
    path = draw(st.sampled_from(list(_places(value))))
    if not path:
        return draw(_damaged(value))
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = draw(_damaged(holder[path[-1]]))
    return value


@pytest.mark.parametrize("contract", CONTRACTS)
@_FOR_EACH
@given(data=st.data())
def test_errors_on_damaged_payloads_are_those_of_the_reading_that_belongs_to_the_level(
    contract: Contract, data: st.DataObject
) -> None:
    """The severities that come from error kinds and the readings that come from the schema are two computations; they agree on any damage."""
    _assert_readings_agree(contract, data.draw(_mutations(contract)))


# Compositions, in schemas small enough to see what each level ought to say.

_KNOWN: Schema = {"type": "string", "x-known": ["up", "down"]}
_BASE: Schema = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string", "minLength": 2}},
}
_DERIVED: Schema = {"allOf": [_BASE], "properties": {"state": _KNOWN}}
_WRAPPER: Schema = {
    "type": "object",
    "properties": {
        "detail": {"type": "object", "properties": {"name": {"type": "string"}}},
        "id": {"type": "string"},
    },
}
_MANY: Schema = {
    "properties": {
        "list": {
            "type": "array",
            "items": {"type": "object", "properties": {"body": {"properties": {"a": True}}}},
        }
    }
}


@pytest.mark.parametrize(
    ("schema", "slot", "value", "accepting"),
    [
        pytest.param(_DERIVED, None, {"id": "ab", "state": "up"}, 3, id="allOf-all-known"),
        pytest.param(_DERIVED, None, {"id": "ab", "state": "sideways"}, 2, id="allOf-new-value"),
        pytest.param(_DERIVED, None, {"id": "ab", "more": 1}, 2, id="allOf-new-field"),
        pytest.param(_DERIVED, None, {"id": "a"}, 1, id="allOf-form-of-base"),
        pytest.param(_DERIVED, None, {"state": "up"}, 0, id="allOf-missing-in-base"),
        pytest.param({"type": ["string", "null"], "x-known": ["up"]}, None, None, 3, id="x-known-null"),
        pytest.param(
            {"type": ["string", "null"], "x-known": ["up"]}, None, "down", 2, id="x-known-beside-null"
        ),
        pytest.param({"type": ["string", "null"], "x-known": ["up"]}, None, 1, 0, id="x-known-wrong-type"),
        pytest.param({"enum": ["up"]}, None, "down", 1, id="enum-without-type"),
        pytest.param({"type": "string", "const": "up"}, None, "down", 0, id="const"),
        pytest.param({"type": "string", "not": {"const": "up"}}, None, "up", 1, id="not"),
        pytest.param({"pattern": "^a$", "x-evidence": "documented"}, None, "b", 1, id="documented-form"),
        pytest.param({"pattern": "^a$", "x-evidence": "observed"}, None, "b", 2, id="observed-form"),
        pytest.param({"enum": ["a"], "x-evidence": "sample"}, None, "b", 2, id="sample-list"),
        pytest.param(
            {"type": "string", "const": "a", "x-evidence": "inferred"},
            None,
            "b",
            0,
            id="inferred-discriminator",
        ),
        pytest.param(
            {"type": "string", "pattern": "^a$", "x-evidence": "inferred"}, None, 1, 0, id="inferred-type"
        ),
        pytest.param(
            {"propertyNames": {"pattern": "^a$"}, "x-evidence": "sample"},
            None,
            {"b": 1},
            2,
            id="sample-names",
        ),
        pytest.param(
            {"x-evidence": "sample", "allOf": [{"minLength": 2}]},
            None,
            "a",
            2,
            id="shared-form-of-a-field-in-samples",
        ),
        pytest.param(
            {"allOf": [{"minLength": 2, "x-evidence": "sample"}]},
            None,
            "a",
            2,
            id="form-of-samples-of-a-documented-field",
        ),
        pytest.param(
            {"x-evidence": "sample", "items": {"minLength": 2}},
            None,
            ["a"],
            2,
            id="items-of-a-field-in-samples",
        ),
        pytest.param(
            {"x-evidence": "sample", "properties": {"a": {"minLength": 2}}},
            None,
            {"a": "a"},
            1,
            id="documented-field-of-one-in-samples",
        ),
        pytest.param(
            {"x-evidence": "sample", "anyOf": [{"pattern": "^a$"}, {"type": "null"}]},
            None,
            "b",
            2,
            id="alternatives-in-samples",
        ),
        pytest.param(
            {"oneOf": [{"pattern": "^a", "x-evidence": "sample"}, {"type": "null"}]},
            None,
            "b",
            2,
            id="oneOf-in-samples",
        ),
        pytest.param(
            {"oneOf": [{"pattern": "^a", "x-evidence": "sample"}, {"minLength": 1}]},
            None,
            "ab",
            2,
            id="oneOf-in-samples-twice",
        ),
        pytest.param(
            {"properties": {"x-evidence": {"pattern": "^a$"}}},
            None,
            {"x-evidence": "b"},
            1,
            id="field-of-that-name",
        ),
        pytest.param({"propertyNames": {"maxLength": 2}}, None, {"ab": 1}, 3, id="propertyNames-kept"),
        pytest.param(
            {"propertyNames": {"maxLength": 2}},
            None,
            {"abc": 1},
            1,
            id="propertyNames",
        ),
        pytest.param(
            {"properties": {"a": _WRAPPER}}, None, {"a": {"detail": {"x": 1}}}, 2, id="nested-object"
        ),
        pytest.param(
            {"items": {"properties": {"a": {"type": "string"}}}},
            None,
            [{"a": "x"}, {"b": 1}],
            2,
            id="items-new-field",
        ),
        pytest.param(
            {"items": {"properties": {"a": {"type": "string"}}}, "minItems": 3},
            None,
            [{"a": "x"}],
            1,
            id="items-too-few",
        ),
        pytest.param(
            {"items": {"properties": {"a": {"type": "string"}}}}, None, [{"a": 1}], 0, id="items-wrong-type"
        ),
        pytest.param(
            {"required": ["a"], "properties": {"b": True}}, None, {"a": 1}, 3, id="required-but-not-described"
        ),
        pytest.param({"properties": {}}, None, {"a": 1}, 3, id="nothing-declared-stays-open"),
        pytest.param(
            {"properties": {"a": True}, "additionalProperties": {"type": "string"}},
            None,
            {"b": "x"},
            3,
            id="map",
        ),
        pytest.param(
            {"properties": {"a": True}, "additionalProperties": {"type": "string"}},
            None,
            {"b": 1},
            0,
            id="map-wrong-type",
        ),
        pytest.param(
            {"properties": {"a": True}, "patternProperties": {"^x": {"type": "string"}}},
            None,
            {"x1": "x"},
            3,
            id="patternProperties",
        ),
        pytest.param(
            {"properties": {"a": True}, "patternProperties": {"^x": {"type": "string"}}},
            None,
            {"y": "x"},
            2,
            id="beside-patternProperties",
        ),
        pytest.param(
            _WRAPPER, ("detail",), {"id": "x", "detail": {"name": "x", "more": 1}}, 3, id="slot-stays-open"
        ),
        pytest.param(_WRAPPER, ("detail",), {"id": "x", "more": 1}, 2, id="beside-the-slot"),
        pytest.param(_WRAPPER, ("detail",), {"detail": {"name": 1}}, 0, id="type-in-the-slot"),
        pytest.param(_WRAPPER, ("id",), {"detail": {"name": "x", "more": 1}}, 2, id="outside-another-slot"),
        pytest.param({"allOf": [_WRAPPER]}, ("detail",), {"detail": {"more": 1}}, 3, id="slot-in-a-branch"),
        pytest.param(
            _MANY, ("list", "*", "body"), {"list": [{"body": {"b": 1}}]}, 3, id="slot-in-every-item"
        ),
        pytest.param(_MANY, ("list", "*", "body"), {"list": [{"b": 1}]}, 2, id="beside-the-slot-of-an-item"),
        pytest.param({"anyOf": [_KNOWN, {"type": "null"}]}, None, None, 3, id="anyOf-other-branch"),
        pytest.param({"anyOf": [_KNOWN, {"type": "null"}]}, None, 1, 0, id="anyOf-no-branch"),
        pytest.param({"anyOf": [{"pattern": "^a$"}, {"type": "integer"}]}, None, "b", 1, id="anyOf-form"),
        pytest.param(
            {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"c": True}},
            None,
            {"c": 1},
            0,
            id="anyOf-required",
        ),
        pytest.param({"anyOf": [_KNOWN, {"type": "null"}]}, None, "sideways", 2, id="anyOf-new-value"),
        pytest.param(
            {"anyOf": [{"properties": {"a": _BASE}, "required": ["a"]}, {"type": "null"}]},
            None,
            {"a": {"id": "ab", "more": 1}},
            2,
            id="anyOf-new-field",
        ),
        pytest.param({**_KNOWN, "minLength": 1}, None, "", 1, id="new-value-and-length"),
        pytest.param(
            {"pattern": "^a$", "anyOf": [{"type": "integer"}]}, None, "b", 0, id="form-and-alternatives"
        ),
        pytest.param({"oneOf": [{"type": "string"}, {"type": "null"}]}, None, 1, 0, id="oneOf-no-branch"),
        pytest.param(
            {"oneOf": [{"type": "string"}, {"minLength": 1}]}, None, "x", 1, id="oneOf-two-branches"
        ),
        pytest.param(
            {"oneOf": [{"type": "string"}, _KNOWN]}, None, "sideways", 1, id="oneOf-strict-is-narrower"
        ),
        pytest.param(
            {"anyOf": [{"type": "string"}], "oneOf": [{"type": "string"}, {"const": 1}]},
            None,
            "x",
            3,
            id="anyOf-beside-oneOf",
        ),
        pytest.param(
            {
                "allOf": [{"properties": {"a": {"properties": {"x": True}}}}],
                "properties": {"a": {"properties": {"y": True}}},
            },
            None,
            {"a": {"x": 1, "y": 1}},
            3,
            id="field-of-two-layers",
        ),
        pytest.param(
            {"allOf": [{"properties": {"a": True}, "patternProperties": {"^x": True}}]},
            None,
            {"x1": 1},
            3,
            id="patternProperties-of-a-base",
        ),
        pytest.param(
            {"allOf": [{"properties": {"a": True}, "additionalProperties": {"type": "string"}}]},
            None,
            {"b": "x"},
            3,
            id="map-of-a-base",
        ),
    ],
)
def test_each_level_accepts_what_it_ought_to_of_a_composition(
    schema: Schema, slot: Slot, value: Any, accepting: int
) -> None:
    """0 to 3 levels accept, from tolerant on: the readings say so to the reference engine, and the findings' severities do too."""
    wanted = list(LEVELS[:accepting])
    assert _accepting(_readings(schema, slot), value) == wanted
    assert _without_errors(Checker(schema, slot), value) == wanted


def test_a_looser_reading_of_oneOf_does_not_lose_the_anyOf_beside_it() -> None:  # noqa: N802 - the keyword's name
    """Both lists of alternatives have to be kept by the tolerant reading."""
    schema: Schema = {
        "anyOf": [{"type": "string"}, {"type": "null"}],
        "oneOf": [{"type": "string"}, {"type": "integer"}],
    }
    assert [bool(reference_errors(levels.tolerant(schema), value)) for value in ("a", None, 1, True)] == [
        False,
        True,
        True,
        True,
    ]


# Schemas of the subset, drawn together with values that come near them.

_LEAVES: st.SearchStrategy[Schema] = st.sampled_from(
    [
        {"type": "string"},
        {"type": ["string", "null"], "x-known": ["a", "b"]},
        {"type": "string", "enum": ["a", "b"]},
        {"type": "string", "const": "a"},
        {"type": "string", "pattern": "^[ab]$"},
        {"type": "string", "enum": ["a", "b"], "x-evidence": "sample"},
        {"type": "string", "pattern": "^[ab]$", "x-evidence": "observed"},
        {"type": "string", "x-known": ["a", "bb"], "minLength": 2},
        {"type": "integer", "minimum": 1, "multipleOf": 2},
        {"type": ["string", "integer"]},
        {"not": {"const": "a"}},
        {},
    ]
)
_NAMES = st.sampled_from(["a", "b", "c"])


def _objects(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    fields = st.dictionaries(_NAMES, inner, max_size=2)
    # What is required is declared: lint sees to that.
    return st.tuples(fields, st.booleans()).map(
        lambda pair: {"type": "object", "required": sorted(pair[0])[: pair[1]], "properties": pair[0]}
    )


_SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: (
        _objects(inner)
        | inner.map(lambda schema: {"type": "array", "items": schema, "maxItems": 2})
        | inner.map(lambda schema: {**schema, "x-evidence": "inferred"})
        | st.tuples(
            st.sampled_from(["allOf", "anyOf", "oneOf"]), st.lists(inner, min_size=1, max_size=2)
        ).map(lambda pair: {pair[0]: pair[1]})
        | st.tuples(inner, inner).map(lambda pair: {**pair[0], "allOf": [*pair[0].get("allOf", []), pair[1]]})
    ),
    max_leaves=6,
)
_VALUES = st.recursive(
    st.sampled_from([None, True, 0, 1, 2, "", "a", "b", "bb", "z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(_SCHEMAS, _VALUES)
def test_errors_are_those_of_the_reading_for_any_composition_of_the_subset(
    schema: Schema, value: Any
) -> None:
    """What holds for the catalogue of today holds for every contract that can be written."""
    accepting = _accepting(_readings(schema), value)
    assert accepting == list(LEVELS[: len(accepting)])
    assert _without_errors(Checker(schema), value) == accepting


@given(_SCHEMAS)
def test_computing_a_reading_leaves_the_contract_as_it_was(schema: Schema) -> None:
    """The readings are new schemas: one contract serves all three, again and again."""
    before = copy.deepcopy(schema)
    _readings(schema)
    assert schema == before
