"""Payloads that nobody sends in good faith: real ones with a few places changed to something awkward, put into each other, written as JSON text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mutants import changed
from signalbook.reading.strict_json import unfolded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Path = tuple[str | int, ...]

AWKWARD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        1.0,
        -1,
        2**53 + 1,
        "",
        " ",
        "\n",
        "a",
        "null",
        "1",
        '"a"',
        "{}",
        "[]",
        "[{}]",
        '{"a": 1}',
        '{"a":1,"a":1}',
    ),
    *(
        "\ufeff{}",
        " {}",
        "{",
        "[1",
        "\u2028",
        "\0",
        "\u202e",
        "Unknown.Event",
        "x" * 300,
        [],
        {},
        [[]],
        [{}],
        {"": 0},
        {"a": {"b": []}},
    ),
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)


def _holding(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | inner.map(json.dumps)
    )


VALUES = st.recursive(SCALARS | st.sampled_from(AWKWARD), _holding, max_leaves=8)
"""Any JSON value, and JSON text of it."""


def paths(value: Any, here: Path = ()) -> list[Path]:
    """Return the path of every place in a payload, through strings that hold JSON text; the payload itself comes first."""
    inner = unfolded(value)
    steps: Any = (
        inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
    )
    return [here, *(path for step, one in steps for path in paths(one, (*here, step)))]


def _kept(value: Any) -> Any:
    """Return what a string holds as JSON text, to be changed; any other value as it is."""
    return unfolded(value)


def _with_one_key_more(draw: Callable[..., Any], value: Any, key: str) -> Any:
    return {**value, key: draw(VALUES)} if isinstance(value, dict) else {key: value}


def _without_a_key(draw: Callable[..., Any], value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        return None
    gone = draw(st.sampled_from(list(value)))
    return {key: one for key, one in value.items() if key != gone}


def _turned(value: Any) -> Any:
    """Return an object with its keys in another order, a list from its end, a text in other letters."""
    if isinstance(value, dict):
        return dict(reversed(value.items()))
    return value[::-1] if isinstance(value, list) else value.swapcase() if isinstance(value, str) else value


def _several(draw: Callable[..., Any], value: Any) -> list[Any]:
    """Return a list of nothing, or of one or more times the same; of a list, of its items."""
    count = draw(st.integers(0, 5))
    return [*value] * count if isinstance(value, list) else [value] * count


@st.composite
def twisted(
    draw: Callable[..., Any], found: Sequence[Any], keys: Sequence[str] = ("a",), most: int = 3
) -> Any:
    """Draw one of some payloads with up to `most` changes: values and keys that come, go and move, text for objects and objects for text, nesting."""
    payload = draw(st.sampled_from(found))
    for _ in range(draw(st.integers(0, most))):
        path = draw(st.sampled_from(paths(payload)))
        another = draw(st.sampled_from(found))
        key = draw(st.sampled_from(keys))
        ways: dict[str, Callable[[Any], Any]] = {
            "other": lambda _: draw(VALUES),
            "less": lambda value: _without_a_key(draw, _kept(value)),
            "more": lambda value, key=key: _with_one_key_more(draw, _kept(value), key),  # type: ignore[misc]
            "turned": lambda value: _turned(_kept(value)),
            "text": lambda value: json.dumps(
                value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1]))
            ),
            "value": _kept,
            "nested": lambda _, another=another: another,  # type: ignore[misc]
            "nested as text": lambda _, another=another: json.dumps(another),  # type: ignore[misc]
            "several": lambda value: _several(draw, value),
        }
        payload = changed(payload, path, ways[draw(st.sampled_from(sorted(ways)))])
    return payload
