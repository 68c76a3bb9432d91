"""JSON Pointers → lines and columns: what stands at a place is what the pointer leads to, through strings that hold JSON text too."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from jsontexts import FOLDED, SPACE, duplicates
from signalbook.reading.json_text import position, positions
from signalbook.reading.locations import places
from signalbook.reading.pointers import escape
from signalbook.reading.strict_json import unfolded

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_END = re.compile(r"\r\n|\r|\n")


def _offset(text: str, place: tuple[int, int]) -> int:
    """Return the offset of a place in a text."""
    starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
    return starts[place[0] - 1] + place[1] - 1


@given(st.text(alphabet="a\n\r字😀é"), st.booleans())
@example("a\r\nb", True)
@example("\r\r\n\n", False)
def test_each_character_has_a_line_and_a_column_as_editors_count_them(text: str, bom: bool) -> None:  # noqa: FBT001 - drawn
    """A line ends at a line feed, at a carriage return and at both together; a byte order mark is no character."""
    data = text.encode("utf-8-sig" if bom else "utf-8")
    mark = 3 if bom else 0
    ends = [0, *(end.end() for end in _LINE_END.finditer(text)), len(text) + 1]
    expected = {
        offset: (line, offset - start + 1)
        for line, (start, end) in enumerate(pairwise(ends), 1)
        for offset in range(start, end)
    }
    offsets = {mark + len(text[:offset].encode()): place for offset, place in expected.items()}
    assert positions(data, offsets) == offsets
    assert {offset: position(data, offset) for offset in offsets} == offsets


def _led(value: Any, pointer: str = "", folds: int = 0) -> Iterator[tuple[str, Any, int]]:
    """Yield each pointer into a value, what stands at its place (a key, or an item), and how many strings are around it."""
    inside = unfolded(value)
    folds += inside is not value
    for step, inner in (
        inside.items() if isinstance(inside, dict) else enumerate(inside) if isinstance(inside, list) else ()
    ):
        here = f"{pointer}/{escape(str(step))}"
        yield here, step if isinstance(step, str) else inner, folds
        yield from _led(inner, here, folds)


def _standing(text: str, offset: int, folds: int) -> Any:
    """Return the key or value that begins at an offset of a text, inside of so many strings."""
    rest = text[offset:]
    for _ in range(folds):
        # What is left of the string, read as one.
        raw = re.match(r"(?:[^\"\\]|\\.)*", rest, re.DOTALL)
        rest = json.loads(f'"{raw[0] if raw else ""}"')
    return json.JSONDecoder().raw_decode(rest)[0]


@given(FOLDED, SPACE)
@example('{"a": "{\\"\\ud83d\\uDE00\\": \\"[1, \\\\u0022x\\\\\\"]\\", \\u0022b\\u0022: 1}"}', "")
@example('["\\ufeff[7]", "[1]", " [[2]]"]', "\r")
def test_what_stands_at_the_place_of_a_pointer_is_what_it_leads_to(text: str, space: str) -> None:
    """A member's place is its key, an item's is its value, and that of the whole document is its beginning, however all is spelt and spaced."""
    assume(not duplicates(text))
    value = json.loads(text)
    expected = list(_led(value))
    text = f"{space}{text}"
    found = places(text.encode(), ["", *(pointer for pointer, _, _ in expected)])
    assert _standing(text, _offset(text, found.pop("")), 0) == value
    assert {
        pointer: _standing(text, _offset(text, found[pointer]), folds) for pointer, _, folds in expected
    } == {pointer: standing for pointer, standing, _ in expected}


@given(
    FOLDED,
    st.lists(st.sampled_from(["/nowhere", "/9", "/-", "/a", "/0", "/~1x"]), min_size=1, max_size=3).map(
        "".join
    ),
)
def test_a_pointer_that_leads_nowhere_has_the_place_of_its_longest_beginning(text: str, beyond: str) -> None:
    """A field that is missing is shown where the object is that lacks it."""
    assume(not duplicates(text))
    known = {pointer for pointer, _, _ in _led(json.loads(text))} | {""}
    asked = {f"{pointer}{beyond}" for pointer in known} - known
    longest = {
        one: max((pointer for pointer in known if one.startswith(f"{pointer}/") or not pointer), key=len)
        for one in asked
    }
    found = places(text.encode(), known | asked)
    assert {one: found[one] for one in asked} == {one: found[pointer] for one, pointer in longest.items()}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param('\ufeff{"字": 1, "b": 2}', {"": (1, 1), "/字": (1, 2), "/b": (1, 10)}, id="bom"),
        pytest.param(
            '{"a": {\r\n"b": [1,\r 2]}}', {"/a/b": (2, 1), "/a/b/0": (2, 7), "/a/b/1": (3, 2)}, id="line-ends"
        ),
        pytest.param(
            '{"m": "{\\"d\\": {\\"t\\": 1}}"}',
            {"/m": (1, 2), "/m/d": (1, 9), "/m/d/t": (1, 17)},
            id="json-text-in-a-string",
        ),
        pytest.param('{"m": "no [JSON]"}', {"/m/0": (1, 2)}, id="text-in-a-string"),
        pytest.param(
            "a=1&b%20c=%7B%22d%22%3A1%7D&e=",
            {"": (1, 1), "/a": (1, 1), "/b c/d": (1, 5), "/e": (1, 29), "/x": (1, 1)},
            id="a-form",
        ),
        pytest.param("", {"": (1, 1), "/a/0": (1, 1)}, id="nothing"),
        pytest.param('{"a": [1, {"b": ', {"/a/1/b": (1, 12)}, id="cut-off"),
        pytest.param(
            '{"\\x": 1, "a": "\\x[1]", "b": 1}',
            {"/x/0": (1, 1), "/a/0": (1, 11), "/b": (1, 25)},
            id="escapes-that-are-none",
        ),
    ],
)
def test_places_letter_by_letter(data: str, expected: dict[str, tuple[int, int]]) -> None:
    """What the property cannot say: where a byte order mark, a form, and text that is no JSON have their places."""
    assert places(data.encode(), expected) == expected


@given(
    st.text(alphabet='{}[]",:\\u0a19 \n=&', max_size=60).map(str.encode) | st.binary(max_size=20),
    st.lists(st.text(alphabet="/a0~1", max_size=8)),
)
def test_any_bytes_have_places(data: bytes, pointers: list[str]) -> None:
    """No data and no pointer is too odd: each pointer gets a place that the text has."""
    found = places(data, pointers)
    assert found.keys() == set(pointers)
    assert all(line >= 1 and 1 <= column <= len(data) + 1 for line, column in found.values())


def test_many_pointers_into_a_long_text_take_one_pass() -> None:
    """Forty thousand pointers into as many lines, each through a string, are found in seconds; a pass for each would take hours."""
    rows = [{"m": json.dumps({"n": number})} for number in range(20_000)]
    found = places(
        json.dumps(rows, indent=0).encode(),
        [pointer for row in range(20_000) for pointer in (f"/{row}/m", f"/{row}/m/n")],
    )
    assert found["/19999/m"] == (3 * 19_999 + 3, 1)
    assert found["/19999/m/n"] == (3 * 19_999 + 3, 8)
