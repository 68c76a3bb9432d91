"""Parses a pattern into the set that it matches: the regular part of ECMA 262, with anchors as characters. It refuses what it cannot read."""

from __future__ import annotations

import re

from signalbook.compat.set_algebra import (
    BEGIN,
    END,
    Range,
    Set,
    alternatives,
    chars,
    literal,
    ranges_but,
    repeated,
    sequence,
)

_DIGITS: list[Range] = [(0x30, 0x39)]
_WORD: list[Range] = [*_DIGITS, (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]
_SPACE: list[Range] = [
    (code, code) for code in (0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF)
]
_SPACE += [(0x09, 0x0D), (0x20, 0x20), (0x2000, 0x200A)]
_LINE_END: list[Range] = [
    (0x0A, 0x0A)
]  # both engines read `.` this way; ECMA 262 would exclude three more characters
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CLASSES |= {kind.upper(): ranges_but(ranges) for kind, ranges in _CLASSES.items()}
_CONTROLS = {"n": 0x0A, "r": 0x0D, "t": 0x09, "f": 0x0C, "v": 0x0B}
_PUNCTUATION = frozenset(r"^$\.*+?()[]{}|/-,:;=!<>#&%@~'\" `_")

_TOKEN = re.compile(
    r"""(?P<code>\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}))
      | (?P<escape>\\.)
      | (?P<open>\((?:\?:|\?<[A-Za-z_]\w*>)?(?!\?))
      | (?P<close>\))
      | (?P<set>\[\^?(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\.|[^\]\\])+\])
      | (?P<times>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)
      | (?P<other>[^\\()\[\]{}*+?])""",
    re.VERBOSE | re.DOTALL,
)
_IN_SET = re.compile(r"\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\.|[^\\]", re.DOTALL)
_MOST_REPEATS = 10_000
_LONGEST = 1_000  # a tree is as deep as its pattern is long


class Unread(Exception):
    """A pattern, or part of one, that this module cannot read; the text says which."""


def parsed(pattern: str) -> Set:
    """Return the set of texts that a pattern matches, with `^` and `$` as the marks around a text. Raises `Unread`."""
    if len(pattern) > _LONGEST:
        raise Unread(pattern)
    reader = _Reader(pattern)
    found, marks = reader.options()
    if reader.token is not None or max(marks) > 1:
        raise Unread(pattern)
    return found


_Marks = tuple[int, int]
"""The maximum number of `^` and of `$` that a match passes. Two on one path would have to share one mark, so they are refused."""


class _Reader:
    """Recursive descent parser for a pattern, with one token of lookahead."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0
        self.token: re.Match[str] | None = None
        self.advance()

    def advance(self) -> None:
        """Advance to the next token, or to None at the end."""
        self.token = _TOKEN.match(self.pattern, self.place)
        if self.token is None and self.place < len(self.pattern):
            raise Unread(self.pattern[self.place :])
        self.place = self.token.end() if self.token else self.place

    def options(self) -> tuple[Set, _Marks]:
        """Parse alternatives, up to the end or a closing bracket."""
        found = [self.items()]
        while self.token and self.token[0] == "|":
            self.advance()
            found.append(self.items())
        return alternatives(one for one, _ in found), (
            max(marks[0] for _, marks in found),
            max(marks[1] for _, marks in found),
        )

    def items(self) -> tuple[Set, _Marks]:
        """Parse a sequence of items, up to a bar, the end or a closing bracket."""
        parts, begins, ends = [], 0, 0
        while self.token and self.token[0] not in "|)":
            part, marks = self.item()
            if ends and marks[0]:
                raise Unread(
                    self.pattern
                )  # `$` before `^`: both hold only in the empty text, and one mark cannot stand for that
            parts.append(part)
            begins, ends = begins + marks[0], ends + marks[1]
        return sequence(parts), (begins, ends)

    def item(self) -> tuple[Set, _Marks]:
        """Parse one item with its quantifiers."""
        part, marks = self.one()
        while self.token and self.token.lastgroup == "times":
            if any(marks):
                raise Unread(self.token[0])
            part = repeated(part, *_times(self.token[0]))
            self.advance()
        return part, marks

    def one(self) -> tuple[Set, _Marks]:
        """Parse a group, an anchor, a set or a character."""
        token = self.token
        if token is None or token.lastgroup == "times":
            raise Unread(self.pattern)
        self.advance()
        match token.lastgroup:
            case "open":
                found = self.options()
                if self.token is None or self.token[0] != ")":
                    raise Unread(self.pattern)
                self.advance()
                return found
            case "set":
                return _set(token[0]), (0, 0)
            case "other" if token[0] in "^$":
                return (literal((BEGIN,)), (1, 0)) if token[0] == "^" else (literal((END,)), (0, 1))
            case "other":
                return (chars(ranges_but(_LINE_END)) if token[0] == "." else literal((ord(token[0]),))), (
                    0,
                    0,
                )
            case _:
                return chars(_ranges(token[0])), (0, 0)


def _times(text: str) -> tuple[int, int | None]:
    text = text if len(text) == 1 else text.removesuffix("?")
    if text in "*+?":
        return (1 if text == "+" else 0), (1 if text == "?" else None)
    least, _, most = text.strip("{}").partition(",")
    highest = int(least) if "," not in text else int(most) if most else None
    if max(int(least), highest or 0) > _MOST_REPEATS or (highest is not None and highest < int(least)):
        raise Unread(text)
    return int(least), highest


def _ranges(part: str) -> list[Range]:
    """Return the character ranges of one character or escape."""
    if not part.startswith("\\"):
        return [(ord(part), ord(part))]
    kind, digits = part[1], part[2:]
    if digits:
        code = int(digits, 16)
        if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - surrogates: half of a character that others read as a whole
            raise Unread(part)
        return [(code, code)]
    if kind in _CLASSES:
        return _CLASSES[kind]
    if kind in _CONTROLS:
        return [(_CONTROLS[kind], _CONTROLS[kind])]
    if kind in _PUNCTUATION:
        return [(ord(kind), ord(kind))]
    raise Unread(part)


def _set(token: str) -> Set:
    """Parse a set in square brackets."""
    negative = token.startswith("[^")
    parts = _IN_SET.findall(token[2 if negative else 1 : -1])
    if not parts or any(part in (r"\b", "[") for part in parts):
        raise Unread(token)
    out: list[Range] = []
    while parts:
        low = parts.pop(0)
        if len(parts) > 1 and parts[0] == "-":
            high = parts[1]
            del parts[:2]
            out.append(_between(low, high))
        else:
            out += _ranges(low)
    return chars(ranges_but(out) if negative else out)


def _between(low: str, high: str) -> Range:
    ends = [*_ranges(low), *_ranges(high)]
    if len(ends) != 2 or ends[0][0] != ends[0][1] or ends[1][0] != ends[1][1] or ends[0][0] > ends[1][0]:  # noqa: PLR2004 - a class ends no range
        raise Unread(f"{low}-{high}")
    return ends[0][0], ends[1][0]
