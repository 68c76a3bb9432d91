"""Treats patterns as sets of texts, and finds the shortest text that some patterns match and others do not.

Patterns follow ECMA 262 (see `pattern_parser`) and become sets of whole texts. Sets are explored by Brzozowski derivatives, state by state and only
as far as an answer needs, because other libraries take minutes to build the whole automaton of an ordinary date pattern.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from signalbook.compat.pattern_parser import Unread, parsed
from signalbook.compat.set_algebra import (
    ANY,
    BEGIN,
    CHARACTER,
    END,
    NOTHING,
    TEXT,
    Set,
    alternatives,
    derivative,
    literal,
    mentioned,
    nullable,
    repeated,
    sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["EVERY", "Set", "TooLarge", "Unread", "alternatives", "length", "matching", "shortest", "text"]

STATES = 5_000
"""States explored before a question is given up: less than a second."""

_PREFERRED = "a0A-_ .:/"
EVERY = TEXT
"""The set of all texts."""


class TooLarge(Exception):
    """The question was not settled within the limit of states."""


@cache
def matching(pattern: str) -> Set:
    """Return the set of texts in which a pattern finds a match, like `pattern` in JSON Schema. Raises `Unread` for non-regular or unread patterns."""
    inner = parsed(pattern)
    before = alternatives([sequence([]), sequence([literal((BEGIN,)), ANY])])
    after = alternatives([sequence([]), sequence([ANY, literal((END,))])])
    return sequence([before, inner, after])


def text(value: str) -> Set:
    """Return the set that contains one text."""
    return sequence([literal((BEGIN,)), literal(tuple(map(ord, value))), literal((END,))])


def length(least: int | None, most: int | None) -> Set:
    """Return the set of texts whose length is between `least` and `most`, inclusive; None is no limit."""
    return sequence([literal((BEGIN,)), repeated(CHARACTER, least or 0, most), literal((END,))])


def shortest(within: Iterable[Set], outside: Iterable[Set], states: int = STATES) -> str | None:
    """Return the shortest text that is in every set of `within` and in none of `outside`, or None if there is none.

    Raises `TooLarge` if more than `states` states would have to be explored.
    """
    start = ((TEXT, *within), tuple(outside))
    ways: dict[tuple[tuple[Set, ...], tuple[Set, ...]], str] = {start: ""}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        inside, beyond = state
        if all(map(nullable, inside)) and not any(map(nullable, beyond)):
            return ways[state]
        for char in _representatives(state):
            following = (
                tuple(derivative(one, char) for one in inside),
                tuple(derivative(one, char) for one in beyond),
            )
            if NOTHING in following[0] or following in ways:
                continue
            ways[following] = ways[state] + (chr(char) if char >= 0 else "")
            queue.append(following)
        if len(ways) > states:
            raise TooLarge
    return None


def _representatives(state: tuple[tuple[Set, ...], tuple[Set, ...]]) -> list[int]:
    """Return one character for each class that the sets of a state tell apart, most readable first."""
    sides = [*state[0], *state[1]]
    edges = sorted({edge for one in sides for low, high in mentioned(one) for edge in (low, high + 1)})
    pieces = [(low, high - 1) for low, high in pairwise(edges)]
    allowed = mentioned(state[0][0])  # of TEXT itself: nothing outside it can be in the answer
    found = [_nice(low, high) for low, high in pieces if any(a <= low and high <= b for a, b in allowed)]
    return sorted(found, key=lambda char: (char < 0, _rank(char)))


def _nice(low: int, high: int) -> int:
    return next(
        (ord(char) for char in _PREFERRED if low <= ord(char) <= high),
        low if low > ord(" ") or high <= ord(" ") else ord("!"),
    )


def _rank(char: int) -> tuple[int, int]:
    place = _PREFERRED.find(chr(char)) if char >= 0 else -1
    return (0, place) if place >= 0 else (1 if ord(" ") <= char <= ord("~") else 2, char)
