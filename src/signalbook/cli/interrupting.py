"""Ctrl-C, and the signal by which CI systems stop a job: a run ends between two chunks of its report, so that what was reported is right."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BASE = 128  # what shells add to the number of the signal that ended a command


class Interrupts:
    """While it is entered, the first signal raises KeyboardInterrupt, or does so at `release` where it came after `hold`; a second one kills.

    In another thread than the main one, where Python lets nobody handle signals, it does nothing.
    """

    def __init__(self) -> None:
        self.number = 0
        self._is_held = False
        self._before: dict[int, Any] = {}

    @property
    def exit_code(self) -> int:
        """What shells say of a command that this signal ended; that of Ctrl-C where none came."""
        return _BASE + (self.number or signal.SIGINT)

    def __enter__(self) -> Self:
        try:
            self._before = {number: signal.signal(number, self._came) for number in _SIGNALS}
        except ValueError:
            self._before = {}
        return self

    def __exit__(self, *_: object) -> None:
        self._put_back()

    def _put_back(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def _came(self, number: int, _frame: FrameType | None) -> None:
        self.number = number
        self._put_back()
        if not self._is_held:
            raise KeyboardInterrupt

    def hold(self) -> None:
        """Let a signal wait until `release`."""
        self._is_held = True

    def release(self) -> None:
        """Raise KeyboardInterrupt if a signal came since `hold`."""
        self._is_held = False
        if self.number:
            raise KeyboardInterrupt
