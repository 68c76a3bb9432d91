"""Detects patterns on which a backtracking engine would stall, by counting the ways through a pattern for one text.

The engine that validates takes linear time for any pattern, but schemas are published, and Python, Java, .NET and every browser backtrack.
A pattern becomes a graph of its characters (Glushkov's automaton), in which each edge counts the ways that it represents. If two ways lead from
a character back to itself through the same text, each round doubles the number of ways: a text of 40 characters takes hours.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<times>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)|(?P<mark>[$^])"
    r"|(?P<char>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.)",
    re.DOTALL,
)
_MOST = 400
_LONG = 10
"""A group repeated this often, or any repeat with so many optional rounds, counts as unbounded: a stall of one day is a stall too."""

State = tuple[int, ...]
Part = tuple[int, Counter[int], Counter[int]]
"""Part of a pattern: the number of ways in which it matches the empty text, the characters that it begins with, and those that it ends with."""


class Intricate(Exception):
    """The pattern has more characters than the analysis allows."""


def stalls(pattern: str) -> bool:
    """Return whether the time to reject a text may double with each of its characters. Raises `Intricate`."""
    graph = _Graph(pattern)
    return graph.empty_rounds or any(graph.doubles(one) for one in graph.circles())


def drags(pattern: str) -> bool:
    """Return whether the time to search a text may grow faster than the text. Raises `Intricate`."""
    # A search starts at every position, so any text may precede a pattern that is not anchored.
    graph = _Graph(pattern if _begins_a_text(pattern) else rf"[\s\S]*(?:{pattern})")
    circles = graph.circles()
    again = [one for circle in circles for one in circle]
    return (
        graph.empty_rounds
        or any(map(graph.doubles, circles))
        or any(graph.shares(one, two) for one, two in product(again, again))
    )


def _begins_a_text(pattern: str) -> bool:
    depth, outside = 0, False
    for match in _TOKEN.finditer(pattern):
        depth += (match.lastgroup == "open") - (match.lastgroup == "close")
        outside = outside or (match.lastgroup == "bar" and depth == 0)
    return pattern.startswith("^") and not outside


class _Graph:
    """The graph of a pattern: its characters, and which of them may follow each."""

    def __init__(self, pattern: str) -> None:
        self._tokens = [(str(match.lastgroup), match[0]) for match in _TOKEN.finditer(pattern)]
        self._alphabet = {chr(code) for code in range(128)} | set(pattern) | {"\xe9", "\u2028"}
        self._sets: list[frozenset[str]] = []
        self._edges: Counter[tuple[int, int]] = Counter()
        self.empty_rounds = False
        self._options(0)
        self._next = [
            [two for two in range(len(self._sets)) if self._edges[one, two]] for one in range(len(self._sets))
        ]

    def _options(self, place: int) -> tuple[Part, int]:
        """Parse alternatives from the token at `place` on. Return them, and the index of the token that ends them."""
        whole, place = self._items(place)
        while place < len(self._tokens) and self._tokens[place][0] == "bar":
            other, place = self._items(place + 1)
            whole = (whole[0] + other[0], whole[1] + other[1], whole[2] + other[2])
        return whole, place

    def _items(self, place: int) -> tuple[Part, int]:
        whole = _NOTHING
        while place < len(self._tokens) and self._tokens[place][0] not in ("bar", "close"):
            start = place
            made, place = self._one(place)
            if place < len(self._tokens) and self._tokens[place][0] == "times":
                made = self._repeated(start, made, *_times(self._tokens[place][1]))
                place += 1
            whole = self._joined(whole, made)
        return whole, place

    def _one(self, place: int) -> tuple[Part, int]:
        kind, text = self._tokens[place]
        if kind == "open":
            part, end = self._options(place + 1)
            return part, end + 1
        return (_NOTHING if kind == "mark" else self._char(text)), place + 1

    def _char(self, text: str) -> Part:
        if len(self._sets) == _MOST:
            raise Intricate
        matches = re.compile(text if text[0] in "\\[." else re.escape(text), re.DOTALL).fullmatch
        self._sets.append(frozenset(char for char in self._alphabet if matches(char)))
        return 0, Counter([len(self._sets) - 1]), Counter([len(self._sets) - 1])

    def _repeated(self, place: int, first: Part, least: int, most: int | None) -> Part:
        """Return `first`, which was parsed at the token `place`, repeated `least` to `most` times."""
        # A round that matches nothing can be inserted anywhere, any number of times.
        self.empty_rounds = self.empty_rounds or (first[0] > 0 and most not in (0, 1))
        if most is None or most - least >= _LONG or (most >= _LONG and self._tokens[place][0] == "open"):
            self._follow(first[2], first[1])
            return int(least == 0), first[1], first[2]
        copies = [first, *(self._one(place)[0] for _ in range(most - 1))] if most else []
        optional = _NOTHING
        for copy in reversed(copies[least:]):
            joined = self._joined(copy, optional)
            optional = (joined[0] + 1, joined[1], joined[2])
        whole = _NOTHING
        for copy in copies[:least]:
            whole = self._joined(whole, copy)
        return self._joined(whole, optional)

    def _joined(self, one: Part, two: Part) -> Part:
        self._follow(one[2], two[1])
        return one[0] * two[0], one[1] + _times_over(two[1], one[0]), two[2] + _times_over(one[2], two[0])

    def _follow(self, ends: Counter[int], begins: Counter[int]) -> None:
        for (one, many), (two, more) in product(ends.items(), begins.items()):
            self._edges[one, two] += many * more

    def circles(self) -> list[list[int]]:
        """Return the characters that can recur, in groups whose members lead to each other."""
        reached = [self._from((one,)) for one in range(len(self._sets))]
        groups = {
            frozenset(two for (two,) in reached[one] if (one,) in reached[two])
            for one in range(len(self._sets))
            if (one,) in reached[one]
        }
        return [sorted(group) for group in groups]

    def doubles(self, circle: list[int]) -> bool:
        """Return whether two ways through a circle match the same text."""
        if any(self._edges[one, two] > 1 for one, two in product(circle, circle)):
            return True
        start = (circle[0], circle[0])
        apart = [state for state in self._from(start) if state[0] != state[1]]
        return any(start in self._from(state) for state in apart)

    def shares(self, one: int, two: int) -> bool:
        """Return whether one text leads from `one` to itself, from `one` to `two`, and from `two` to itself."""
        return one != two and (one, two, two) in self._from((one, one, two))

    def _steps(self, state: State) -> Iterator[State]:
        for following in product(*(self._next[one] for one in state)):
            if frozenset.intersection(*(self._sets[one] for one in following)):
                yield following

    def _from(self, start: State) -> set[State]:
        """Return the states that ways from `start` reach while matching the same text, step by step."""
        found: set[State] = set()
        waiting = [start]
        while waiting:
            for state in self._steps(waiting.pop()):
                if state not in found:
                    found.add(state)
                    waiting.append(state)
        return found


_NOTHING: Part = (1, Counter(), Counter())


def _times_over(counts: Counter[int], times: int) -> Counter[int]:
    return Counter({one: count * times for one, count in counts.items() if times})


def _times(text: str) -> tuple[int, int | None]:
    text = text.removesuffix("?") if len(text) > 1 else text
    if text in "*+?":
        return int(text == "+"), 1 if text == "?" else None
    least, comma, most = text.strip("{}").partition(",")
    return int(least), (int(most) if most else None) if comma else int(least)
