"""Computes the changelog of an event or an envelope from its contracts: what each version changed, and what that means for its receivers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from signalbook.compat.comparison import BUMPS, Bump, Comparison, compare
from signalbook.registry import naming

if TYPE_CHECKING:
    from signalbook.registry.model import Contract, Versioned

_PARTS: tuple[Bump, ...] = ("major", "minor", "patch")


@dataclass(frozen=True)
class Step:
    """One version compared with the previous one."""

    old: Contract
    new: Contract
    comparison: Comparison

    @property
    def declared(self) -> Bump:
        """Version bump between the two version numbers."""
        return declared(self.old.version, self.new.version)

    @property
    def enough(self) -> bool:
        """Whether the version number was raised at least as much as the comparison requires."""
        return BUMPS.index(self.declared) >= BUMPS.index(self.comparison.bump)

    def as_dict(self) -> dict[str, Any]:
        """Return the step as JSON-compatible values."""
        about = {
            "version": self.new.version,
            "previous": self.old.version,
            "firstSeen": self.new.first_seen,
            "by": self.new.by,
            "note": self.new.note,
        }
        return {**about, **self.comparison.as_dict(law_only=True)}


@lru_cache(
    maxsize=1024
)  # cached by identity: a contract is loaded once, and the site asks for the same steps on every page
def step(old: Contract, new: Contract) -> Step:
    """Compare two versions as far as the version rules require. An envelope's slot stays open in the strict reading."""
    return Step(old, new, compare(old.resolved, new.resolved, slot=new.slot))


def history(what: Versioned) -> list[Step]:
    """Return the changelog of an event or an envelope, oldest step first.

    The first version has no step. Raises `Unusable` for a version that cannot be compared.
    """
    return [step(old, new) for old, new in pairwise(what.oldest_first())]


def declared(old: str, new: str) -> Bump:
    """Return the highest part in which two version numbers differ: ("1.2.0", "2.0.0") → "major"."""
    pairs = zip(_PARTS, naming.version_key(old), naming.version_key(new), strict=True)
    return next((part for part, before, after in pairs if before != after), "none")
