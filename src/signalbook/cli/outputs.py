"""Writes reports: one format to standard output, others to files, each of which is written completely or not at all."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from errno import EIO, EPIPE
from typing import TYPE_CHECKING

from signalbook.config import repository
from signalbook.reporting import FORMATS, paint, plain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from signalbook.codegen.writer import Making
    from signalbook.reporting import Format, Tally

_FOR_PEOPLE = ("text", "github")
_UNREAD = (EPIPE, EIO)
"""Error numbers of writing to a pipe or a terminal that its reader closed."""


class Outputs:
    """The requested report formats and their destinations. Raises OSError for a file that cannot be written."""

    def __init__(self, asked: argparse.Namespace) -> None:
        is_terminal = sys.stdout is not None and sys.stdout.isatty()
        colours = paint(asked.color, is_terminal, os.environ) if asked.format == "text" else plain
        shared = {
            "root": None if asked.format == "text" and not asked.report else _root(),
            "level": asked.level,
            "summary": asked.summary,
        }
        self.forms: list[Format] = [FORMATS[asked.format](show=asked.show, paint=colours, **shared)]
        # Files always contain the complete report: a code forge would treat hidden findings as fixed.
        self.forms += [FORMATS[name](**shared) for name, _ in asked.report]
        self._files = _made([path for _, path in asked.report])
        self._is_read = True
        if asked.format not in _FOR_PEOPLE and hasattr(sys.stdout, "reconfigure"):
            # Tools expect UTF-8, whatever the encoding of the terminal.
            sys.stdout.reconfigure(encoding="utf-8")

    @property
    def is_wanted(self) -> bool:
        """Whether anybody reads the report: False if it only goes to standard output and the reader closed it (head, less)."""
        return self._is_read or bool(self._files)

    def begin(self) -> None:
        """Write the header of each format."""
        self._put([form.head() for form in self.forms])

    def take(self, texts: Sequence[str]) -> None:
        """Write one text per format, or buffer it for later."""
        self._put([form.take(text) if text else "" for form, text in zip(self.forms, texts, strict=True)])

    def end(self, tally: Tally, *, interrupted: bool) -> None:
        """Write the end of the report in each format, and move the files to their destinations."""
        for place, form in enumerate(self.forms):
            for text in form.tail(tally, interrupted=interrupted):
                self._put_one(place, text)
        self._flush()
        for file in self._files:
            file.finish()

    def discard(self) -> None:
        """Discard unfinished files; existing files stay unchanged."""
        for file in self._files:
            file.discard()

    def _put(self, texts: Sequence[str]) -> None:
        for place, text in enumerate(texts):
            if text:
                self._put_one(place, text)
        if texts[0]:
            self._flush()

    def _put_one(self, place: int, text: str) -> None:
        if place:
            self._files[place - 1].put(text)
        elif sys.stdout is not None and self._is_read:
            with self._left_if_unread():
                sys.stdout.write(text)

    def _flush(self) -> None:
        if sys.stdout is not None and self._is_read:
            with self._left_if_unread():
                sys.stdout.flush()

    @contextmanager
    def _left_if_unread(self) -> Iterator[None]:
        """Stop writing to standard output once its pipe or terminal is closed, and drop what is still buffered at exit."""
        try:
            yield
        except OSError as error:
            if error.errno not in _UNREAD:
                raise
            self._is_read = False
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _made(paths: Sequence[str]) -> list[Making]:
    """Return the report files, already opened, so that an unwritable path fails before a long run."""
    if not paths:
        return []
    from signalbook.codegen.writer import Making  # noqa: PLC0415 - only needed for report files

    files: list[Making] = []
    try:
        for path in paths:
            files.append(Making(path))  # noqa: PERF401 - if one fails, those already opened are discarded
    except OSError:
        for file in files:
            file.discard()
        raise
    return files


def _root() -> str:
    """Return the base of relative file names in reports: the root of the current git repository, else the working directory."""
    here = os.getcwd()  # noqa: PTH109 - avoids importing pathlib
    return repository(here) or here
