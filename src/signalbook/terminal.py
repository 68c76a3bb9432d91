"""Escape untrusted text so that it cannot control the terminal or CI system that shows it.

Payloads, file names, registries and arguments are untrusted. Use `safe` for one piece of text within a line, `lines` for several pieces, `block` for
text composed of escaped pieces, and `json_lines` for JSON, whose values stay the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Start of a CI command: `::` at the beginning of a line (GitHub); `##[…]`, `##vso[…]` and `##teamcity[…]` anywhere in a line.
_COMMAND = re.compile(r"##(?=[a-z]*\[)", re.IGNORECASE)
# Colours that signalbook itself sets: see `reporting.format`.
_COLOUR = re.compile(r"(\x1b\[[0-9]{1,2}m)")


def safe(text: str) -> str:
    r"""Return text escaped to a single line that cannot control a terminal or CI system.

    Escapes every invisible character: control characters, characters that change the text direction, zero-width characters, lone surrogates.
    Also escapes what starts a CI command: `::` at the beginning, and `##`, because more text may follow it.

    >>> safe("a\x1b[31mb\n::error::x")
    'a\\x1b[31mb\\n::error::x'
    """
    if not text.isprintable():
        text = _spelt(text)
    if "##" in text:
        text = text.replace("##", "#\\x23")
    return _without_command(text)


def lines(texts: Iterable[str]) -> str:
    """Return the escaped pieces of text, one per line."""
    return "\n".join(map(safe, texts))


def block(text: str, *, coloured: bool = False) -> str:
    """Return multi-line text in which no line can control a terminal or CI system.

    Pass pieces from untrusted sources through `safe` first, otherwise they can add lines.
    `coloured` keeps the colours that `reporting` sets.
    """
    return "\n".join(_line(line, _COLOUR if coloured else None) for line in text.split("\n"))


def json_lines(text: str) -> str:
    r"""Return JSON text of one or more lines with all characters visible.

    Invisible characters become JSON escapes, so that the values stay the same.

    >>> json_lines('["\x9b##[error]"]')
    '["\\u009b#\\u0023[error]"]'
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char == "\n" else _escaped(char) for char in text)
    return text.replace("##", "#\\u0023") if "##" in text else text


def _line(line: str, kept: re.Pattern[str] | None) -> str:
    if not line.isprintable():
        # `split` returns the kept parts at odd indices.
        line = "".join(
            part if place % 2 else _spelt(part)
            for place, part in enumerate(kept.split(line) if kept else [line])
        )
    if "##" in line:
        line = _COMMAND.sub(r"#\\x23", line)
    return _without_command(line)


def _spelt(text: str) -> str:
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode()
        for char in text
    )


def _without_command(text: str) -> str:
    if "::" in text and text.lstrip().startswith("::"):
        return text.replace("::", ":\\x3a", 1)
    return text


def _escaped(char: str) -> str:
    """Return the JSON escape of a character, as a surrogate pair for a character beyond U+FFFF."""
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
