"""The checkers of a stream by name: they decide one by one at first, and as one validator when there is enough to check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine.together import members, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook.engine import Checker

_ENOUGH = 256
"""After so many payloads the time to compile all checkers once more is soon regained."""


class Checkers:
    """Decides on what is gathered of payloads by the names of checkers."""

    def __init__(self) -> None:
        self._checkers: dict[str, Checker] = {}
        self._together: Callable[[dict[str, Any]], bool] | None = None
        self._count = 0
        self._next = _ENOUGH

    def add(self, name: str, checker: Checker) -> None:
        """Add a checker, and those of the JSON text inside what it checks."""
        if name not in self._checkers:
            self._checkers.update(members(checker, name))
            self._together = None

    def accept(self, gathered: dict[str, Any]) -> bool:
        """Return whether all values are accepted by the checkers of their names, which were added before."""
        if self._together:
            return self._together(gathered)
        self._count += 1
        if self._count >= self._next:
            # Twice as many the next time, so that a stream which always brings new kinds does not compile for ever.
            self._next = 2 * self._count
            self._together = together(self._checkers)
        return all(self._checkers[name].decides(value) for name, value in gathered.items())
