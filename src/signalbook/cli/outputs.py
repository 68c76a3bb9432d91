"""Where a report goes: one form of it to standard output, others to files, each whole or not at all."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from errno import EIO, EPIPE
from typing import TYPE_CHECKING

from signalbook.config import repository
from signalbook.report import FORMATS, paint, plain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from signalbook.report import Format, Tally
    from signalbook.sync import Making

_FOR_PEOPLE = ("text", "github")
_UNREAD = (EPIPE, EIO)
"""What writing says to a pipe whose reader went away, and to a terminal that did."""


class Outputs:
    """The forms of a report that were asked for, and where each goes. Raises OSError for a file that cannot be written."""

    def __init__(self, asked: argparse.Namespace) -> None:
        is_terminal = sys.stdout is not None and sys.stdout.isatty()
        colours = paint(asked.color, is_terminal, os.environ) if asked.format == "text" else plain
        shared = {"root": None if asked.format == "text" and not asked.report else _root(), "level": asked.level, "summary": asked.summary}
        self.forms: list[Format] = [FORMATS[asked.format](show=asked.show, paint=colours, **shared)]
        # What a tool keeps must be all there is: a forge would take what is not shown for mended.
        self.forms += [FORMATS[name](**shared) for name, _ in asked.report]
        self._files = _made([path for _, path in asked.report])
        self._is_read = True
        if asked.format not in _FOR_PEOPLE and hasattr(sys.stdout, "reconfigure"):
            # Tools expect UTF-8 whatever the terminal's encoding is.
            sys.stdout.reconfigure(encoding="utf-8")

    @property
    def is_wanted(self) -> bool:
        """Whether anybody will read the report: not where standard output is all of it, and its reader went away (head, less)."""
        return self._is_read or bool(self._files)

    def begin(self) -> None:
        """Write what stands before everything."""
        self._put([form.head() for form in self.forms])

    def take(self, texts: Sequence[str]) -> None:
        """Write, or keep for later, what there is to say in each form."""
        self._put([form.take(text) if text else "" for form, text in zip(self.forms, texts, strict=True)])

    def end(self, tally: Tally, *, interrupted: bool) -> None:
        """Write what ends the report in each form, and move the files to their places."""
        for place, form in enumerate(self.forms):
            for text in form.tail(tally, interrupted=interrupted):
                self._put_one(place, text)
        self._flush()
        for file in self._files:
            file.finish()

    def discard(self) -> None:
        """Leave the files as they were."""
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
        """Write no more to standard output, nor what it still holds when the interpreter ends, once nobody reads it: a pipe's reader or a terminal is gone."""
        try:
            yield
        except OSError as error:
            if error.errno not in _UNREAD:
                raise
            self._is_read = False
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _made(paths: Sequence[str]) -> list[Making]:
    """Return the files of reports, begun: what cannot be written is told before a long run, and not after it."""
    if not paths:
        return []
    from signalbook.sync import Making  # noqa: PLC0415 - only where a file is asked for

    files: list[Making] = []
    try:
        for path in paths:
            files.append(Making(path))  # noqa: PERF401 - those that were begun are given up where one cannot be
    except OSError:
        for file in files:
            file.discard()
        raise
    return files


def _root() -> str:
    """Return what file names in reports are relative to: the root of the git repository we are in, else the working folder."""
    here = os.getcwd()  # noqa: PTH109 - pathlib may not be loaded
    return repository(here) or here
