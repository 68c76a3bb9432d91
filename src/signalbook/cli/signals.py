"""Handles signals that stop a run: Ctrl-C, termination by CI systems, and terminal hang-ups. A run stops between two chunks of its report."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_HANG_UP: int | None = getattr(signal, "SIGHUP", None)  # not available on Windows
_BASE = 128  # shells add this to the signal number for the exit code


class Interrupts:
    """Context manager in which the first signal raises KeyboardInterrupt, at once or, after `hold`, at `release`. A second signal kills the process.

    A hang-up never counts as the second signal: a closing terminal sends it more than once, and service managers send it right after SIGTERM.
    It stays ignored if it already was, as under nohup. Outside the main thread, where Python cannot handle signals, this does nothing.
    """

    def __init__(self) -> None:
        self.number = 0
        self._is_held = False
        self._before: dict[int, Any] = {}

    @property
    def exit_code(self) -> int:
        """Exit code that shells report for the signal; that of Ctrl-C if there was none."""
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
        """Defer signals until `release`."""
        self._is_held = True

    def release(self) -> None:
        """Raise KeyboardInterrupt if a signal arrived since `hold`."""
        self._is_held = False
        if self.number:
            raise KeyboardInterrupt


def _handled() -> list[int]:
    if _HANG_UP is None or signal.getsignal(_HANG_UP) == signal.SIG_IGN:
        return [*_SIGNALS]
    return [*_SIGNALS, _HANG_UP]
