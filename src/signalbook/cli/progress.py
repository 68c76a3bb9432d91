"""Shows the progress of a long run as a line on standard error, if it is a terminal."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signalbook.reporting import Tally

_FIRST, _EACH = 2.0, 0.5  # seconds


class Progress:
    """Shows on a terminal, after two seconds, how many payloads were checked. Prints nothing to a file or a pipe."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr is not None and sys.stderr.isatty()
        self._next = monotonic() + _FIRST
        self._width = 0

    def show(self, tally: Tally) -> None:
        """Update the progress line, at most every half second."""
        if self._is_seen and monotonic() >= self._next:
            self._next = monotonic() + _EACH
            bad = tally.total - tally.statuses["valid"]
            self._say(f"{tally.total:,} payloads checked, {bad:,} not valid")

    def clear(self) -> None:
        """Remove the progress line."""
        if self._width:
            self._say("", "\r")

    def _say(self, text: str, after: str = "") -> None:
        try:
            sys.stderr.write(f"\r{text:<{self._width}}{after}")
            sys.stderr.flush()
        except OSError:  # the terminal is closed; the run goes on
            self._is_seen = False
        self._width = len(text)
