"""Pools the checkers of a stream by name: runs them one by one at first, and as one combined validator after enough payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine.combined import members, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook.engine.schema_validator import Checker

_ENOUGH = 256
"""Number of payloads after which compiling all checkers again soon pays off."""


class Checkers:
    """Validates values gathered from payloads, by the name of the checker of each."""

    def __init__(self) -> None:
        self._checkers: dict[str, Checker] = {}
        self._together: Callable[[dict[str, Any]], bool] | None = None
        self._count = 0
        self._next = _ENOUGH

    def add(self, name: str, checker: Checker) -> None:
        """Add a checker, and the checkers of the JSON text inside the values it checks."""
        if name not in self._checkers:
            self._checkers.update(members(checker, name))
            self._together = None

    def accept(self, gathered: dict[str, Any]) -> bool:
        """Return whether the checkers accept all values. `gathered` maps names of checkers, which you add first, to values."""
        if self._together:
            return self._together(gathered)
        self._count += 1
        if self._count >= self._next:
            # Double the threshold, so that a stream that always brings new kinds does not compile forever.
            self._next = 2 * self._count
            self._together = together(self._checkers)
        return all(self._checkers[name].decides(value) for name, value in gathered.items())
