"""Define `Problem`, one violation of a schema, before a level determines its severity."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from signalbook.engine.levels import Weight


class Problem(NamedTuple):
    """One violation: the keyword, its weight, its path in the value, and texts for display."""

    rule: str
    weight: Weight
    path: tuple[str | int, ...]
    message: str
    field: str | None = None
    expected: str | None = None
    found: str | None = None
    hint: str | None = None
    description: str | None = None
    instead: str | None = None
    """The key that is probably a misspelling of the missing field."""

    @property
    def structural(self) -> bool:
        """Whether the problem concerns which fields exist or their types, and not the content of a value."""
        return self.rule == "unknown-field" or (self.weight == "guarantee" and self.rule != "const")

    def below(self, path: tuple[str | int, ...]) -> Problem:
        """Return the same problem for a value that is nested at `path` in a larger one."""
        return self._replace(path=(*path, *self.path))
