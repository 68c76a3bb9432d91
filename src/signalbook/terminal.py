"""Text from outside → text with no power over a terminal or a CI system that shows it. Payloads, file names, registries and arguments are outside.

`safe` is for one piece of text in a line, `lines` for several, `block` for text that was made of such pieces, `json_lines` for JSON, whose values stay what they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# What opens a command of a CI system: `::` at the beginning of a line (GitHub); `##[…]`, `##vso[…]` and `##teamcity[…]` anywhere in one.
_COMMAND = re.compile(r"##(?=[a-z]*\[)", re.IGNORECASE)
# The colours that this kit sets itself: see `report.words`.
_COLOUR = re.compile(r"(\x1b\[[0-9]{1,2}m)")


def safe(text: str) -> str:
    r"""Return one piece of text as what it is, in one line, but with no power over whoever shows it.

    Every character that is not seen is spelt out: control characters, those that turn the direction of text, those without a width, lone surrogates.
    So is what opens a command of a CI system: `::` at the beginning, and `##`, which more text may follow.

    >>> safe("a\x1b[31mb\n::error::x")
    'a\\x1b[31mb\\n::error::x'
    """
    if not text.isprintable():
        text = _spelt(text)
    if "##" in text:
        text = text.replace("##", "#\\x23")
    return _without_command(text)


def lines(texts: Iterable[str]) -> str:
    """Return pieces of text as lines, one each."""
    return "\n".join(map(safe, texts))


def block(text: str, *, coloured: bool = False) -> str:
    """Return text of several lines so that none has such a power; pieces from outside go through `safe` first, or they may add lines.

    `coloured` keeps the colours that `report` sets.
    """
    return "\n".join(_line(line, _COLOUR if coloured else None) for line in text.split("\n"))


def json_lines(text: str) -> str:
    r"""Return JSON text, of one line or several, whose characters are all visible: what is not stands as an escape of JSON, so that the values are the same.

    >>> json_lines('["\x9b##[error]"]')
    '["\\u009b#\\u0023[error]"]'
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char == "\n" else _escaped(char) for char in text)
    return text.replace("##", "#\\u0023") if "##" in text else text


def _line(line: str, kept: re.Pattern[str] | None) -> str:
    if not line.isprintable():
        # Every second part is what is kept.
        line = "".join(part if place % 2 else _spelt(part) for place, part in enumerate(kept.split(line) if kept else [line]))
    if "##" in line:
        line = _COMMAND.sub(r"#\\x23", line)
    return _without_command(line)


def _spelt(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode() for char in text)


def _without_command(text: str) -> str:
    if "::" in text and text.lstrip().startswith("::"):
        return text.replace("::", ":\\x3a", 1)
    return text


def _escaped(char: str) -> str:
    """Return a character as JSON escapes it: one beyond the first plane as two surrogates."""
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
