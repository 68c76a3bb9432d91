"""Resolve path arguments to the files to read, in the given order: files, folders, globs, standard input."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from signalbook.reading.documents import (
    BLOCK,
    MAX_EXPANSION,
    SMALL,
    SMALL_BLOCK,
    STDIN,
    Document,
    Files,
    Lines,
    Listed,
    Piece,
    Reading,
)
from signalbook.reading.files import is_by_line, of_file, of_stdin
from signalbook.reading.json_text import DEFAULT_LIMITS, NotJSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from signalbook.reading.json_text import Limits

_GLOB = frozenset("*?[")
_MANY, _MUCH = 64, 4 << 20


def documents(
    paths: Iterable[str],
    limits: Limits = DEFAULT_LIMITS,
    *,
    exclude: Sequence[str] = (),
    max_expansion: int = MAX_EXPANSION,
) -> Iterator[Document]:
    """Yield the documents of all paths in the given order, sorted by name within a folder or glob.

    A file that cannot be read is a document with a problem.
    """
    for piece in pieces(paths, limits, exclude=exclude, max_expansion=max_expansion, block=SMALL_BLOCK):
        yield from expand(piece, limits, max_expansion=max_expansion)


def pieces(
    paths: Iterable[str],
    limits: Limits = DEFAULT_LIMITS,
    *,
    exclude: Sequence[str] = (),
    max_expansion: int = MAX_EXPANSION,
    block: int = BLOCK,
) -> Iterator[Piece]:
    """Yield the pieces of all paths, in order: units that a process can read or check independently.

    `exclude` holds patterns as in .gitignore, relative to the working folder. They apply to folders and globs, not to files named explicitly.
    `max_expansion` is how many times its size a gzip file may decompress to, after the first 64 MiB; 0 sets no limit.
    `block` is the approximate number of bytes of lines per piece: by default, enough to be worth sending to another process.
    """
    how = Reading(limits, max_expansion, block)
    group: list[str] = []
    weight = 0
    for found in listed(paths, exclude):
        small = not isinstance(found, Document) and 0 <= found[1] <= SMALL and not is_by_line(found[0])
        if group and (not small or len(group) == _MANY or weight > _MUCH):
            yield Files(tuple(group))
            group, weight = [], 0
        if isinstance(found, Document):
            yield found
        elif small:
            group.append(found[0])
            weight += found[1]
        elif found[0] == STDIN:
            yield from of_stdin(how)
        else:
            yield from of_file(found[0], how, streams=found[1] < 0)
    if group:
        yield Files(tuple(group))


def expand(
    piece: Piece, limits: Limits = DEFAULT_LIMITS, *, max_expansion: int = MAX_EXPANSION
) -> Iterator[Document]:
    """Yield the documents of a piece, in order."""
    if isinstance(piece, Document):
        yield piece
    elif isinstance(piece, Lines):
        try:
            for number, line in piece.numbered():
                yield Document(piece.source, number, line, None, None, (number, 1))
        except NotJSON as problem:
            yield Document(piece.source, problem=problem)
    else:
        how = Reading(limits, max_expansion, SMALL_BLOCK)
        for path in piece.paths:
            for part in of_file(path, how):
                yield from expand(part, limits, max_expansion=max_expansion)


def listed(paths: Iterable[str], exclude: Sequence[str] = ()) -> Iterator[Listed]:
    """Yield the files that the paths refer to, in order, and a problem for each path that refers to none."""
    for path in paths:
        if path == STDIN:
            yield STDIN, -1
            continue
        try:
            status = os.stat(path)  # noqa: PTH116 - avoids importing pathlib
        except (OSError, ValueError) as error:
            yield from _not_there(path, error, exclude)
        else:
            yield from _named(path, status, exclude)


def _named(path: str, status: os.stat_result, exclude: Sequence[str]) -> Iterator[Listed]:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        yield path, status.st_size
    elif stat.S_ISFIFO(mode):
        yield path, -1
    elif stat.S_ISDIR(mode):
        from signalbook.reading.globs import below  # noqa: PLC0415 - only for folders

        yield from below(path, exclude)
    else:
        from signalbook.reading.documents import special  # noqa: PLC0415 - only for problems

        yield Document(path, problem=special())


def _not_there(path: str, error: OSError | ValueError, exclude: Sequence[str]) -> Iterator[Listed]:
    """Yield the matches of a path that does not exist but is a glob, or a problem."""
    if _GLOB & set(path):
        from signalbook.reading.globs import matching  # noqa: PLC0415 - the shell usually expands globs

        yield from matching(path, exclude)
    else:
        from signalbook.reading.documents import empty_path, unreadable  # noqa: PLC0415 - only for problems

        yield Document(path, problem=unreadable(error) if path else empty_path())
