"""Represents sets of texts as trees that are simplified on construction, with their derivatives: what may follow a character.

Trees are interned: equal trees are one object, so comparing two trees of any depth takes one step. A text stands between two marks, `BEGIN` and
`END`, so that the anchors of a pattern are characters like any others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

BEGIN, END = -2, -1
Range = tuple[int, int]
_UNICODE: tuple[Range, ...] = (
    (0, 0xD7FF),
    (0xE000, 0x10FFFF),
)  # lone surrogates are not characters of a JSON text


@dataclass(frozen=True, eq=False)
class Set:
    """Set of texts. Created only by the functions below, never directly."""


@dataclass(frozen=True, eq=False)
class Chars(Set):
    """One character from the given ranges. Without ranges, it is the empty set."""

    ranges: tuple[Range, ...]


@dataclass(frozen=True, eq=False)
class Sequence(Set):
    """A text of `first`, followed by one of `rest`."""

    first: Set
    rest: Set


@dataclass(frozen=True, eq=False)
class Alternatives(Set):
    """A text of any of the options."""

    options: frozenset[Set]


@dataclass(frozen=True, eq=False)
class Repeated(Set):
    """Between `least` and `most` consecutive texts of `inner`; None is any number."""

    inner: Set
    least: int
    most: int | None


@dataclass(frozen=True, eq=False)
class Blank(Set):
    """The empty text alone."""


@cache
def _made(kind: type[Set], *parts: Any) -> Set:
    return kind(*parts)


NOTHING = _made(Chars, ())
BLANK = _made(Blank)


def chars(ranges: Iterable[Range]) -> Set:
    """Return the set of single characters in the given ranges, which may overlap."""
    out: list[Range] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return _made(Chars, tuple(out))


def ranges_but(ranges: Iterable[Range]) -> list[Range]:
    """Return the ranges of all characters outside the given ranges."""
    ranges = sorted(ranges)
    out = []
    for start, end in _UNICODE:
        low = start
        for first, last in ranges:
            if first <= end and last >= low:
                if first > low:
                    out.append((low, first - 1))
                low = max(low, last + 1)
        if low <= end:
            out.append((low, end))
    return out


def sequence(parts: Iterable[Set]) -> Set:
    """Return the set of texts that consist of one text of each part, in order."""
    out: Set = BLANK
    for part in reversed(list(parts)):
        out = _joined(part, out)
    return out


def _joined(first: Set, rest: Set) -> Set:
    if NOTHING in (first, rest):
        return NOTHING
    if isinstance(first, Sequence):  # right-associative, so that equal sets become equal trees more often
        return _joined(first.first, _joined(first.rest, rest))
    return rest if first == BLANK else first if rest == BLANK else _made(Sequence, first, rest)


def alternatives(options: Iterable[Set]) -> Set:
    """Return the union of sets."""
    flat = {
        one
        for option in options
        for one in (option.options if isinstance(option, Alternatives) else (option,))
    } - {NOTHING}
    single = [one.ranges for one in flat if isinstance(one, Chars)]
    if len(single) > 1:
        flat = {one for one in flat if not isinstance(one, Chars)} | {
            chars(pair for ranges in single for pair in ranges)
        }
    if BLANK in flat and any(nullable(one) for one in flat if one != BLANK):
        flat.discard(BLANK)
    if ANY in flat:
        flat = {one for one in flat if one == ANY or _marks(one)}
    return (
        NOTHING if not flat else next(iter(flat)) if len(flat) == 1 else _made(Alternatives, frozenset(flat))
    )


def repeated(inner: Set, least: int, most: int | None) -> Set:
    """Return the set of `least` to `most` consecutive texts of a set."""
    if most == 0 or inner in (BLANK, NOTHING):
        return BLANK if least == 0 or inner == BLANK else NOTHING
    if (least, most) == (1, 1):
        return inner
    return _made(Repeated, inner, 0 if nullable(inner) else least, most)


def literal(codes: Iterable[int]) -> Set:
    """Return the set of one text, given as code points and marks."""
    return sequence(chars([(code, code)]) for code in codes)


@cache
def nullable(of: Set) -> bool:
    """Return whether a set contains the empty text."""
    match of:
        case Sequence(first, rest):
            return nullable(first) and nullable(rest)
        case Alternatives(options):
            return any(map(nullable, options))
        case Repeated(_, least, _):
            return least == 0
        case _:
            return of == BLANK


@cache
def derivative(of: Set, char: int) -> Set:
    """Return the set of texts that may follow once a character was read."""
    match of:
        case Chars(ranges):
            return BLANK if any(low <= char <= high for low, high in ranges) else NOTHING
        case Sequence(first, rest):
            begun = _joined(derivative(first, char), rest)
            return alternatives([begun, derivative(rest, char)]) if nullable(first) else begun
        case Alternatives(options):
            return alternatives(derivative(option, char) for option in options)
        case Repeated(inner, least, most):
            fewer = repeated(inner, max(least - 1, 0), None if most is None else most - 1)
            return _joined(derivative(inner, char), fewer)
        case _:
            return NOTHING


@cache
def mentioned(of: Set) -> frozenset[Range]:
    """Return the character ranges that the next step can tell apart."""
    match of:
        case Chars(ranges):
            return frozenset(ranges)
        case Sequence(first, rest):
            return mentioned(first) | mentioned(rest) if nullable(first) else mentioned(first)
        case Alternatives(options):
            return frozenset().union(*map(mentioned, options))
        case Repeated(inner, _, _):
            return mentioned(inner)
        case _:
            return frozenset()


@cache
def _marks(of: Set) -> bool:
    """Return whether a set mentions a `BEGIN` or `END` mark anywhere."""
    match of:
        case Chars(ranges):
            return any(low < 0 for low, _ in ranges)
        case Sequence(first, rest):
            return _marks(first) or _marks(rest)
        case Alternatives(options):
            return any(map(_marks, options))
        case Repeated(inner, _, _):
            return _marks(inner)
        case _:
            return False


CHARACTER = chars(_UNICODE)
ANY = _made(Repeated, CHARACTER, 0, None)
TEXT = sequence([literal((BEGIN,)), ANY, literal((END,))])
