"""Standard input and pipes, whose name does not say what they hold: a payload a line, or one text."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from signalbook.intake.contents import SMALL, begins_an_array, gathered, text
from signalbook.intake.lines import blocks
from signalbook.jsontext import is_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.intake.contents import Reading
    from signalbook.intake.piece import Document, Lines
    from signalbook.jsontext import Limits


_TRIED = 1_000


def guessed(source: str, chunks: Iterator[bytes], how: Reading) -> Iterator[Document | Lines]:
    """Yield the pieces of a stream: lines where the first is a document and more follow, one text else.

    Lines are passed on as they come, however many. Where the whole is no document, but one of its lines is, it is lines as well.
    """
    data, first = _head(chunks, how.most)
    if first and is_document(first, how.limits):
        yield from blocks(source, chain((data,), chunks), how.most, placed=False)
        return
    # A large array is read item by item, and not kept.
    array = begins_an_array(data)
    enough = (min(SMALL, how.most) if array else how.most) + 1
    data = gathered(chain((data,), chunks), enough)
    chunks = chain((data,), chunks)
    if (not array or len(data) < enough) and not is_document(data, how.limits) and _holds_a_line(data, how.limits):
        yield from blocks(source, chunks, how.most, placed=False)
    else:
        yield from text(source, chunks, how)


def _head(chunks: Iterator[bytes], most: int) -> tuple[bytes, bytes]:
    """Return the beginning of a stream, and in it the first line that holds something, if anything follows it. No more is read than that takes."""
    parts: list[bytes] = []
    size, start, end = 0, -1, -1
    while size <= most and (chunk := next(chunks, b"")):
        parts.append(chunk)
        here = 0
        if start < 0 and not chunk.isspace():
            here = len(chunk) - len(chunk.lstrip())
            start = size + here
        if end < 0 <= start and (found := chunk.find(b"\n", here) + 1):
            here, end = found, size + found
        if end >= 0 and chunk[here:].strip():
            data = b"".join(parts)
            return data, data[start:end]
        size += len(chunk)
    return b"".join(parts), b""


def _holds_a_line(data: bytes, limits: Limits) -> bool:
    """Whether a line of a text is a document. After many that only look like one, none is expected: a stream may hold millions of them."""
    looks = re.compile(rb"^(?:\xef\xbb\xbf)?+[ \t\r]*+[\[{].*[\]}][ \t\r]*$", re.MULTILINE)
    return any(is_document(found[0], limits) for found in islice(looks.finditer(data), _TRIED))
