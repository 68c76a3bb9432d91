"""Signals that stop a run: Ctrl-C, what CI systems send, and what a terminal sends that goes away. A run ends between two chunks of its report."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_HANG_UP: int | None = getattr(signal, "SIGHUP", None)  # Windows has none
_BASE = 128  # what shells add to the number of the signal that ended a command


class Interrupts:
    """While it is entered, the first signal raises KeyboardInterrupt, or does so at `release` where it came after `hold`; a second one kills.

    A hang-up is never the second one: a terminal that closes sends it more than once, and service managers send it right after SIGTERM.
    It stays ignored where it was, as under nohup. In another thread than the main one, where Python lets nobody handle signals, this does nothing.
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
            self._before = {number: signal.signal(number, self._came) for number in _handled()}
        except ValueError:
            self._before = {}
        return self

    def __exit__(self, *_: object) -> None:
        self._put_back(*self._before)

    def _put_back(self, *numbers: int) -> None:
        for number in numbers:
            if number in self._before:
                signal.signal(number, self._before.pop(number))

    def _came(self, number: int, _frame: FrameType | None) -> None:
        if self.number:
            return
        self.number = number
        self._put_back(*_SIGNALS)
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


def _handled() -> list[int]:
    if _HANG_UP is None or signal.getsignal(_HANG_UP) == signal.SIG_IGN:
        return [*_SIGNALS]
    return [*_SIGNALS, _HANG_UP]
