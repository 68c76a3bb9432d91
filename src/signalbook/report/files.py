"""File names as tools read them: relative to a folder, with slashes on every system; and as the URIs that SARIF wants."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_from_bytes

if TYPE_CHECKING:
    from signalbook.findings import Finding, Verdict

STDIN = "stdin"
"""What stands for standard input where a tool insists on a file."""


class Spot(NamedTuple):
    """A line and a column in a file, from 1; None where they are not known."""

    line: int | None
    column: int | None


def spot(verdict: Verdict, finding: Finding) -> Spot:
    """Return where a finding stands in its file: its own place, else the line of its payload in NDJSON."""
    return Spot(verdict.line, None) if finding.line is None else Spot(finding.line, finding.column)


def relative(source: str | None, root: str | None, paths: Any = os.path) -> str:
    """Return a file name from the folder `root` on, with slashes; an absolute one where it lies elsewhere.

    Without a `root` it is what it was named, tidied. `paths` is `posixpath` or `ntpath`: on Windows a backslash divides folders, elsewhere it is a character.
    """
    if source in (None, "-"):
        return STDIN
    name = paths.normpath(source)
    if root is not None:
        name = paths.abspath(name)
        try:
            inside = paths.relpath(name, paths.abspath(root))
        except ValueError:  # another drive
            inside = paths.pardir
        name = name if inside.split(paths.sep)[0] == paths.pardir else inside
    return str(name.replace("\\", "/") if paths.sep == "\\" else name)


def uri(name: str) -> str:
    """Return a name that `relative` gave as a URI: relative to the root, or with the scheme `file` where it is absolute.

    A name that is no UTF-8 keeps its bytes. A colon is encoded, because what stands before one would be a scheme.
    """
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = name.encode("utf-8", "backslashreplace")
    if name[1:3] == ":/" and name[0].isascii() and name[0].isalpha():  # a drive
        return f"file:///{name[0]}:{quote_from_bytes(data[2:])}"
    if name.startswith("//"):
        return f"file:{quote_from_bytes(data)}"
    return f"file://{quote_from_bytes(data)}" if name.startswith("/") else quote_from_bytes(data)
