"""Finds the line of a key in a TOML file, for messages, because the parser of the standard library does not report it.

The file is known to parse. It is split into statements, each the fewest lines that parse, and each statement is parsed for the keys it sets.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signalbook.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

Keys = tuple[str | int, ...]


def fault(file: str, table: tuple[str, ...], keys: Keys, message: str, fix: str) -> Fault:
    """Return a fault of a key below a table, with its line and the key in TOML notation."""
    return Fault(where(file, (*table, *keys)), "", f"{written(keys)}: {message}" if keys else message, fix)


def where(file: str, keys: Keys) -> str:
    """Return `file:line` for a key, or for the nearest parent that has a line; only the file if no line is found."""
    try:
        found = places(Path(file).read_text("utf-8"))
    except (OSError, ValueError):
        return file
    line = next((found[keys[:length]] for length in range(len(keys), 0, -1) if keys[:length] in found), None)
    return f"{file}:{line}" if line else file


def written(keys: Keys) -> str:
    """Return a key in TOML notation: `limits.depth`, `ignore[2].until`, `pins."jdcloud/vm/state-change"`."""
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
            text += f"{'.' if text else ''}{key if bare else repr(key)}"
    return text


def places(text: str) -> dict[Keys, int]:
    """Return the line of every key of a TOML text, from 1. Keys in an array of tables follow its index, from 0."""
    found: dict[Keys, int] = {}
    counts: dict[Keys, int] = {}
    table: Keys = ()
    for line, parsed, header in _statements(text):
        if not header:
            for keys in _paths(parsed):
                found.setdefault((*table, *keys), line)
            continue
        table = ()
        inner: Any = parsed
        while isinstance(inner, dict) and inner:
            ((key, inner),) = inner.items()
            table = (*table, key)
            if isinstance(inner, list):
                counts[table] = counts.get(table, -1) + 1
            if table in counts:
                table = (*table, counts[table])
            inner = inner[0] if isinstance(inner, list) else inner
        for length in range(1, len(table) + 1):
            found.setdefault(table[:length], line)
    return found


def _statements(text: str) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """Yield each statement: its first line, its parsed value, and whether it is a table header."""
    start, held = 1, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        held += f"{line}\n"
        try:
            parsed = tomllib.loads(held)
        except tomllib.TOMLDecodeError:
            continue
        if parsed:
            yield start, parsed, held.lstrip().startswith("[")
        start, held = number + 1, ""


def _paths(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    if keys:
        yield keys
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in members:
        yield from _paths(inner, (*keys, key))
