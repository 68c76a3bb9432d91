"""What a checker finds: `Problem`, one violation of a schema, before a level says how much it weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from signalbook.levels import Weight


class Problem(NamedTuple):
    """One violation: which keyword, how much it weighs, where in the value and in the schema, and texts for people."""

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
    """The key that probably is a misspelling of the missing field."""

    @property
    def structural(self) -> bool:
        """Whether it is about which fields there are and of which type, and not about what a value says."""
        return self.rule == "unknown-field" or (self.weight == "guarantee" and self.rule != "const")

    def below(self, path: tuple[str | int, ...]) -> Problem:
        """Return the same problem of a value that stands at a path of a larger one."""
        return self._replace(path=(*path, *self.path))
