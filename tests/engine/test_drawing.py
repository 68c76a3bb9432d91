"""Values drawn from schemas: the two libraries must work together in the releases that users have."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.utils import many as many_of_hypothesis

from signalbook.engine import hypothesis_values
from signalbook.engine.schema_validator import compiled

SCHEMAS: list[dict[str, Any]] = [
    {
        "type": "object",
        "properties": {"state": {"enum": ["Running", "Stopped"]}, "id": {"type": "string"}},
        "required": ["state"],
    },
    {
        "type": "object",
        "properties": {
            "a": {"type": "object", "properties": {"b": {"type": "array", "items": {"type": "integer"}}}}
        },
    },
    {
        "type": "object",
        "patternProperties": {"^x-": {"type": "string"}},
        "additionalProperties": False,
        "minProperties": 1,
    },
    {"type": "object", "dependencies": {"a": ["b"]}, "properties": {"a": {}, "b": {}}},
    {"type": "array", "items": {"type": "string", "pattern": "^i-[a-z0-9]+$"}, "uniqueItems": True},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=",".join)
def test_what_is_drawn_is_valid(schema: dict[str, Any]) -> None:
    """Values drawn from a schema are values of it, objects among them, which need the adapter."""
    accepts = compiled(schema).is_valid

    @settings(max_examples=50)
    @given(hypothesis_values.drawn(schema))
    def check(value: Any) -> None:
        assert accepts(value)

    check()


def test_a_search_finds_and_makes_small() -> None:
    """The last value found is the smallest: only what is wanted is left."""
    found = hypothesis_values.search(
        [SCHEMAS[0]], lambda value: len(value.get("id", "")) > 1, seed=1, draws=500, seconds=20
    )
    assert found[-1] == {"id": "00", "state": "Running"}


def test_a_search_repeats() -> None:
    """Equal seeds draw the same values."""

    def values(seed: int) -> list[Any]:
        return hypothesis_values.search([SCHEMAS[1]], bool, seed=seed, draws=50, seconds=20)

    assert values(1) == values(1)


def test_a_search_is_bounded() -> None:
    """Where nothing is wanted, a search ends: by the number of draws, and by time."""
    drawn: list[Any] = []

    def unwanted(value: Any) -> bool:
        drawn.append(value)
        return False

    assert hypothesis_values.search([{"type": "integer"}], unwanted, seed=1, draws=30, seconds=20) == []
    assert len(drawn) <= 30
    assert hypothesis_values.search([SCHEMAS[1]], lambda _: False, seed=1, draws=10**6, seconds=0.2) == []


def test_a_search_says_nothing_of_what_it_cannot_draw() -> None:
    """A schema that refers to itself, or that holds nothing, gives no values and no crash."""
    itself = {
        "$ref": "#/definitions/a",
        "definitions": {"a": {"type": "object", "properties": {"x": {"$ref": "#/definitions/a"}}}},
    }
    assert hypothesis_values.search([itself], lambda _: True, seed=1, draws=10, seconds=5) == []
    assert (
        hypothesis_values.search(
            [{"type": "string", "minLength": 2, "maxLength": 1}], lambda _: True, seed=1, draws=10, seconds=5
        )
        == []
    )


@pytest.mark.parametrize(
    "keyword", ["prefixItems", "unevaluatedProperties", "dependentRequired", "minContains"]
)
def test_what_would_be_passed_over_is_refused(keyword: str) -> None:
    """A keyword that hypothesis-jsonschema does not know is refused, because it would draw values that are none of the schema."""
    with pytest.raises(hypothesis_values.Unhonoured, match=keyword):
        hypothesis_values.drawn({"properties": {"a": {keyword: {}}}})


@pytest.mark.parametrize("rejecting", [False, True])
def test_the_adapter_counts_as_before(rejecting: bool) -> None:  # noqa: FBT001 - a parameter of a test
    """`more` and `reject` behave as they did: sizes hold, all of them come up, and a rejected element does not count."""
    if hasattr(many_of_hypothesis, "more"):
        pytest.skip("this Hypothesis needs no adapter")
    sizes = set()

    @settings(max_examples=50)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        many = hypothesis_values._Many(data.conjecture_data, min_size=2, max_size=4, average_size=3)  # noqa: SLF001 - what is tested
        kept, first = 0, rejecting
        while many.more():
            if first:
                many.reject()
            else:
                kept += 1
            first = False
        sizes.add(kept)

    check()
    assert sizes <= {2, 3, 4}
    assert rejecting or sizes == {2, 3, 4}
