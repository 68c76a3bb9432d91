"""PATH… → the payload texts in them: files, folders, globs, standard input; NDJSON line by line; gzip.

What cannot be read becomes a `Document` with a problem, and the run goes on: no path stops another.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from signalbook.jsontext import MAX_BYTES, NotJSON, loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Payload = tuple[int | None, Any]
"""A payload and its place in an array of payloads, from 0; None where it is the whole document."""

STDIN = "-"
SUFFIXES = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
_BY_LINE = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
_GZIP = b"\x1f\x8b"
_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON text and where it came from; `problem` says why there is none. `line` counts from 1, in NDJSON only."""

    source: str
    line: int | None = None
    data: bytes = b""
    problem: NotJSON | None = None


def payloads(document: Document) -> list[Payload]:
    """Return the payloads of a document: one, or each item of an array. Raises `NotJSON`, also for an empty array."""
    if document.problem:
        raise document.problem
    try:
        value = loads(document.data)
    except NotJSON as problem:
        # In NDJSON the line that counts is the file's; what was parsed has only one.
        raise replace(problem, line=document.line) if document.line else problem from None
    if not isinstance(value, list):
        return [(None, value)]
    if not value:
        raise NotJSON("no-payload", "an empty array holds no payload", 1, 1)
    return list(enumerate(value))


def documents(paths: Iterable[str]) -> Iterator[Document]:
    """Yield the documents of all paths, in the order given; inside a folder or a glob in the order of their names."""
    for path in paths:
        if path == STDIN:
            yield from _texts(STDIN, sys.stdin.buffer)
        elif (folder := Path(path)).is_dir():
            yield from _folder(path, folder)
        elif not folder.exists() and _GLOB & set(path):
            yield from _glob(path)
        else:
            yield from _file(path)


def _folder(path: str, folder: Path) -> Iterator[Document]:
    # Path.walk would be Python 3.12; rglob follows no links to folders, so a loop of links ends.
    try:
        found = sorted(file for file in folder.rglob("*") if file.name.endswith(SUFFIXES) and _visible(file, folder) and file.is_file())
    except OSError as error:
        yield Document(path, problem=_unreadable(error))
        return
    if not found:
        hint = f"payload files end in {', '.join(SUFFIXES)}"
        yield Document(path, problem=NotJSON("no-payload", "there is no payload file in this folder", hint=hint))
    for file in found:
        yield from _file(str(file))


def _visible(file: Path, folder: Path) -> bool:
    return not any(part.startswith(".") for part in file.relative_to(folder).parts)


def _glob(pattern: str) -> Iterator[Document]:
    from glob import glob  # noqa: PLC0415 - the shell has mostly done it already

    found = sorted(path for path in glob(pattern, recursive=True) if Path(path).is_file())  # noqa: PTH207 - keeps the user's spelling of the path
    if not found:
        yield Document(pattern, problem=NotJSON("no-payload", "no file matches this pattern", hint="quote the pattern, and look at the spelling"))
    for path in found:
        yield from _file(path)


def _file(path: str) -> Iterator[Document]:
    try:
        with Path(path).open("rb") as stream:
            yield from _texts(path, stream)
    except OSError as error:
        yield Document(path, problem=_unreadable(error))


def _unreadable(error: OSError) -> NotJSON:
    if isinstance(error, FileNotFoundError):
        return NotJSON("no-file", "there is no such file", hint="look at the spelling, and at the folder you are in")
    if isinstance(error, PermissionError):
        return NotJSON("no-permission", "no permission to read it", hint="give this user read permission")
    return NotJSON("no-file", f"cannot be read: {error.strerror or error}")


def _texts(source: str, stream: IO[bytes]) -> Iterator[Document]:
    head = stream.peek(2)[:2] if hasattr(stream, "peek") else b""
    if head == _GZIP or source.endswith(".gz"):
        import gzip  # noqa: PLC0415 - only for what is compressed

        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    try:
        yield from _lines(source, stream) if source.endswith(_BY_LINE) else _whole(source, stream)
    except (EOFError, OSError) as error:
        if isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError)):
            raise
        yield Document(source, problem=_gzip_problem(error))
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        yield Document(source, problem=_gzip_problem(error))


def _gzip_problem(error: Exception) -> NotJSON:
    if isinstance(error, EOFError):
        return NotJSON("gzip", "the gzip data ends too early", hint="the file was cut off: fetch it again")
    return NotJSON("gzip", f"not readable as gzip: {error}", hint="the file is damaged, or its name ends in .gz and it is not compressed")


def _whole(source: str, stream: IO[bytes]) -> Iterator[Document]:
    # One byte more than is allowed, so that a bomb is stopped and `jsontext` still sees that there was too much.
    data = stream.read(MAX_BYTES + 1)
    if source == STDIN and _is_ndjson(data):
        for number, line in enumerate(data.split(b"\n"), 1):
            if line.strip():
                yield Document(source, number, line)
        return
    yield Document(source, None, data)


def _is_ndjson(data: bytes) -> bool:
    """Whether standard input, which has no name to tell by, holds a payload a line: more than one line, and the first a document of its own."""
    first, _, rest = data.strip().partition(b"\n")
    return bool(rest.strip()) and first.rstrip().endswith(b"}") and first.startswith(b"{") and rest.lstrip().startswith(b"{")


def _lines(source: str, stream: IO[bytes]) -> Iterator[Document]:
    number = 0
    empty = True
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if line.strip():
            empty = False
            yield Document(source, number, line)
        while len(line) > MAX_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_BYTES + 1)
    if empty:
        yield Document(source, problem=NotJSON("empty", "there is nothing in it", hint="NDJSON holds one payload a line"))
