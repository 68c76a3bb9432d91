"""Checks token by token whether a pattern means the same in ECMA 262, Python and Rust.

Reading the tree already checks that it is a valid ECMA 262 pattern. One small, known difference remains: in Python, `$` also matches before a line
break at the very end.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_ATOM = re.compile(
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
    for match in _ATOM.finditer(pattern):
        depth += (match.lastgroup == "open") - (match.lastgroup == "close")
        outside = outside or (match.lastgroup == "bar" and depth == 0)
    return pattern.startswith("^") and not outside


class _Graph:
    """The graph of a pattern: its characters, and which of them may follow each."""

    def __init__(self, pattern: str) -> None:
        self._tokens = [(str(match.lastgroup), match[0]) for match in _ATOM.finditer(pattern)]
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
