"""Checks token by token whether a pattern means the same in ECMA 262, Python and Rust.

Reading the tree already checks that it is a valid ECMA 262 pattern. One small, known difference remains: in Python, `$` also matches before a line
break at the very end.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from signalbook.registry.lint.backtracking import Intricate, drags, stalls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?.|.", re.DOTALL)
_MAY_BE_ESCAPED = frozenset(r"^$\.*+?()[]{}|/nrtfv")
_SET_OPERATION = re.compile(r"&&|--|~~|\|\|")

_CLASS = (
    "a class or boundary that is Unicode-aware in some engines and ASCII in others",
    "spell it out, for example as [0-9]",
)
_PROPERTY = ("a Unicode property, which Python does not support", "spell it out")
_BACK_REFERENCE = ("a back-reference, which linear-time engines reject", "rewrite the pattern without it")
_ESCAPE = ("an escape that ECMA 262 rejects, or that engines read differently", "write the character itself")
_LOOK = ("look-around or a flag, which not every engine supports", "rewrite the pattern without it")
_ANY = ("any character, but engines disagree on line endings", "list the characters, for example as [!-~]")
_SET = ("Rust reads it as a nested set or a set operation", "escape it")
_ONE_WAY = "make the repeated part end, or begin, with a character that nothing else in it can match, and never be empty"
_EMPTY_SET = ("a set that begins with ']', which ECMA 262 reads as an empty set", "escape the bracket")


def faults(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield (message, what to do) for each part of a pattern that engines read differently, that does not cover the whole text, or that stalls."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # this module reports possible changes of meaning better
            re.compile(pattern)
    except re.error as error:
        yield f"the pattern {pattern!r} is not a valid regular expression in Python: {error}", "rewrite it"
        return
    tokens = _TOKEN.findall(pattern)
    if not _anchored(tokens):
        yield (
            f"the pattern {pattern!r} is not anchored",
            "begin it with ^ and end it with $, with (…) around alternatives",
        )
    found = list(_unportable_parts(tokens))
    yield from found
    if not found and _is_slow(pattern, stalls):
        yield (
            f"the pattern {pattern!r} matches some texts in very many ways, so that backtracking engines stall",
            _ONE_WAY,
        )


def capture_faults(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield (message, what to do) for each part of a capture's pattern that Python and browsers read differently, or that makes a search slow.

    It need not be anchored. No linear-time engine runs it, so its time must not grow faster than the text in any other way either.
    """
    found = list(_unportable_parts(_TOKEN.findall(pattern)))
    yield from found
    if not found and _is_slow(pattern, drags):
        yield (
            f"searching for {pattern!r} takes time that grows faster than the text",
            f"begin it with ^; and {_ONE_WAY}",
        )


def _is_slow(pattern: str, judge: Callable[[str], bool]) -> bool:
    try:
        return judge(pattern)
    except Intricate:
        return True


def _unportable_parts(tokens: list[str]) -> Iterator[tuple[str, str]]:
    for part, (message, fix) in dict.fromkeys((part, why) for part in tokens if (why := _unportable(part))):
        yield f"the pattern has {part!r}: {message}", fix


def _unportable(part: str) -> tuple[str, str] | None:
    if part.startswith("\\"):
        return _escape(part, inside=False)
    if part.startswith("[") and len(part) > 1:
        return _set(part.removeprefix("[").removeprefix("^").removesuffix("]"))
    if part.startswith("(?"):
        return None if part == "(?:" else _LOOK
    return _ANY if part == "." else None


def _escape(part: str, *, inside: bool) -> tuple[str, str] | None:
    char = part[1]
    for chars, why in (("dDwWsSbB", _CLASS), ("pP", _PROPERTY), ("123456789", _BACK_REFERENCE)):
        if char in chars:
            return why
    return None if char in _MAY_BE_ESCAPED or (inside and char == "-") else _ESCAPE


def _set(content: str) -> tuple[str, str] | None:
    if content.startswith("]"):
        return _EMPTY_SET
    parts = re.findall(r"\\.|[^\\]", content, re.DOTALL)
    escaped = (why for part in parts if part.startswith("\\") and (why := _escape(part, inside=True)))
    plain = re.sub(r"\\.", "", content, flags=re.DOTALL)
    return next(escaped, None) or (_SET if "[" in plain or _SET_OPERATION.search(plain) else None)


def _anchored(tokens: list[str]) -> bool:
    """Return whether a pattern can only match a whole text: ^ and $ around it, and no alternatives outside groups."""
    depth, outside = 0, False
    for part in tokens:
        depth += part.startswith("(") - (part == ")")
        outside = outside or (part == "|" and depth == 0)
    return tokens[:1] == ["^"] and tokens[-1:] == ["$"] and not outside
