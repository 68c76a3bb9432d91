"""A line on standard error that says how far a long run has come, where a person is there to see it."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signalbook.report import Tally

_FIRST, _EACH = 2.0, 0.5  # seconds


class Progress:
    """Says on a terminal, after two seconds, how many payloads were checked; says nothing in a file or a pipe."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr is not None and sys.stderr.isatty()
        self._next = monotonic() + _FIRST
        self._width = 0

    def show(self, tally: Tally) -> None:
        """Say how far the run has come, if it is time to."""
        if self._is_seen and monotonic() >= self._next:
            self._next = monotonic() + _EACH
            bad = tally.total - tally.statuses["valid"]
            self._say(f"{tally.total:,} payloads checked, {bad:,} not valid")

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            self._say("", "\r")

    def _say(self, text: str, after: str = "") -> None:
        try:
            sys.stderr.write(f"\r{text:<{self._width}}{after}")
            sys.stderr.flush()
        except OSError:  # the terminal is gone, and what is left of the run matters more
            self._is_seen = False
        self._width = len(text)
