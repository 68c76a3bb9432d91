"""Texts that are JSON, drawn: strings spelt in every way the grammar allows, white space everywhere, keys that stand twice."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

_SHORT = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\n": "\\n", "\t": "\\t"}
KEYS = st.sampled_from(["a", "b", "", "\\", '"', "a\\", '\\"', "/", "~", "字", "0", '{"a":1,"a":2}'])
SPACE = st.sampled_from(["", "", " ", "\n", "\r", "\r\n\t"])


def _spellings(char: str) -> st.SearchStrategy[str]:
    units = char.encode("utf-16-be")
    hexed = "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
    ways = [hexed, hexed.upper().replace("\\U", "\\u")]
    ways += [_SHORT[char]] if char in _SHORT else []
    ways += [] if char in '"\\' or ord(char) < 0x20 else [char]
    return st.sampled_from(ways)


def spelt(text: str) -> st.SearchStrategy[str]:
    """Draw a string of JSON that means `text`."""
    return st.tuples(*map(_spellings, text)).map(lambda chars: f'"{"".join(chars)}"')


def _joined(brackets: str, parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inside = st.lists(st.tuples(SPACE, parts, SPACE).map("".join), max_size=4).map(",".join)
    return st.tuples(inside, SPACE).map(lambda pair: f"{brackets[0]}{pair[0] or pair[1]}{brackets[1]}")


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    # The same escape for every character of one kind keeps the drawing of a long text cheap.
    return st.tuples(inner, st.booleans()).map(lambda pair: json.dumps(pair[0], ensure_ascii=pair[1]))


STRINGS = (KEYS | st.text(max_size=4)).flatmap(spelt)
_SCALARS = st.sampled_from(["null", "true", "-0.5e-3", "12"]) | STRINGS


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return _joined("[]", inner) | _joined(
        "{}", st.tuples(KEYS.flatmap(spelt), SPACE, st.just(":"), SPACE, inner).map("".join)
    )


TEXTS = st.recursive(_SCALARS, _containers, max_leaves=12)
"""Any JSON text; keys may stand twice in it."""
FOLDED = st.recursive(_SCALARS, lambda inner: _containers(inner) | _nested(_containers(inner)), max_leaves=12)
"""The same, with JSON text inside of strings, and again inside of that."""


def _twice(key: str) -> st.SearchStrategy[str]:
    member = st.tuples(spelt(key), st.just(":"), TEXTS).map("".join)
    return st.tuples(st.just("[{"), member, SPACE, st.just(","), SPACE, member, st.just("}]")).map("".join)


DUPLICATED = KEYS.flatmap(_twice)


def _pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise LookupError
    return dict(pairs)


def duplicates(text: str) -> int:
    """Return how many keys stand in an object in which they stood before, as the standard library tells."""
    count = 0

    def counted(pairs: list[tuple[str, Any]]) -> None:
        nonlocal count
        count += len(pairs) - len(dict(pairs))

    json.loads(text, object_pairs_hook=counted)
    return count


def _refused(_constant: str) -> Any:
    raise ValueError


def strictly(text: str) -> Any:
    """Return the value of a text as the standard library reads it, or raise ValueError where a strict reader refuses it.

    A strict reader takes no NaN, no key twice, no number beyond a double and no half of a character; of a whole number it
    keeps what fits into 64 bits, as most parsers do, and makes the rest a double.
    """
    try:
        value = json.loads(
            text,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_refused,
            object_pairs_hook=_pairs_once,
        )
        # Halves of characters cannot be written.
        json.dumps(value, ensure_ascii=False).encode()
    except (LookupError, RecursionError) as error:
        raise ValueError from error
    return value


def _integer(digits: str) -> float:
    # Python has a limit of its own on the digits of a whole number.
    number = int(digits) if len(digits) < 30 else None
    return number if number is not None and -(2**63) <= number < 2**64 else _finite(digits)


def _finite(digits: str) -> float:
    if float(digits) in (float("inf"), float("-inf")):
        raise ValueError
    return float(digits)
