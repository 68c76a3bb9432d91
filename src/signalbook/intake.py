"""PATH… → the payload texts in them: files, folders, globs, standard input; NDJSON line by line; gzip; forms.

What cannot be read becomes a `Document` with a problem, and the run goes on: no path stops another.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from signalbook.jsontext import MAX_BYTES, NotJSON, is_document, loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Payload = tuple[int | None, Any]
"""A payload and its place in an array of payloads, from 0; None where it is the whole document."""

STDIN = "-"
SUFFIXES = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
_BY_LINE = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
_GZIP = b"\x1f\x8b"
_GLOB = frozenset("*?[")
_FORM = re.compile(rb"[\w.~%+-]+=[\w.~%+*'()!:/?-]*(?:&[\w.~%+-]+=[\w.~%+*'()!:/?-]*)+")


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
        value = read(document.data)
    except NotJSON as problem:
        # In NDJSON the line that counts is the file's; what was parsed has only one.
        raise replace(problem, line=document.line) if document.line else problem from None
    if not isinstance(value, list):
        return [(None, value)]
    if not value:
        raise NotJSON("no-payload", "an empty array holds no payload", 1, 1)
    return list(enumerate(value))


def read(data: bytes) -> Any:
    """Return the value of a payload's bytes as they arrive: of JSON text, of the same compressed with gzip, or of a form's fields. Raises `NotJSON`."""
    if data.startswith(_GZIP):
        data = _unpacked(data)
    try:
        return loads(data)
    except NotJSON:
        if (fields := _form(data)) is not None:
            return fields
        raise


def value_of(payload: Any) -> Any:
    """Return the value of a payload: bytes as they arrive, text, or a value as `json.loads` returns it. Raises `NotJSON`."""
    if isinstance(payload, str):
        payload = payload.encode("utf-8", "surrogatepass")
    return read(bytes(payload) if isinstance(payload, bytes | bytearray | memoryview) else _written(payload))


def _written(payload: Any) -> bytes:
    """Return a value as JSON text: what it says is what is checked, so that a value and its text have one verdict."""
    import json  # noqa: PLC0415 - orjson would write dates and other things that no JSON text can hold

    # A test that watches what a handler reads is not to take our reading for the handler's.
    plain = payload.unwatched() if hasattr(payload, "unwatched") else payload
    try:
        return json.dumps(plain).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise NotJSON("not-json", f"not a JSON value: {error}", hint="give the payload as bytes or text, or as json.loads returns it") from None


def _form(data: bytes) -> dict[str, str] | None:
    """Return the fields of a form (application/x-www-form-urlencoded), or None where bytes are none: two at least, because other text has an = too."""
    if not _FORM.fullmatch(data):
        return None
    from urllib.parse import parse_qsl  # noqa: PLC0415 - only for what is no JSON

    try:
        fields = parse_qsl(data.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        return None
    return dict(fields) if len(dict(fields)) == len(fields) else None


def _unpacked(data: bytes) -> bytes:
    import gzip  # noqa: PLC0415 - only for what is compressed
    import io  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    try:
        return gzip.GzipFile(fileobj=io.BytesIO(data)).read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NotJSON("gzip", f"not readable as gzip: {error}", hint="the data is damaged or cut off: fetch it again") from None


def documents(paths: Iterable[str]) -> Iterator[Document]:
    """Yield the documents of all paths, in the order given; inside a folder or a glob in the order of their names."""
    for path in paths:
        if path == STDIN:
            yield from _stdin()
        elif not path:
            yield Document(path, problem=NotJSON("no-file", "an empty path names nothing", hint="is a variable of your script unset?"))
        # os.path answers no where pathlib raises: below a folder that may not be entered, and for a name that is too long.
        elif os.path.isdir(path):  # noqa: PTH112
            yield from _folder(path)
        elif _GLOB & set(path) and not os.path.exists(path):  # noqa: PTH110
            yield from _glob(path)
        else:
            yield from _file(path)


def _stdin() -> Iterator[Document]:
    if sys.stdin is None:  # a process started without one, as some schedulers do
        yield Document(STDIN, problem=NotJSON("no-file", "there is no standard input", hint="name a file, or connect one"))
    else:
        yield from _texts(STDIN, sys.stdin.buffer)


def _folder(path: str) -> Iterator[Document]:
    closed: list[OSError] = []
    found: list[str] = []
    # os.walk follows no links to folders, so a circle of links ends; and it tells of folders that it may not enter.
    for where, folders, files in os.walk(path, onerror=closed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [str(Path(where, name)) for name in files if name.lower().endswith(SUFFIXES) and not name.startswith(".")]
        # A pipe would be waited for, for ever; a link that leads nowhere is kept, so that it is reported.
        found += [file for file in paths if os.path.isfile(file) or not os.path.exists(file)]  # noqa: PTH110, PTH113
    for error in closed:
        yield Document(str(error.filename or path), problem=_unreadable(error))
    if not found and not closed:
        hint = f"payload files end in {', '.join(SUFFIXES)}"
        yield Document(path, problem=NotJSON("no-payload", "there is no payload file in this folder", hint=hint))
    for file in sorted(found):
        yield from _file(file)


def _glob(pattern: str) -> Iterator[Document]:
    from glob import glob  # noqa: PLC0415 - the shell has mostly done it already

    found = sorted(glob(pattern, recursive=True))  # noqa: PTH207 - keeps the user's spelling of the path
    if not found:
        yield Document(pattern, problem=NotJSON("no-payload", "nothing matches this pattern", hint="quote the pattern, and look at the spelling"))
    # ** matches the folders on the way too: there, the files are what was meant.
    for path in found:
        if not os.path.isdir(path):  # noqa: PTH112
            yield from _file(path)
        elif "**" not in pattern:
            yield from _folder(path)


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
    if head != _GZIP and not source.lower().endswith(".gz"):
        yield from _content(source, stream)
        return
    import gzip  # noqa: PLC0415 - only for what is compressed
    import zlib  # noqa: PLC0415

    try:
        yield from _content(source, cast("IO[bytes]", gzip.GzipFile(fileobj=stream)))
    except EOFError:
        yield Document(source, problem=NotJSON("gzip", "the gzip data ends too early", hint="the file was cut off: fetch it again"))
    except (gzip.BadGzipFile, zlib.error) as error:
        hint = "the file is damaged, or its name ends in .gz and it is not compressed"
        yield Document(source, problem=NotJSON("gzip", f"not readable as gzip: {error}", hint=hint))


def _content(source: str, stream: IO[bytes]) -> Iterator[Document]:
    if source == STDIN:
        return _unnamed(stream)
    return _lines(source, stream) if source.lower().endswith(_BY_LINE) else _whole(source, stream)


def _whole(source: str, stream: IO[bytes]) -> Iterator[Document]:
    # One byte more than is allowed, so that a bomb is stopped and `jsontext` still sees that there was too much.
    yield Document(source, None, stream.read(MAX_BYTES + 1))


def _lines(source: str, stream: IO[bytes]) -> Iterator[Document]:
    empty = True
    for number, line in _numbered(stream):
        empty = False
        yield Document(source, number, line)
    if empty:
        yield Document(source, problem=NotJSON("empty", "there is nothing in it", hint="NDJSON holds one payload a line"))


def _numbered(stream: IO[bytes], number: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that hold something, with their numbers after `number`; of a line that is too long only its beginning."""
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if line.strip():
            yield number, line
        while len(line) > MAX_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_BYTES + 1)


def _unnamed(stream: IO[bytes]) -> Iterator[Document]:
    """Yield the documents of standard input, which has no name to tell by: a payload a line where the first line is one and more follow, else one.

    A stream of lines is passed on as it comes, however long it is.
    """
    lines = _numbered(stream)
    head = list(islice(lines, 2))
    if len(head) == 2 and is_document(head[0][1]):  # noqa: PLR2004 - a first line, and more
        yield from (Document(STDIN, number, line) for number, line in chain(head, lines))
        return
    # The line breaks between the head's lines do not matter to JSON, but they do to the place of a fault.
    start = b"".join(b"\n" * (number - before - 1) + line for before, (number, line) in zip((0, *(number for number, _ in head)), head, strict=False))
    data = start + stream.read(max(0, MAX_BYTES + 1 - len(start)))
    numbered = list(enumerate(data.split(b"\n"), 1))
    if not is_document(data) and any(is_document(line) for _, line in numbered):
        yield from (Document(STDIN, number, line) for number, line in numbered if line.strip())
    else:
        yield Document(STDIN, None, data)
