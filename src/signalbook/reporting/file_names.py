"""Formats file names for tools: relative to a folder, with slashes on every system, and as URIs for SARIF."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_from_bytes

if TYPE_CHECKING:
    from signalbook.validation.findings import Finding, Verdict

STDIN = "stdin"
"""File name for standard input where a tool requires one."""


class Spot(NamedTuple):
    """A line and a column in a file, from 1; None if unknown."""

    line: int | None
    column: int | None


def spot(verdict: Verdict, finding: Finding) -> Spot:
    """Return the location of a finding in its file: its own, else the line of its payload in NDJSON."""
    return Spot(verdict.line, None) if finding.line is None else Spot(finding.line, finding.column)


def relative(source: str | None, root: str | None, paths: Any = os.path) -> str:
    """Return a file name relative to the folder `root`, with slashes; an absolute name if the file is outside of it.

    Without `root`, the name is only normalized. `paths` is `posixpath` or `ntpath`: a backslash is a separator only on Windows.
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
    """Convert a name that `relative` returned to a URI: relative to the root, or with the scheme `file` if it is absolute.

    A name that is not UTF-8 keeps its bytes. Colons are encoded, because text before a colon would be read as a scheme.
    """
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = name.encode("utf-8", "backslashreplace")
    if name[1:3] == ":/" and name[0].isascii() and name[0].isalpha():  # a drive letter
        return f"file:///{name[0]}:{quote_from_bytes(data[2:])}"
    if name.startswith("//"):
        return f"file:{quote_from_bytes(data)}"
    return f"file://{quote_from_bytes(data)}" if name.startswith("/") else quote_from_bytes(data)
