"""Checks a schema tree against a table of named lint rules: `RULES` is the table, and `run` applies it.

A rule takes the registry and yields a fault for each place that breaks it; the text next to its name in the table says why it exists.
Faults that make a tree unusable (a reference that does not resolve, a file that is not JSON) are not lint rules: `Registry.load` rejects such a tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signalbook.errors import BrokenRegistry, Fault, told
from signalbook.registry.lint import (
    coverage_rules,
    example_rules,
    identity_rules,
    schema_rules,
    version_rules,
)
from signalbook.registry.lint.rule import Rule, formatted
from signalbook.terminal import safe

if TYPE_CHECKING:
    from signalbook.registry import Registry

__all__ = ["RULES", "Finding", "Rule", "formatted", "rules", "run"]


def rules(base: str | None = None) -> tuple[Rule, ...]:
    """Return the table of rules. `base` is the branch or commit to compare with as published, by default the main branch."""
    return (
        *identity_rules.RULES,
        *schema_rules.RULES,
        *example_rules.RULES,
        *coverage_rules.RULES,
        *version_rules.rules(base),
    )


RULES: tuple[Rule, ...] = rules()


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A fault of a usable tree, and the name of the rule that found it."""

    fault: Fault
    rule: str

    def __str__(self) -> str:
        return told(safe(self.fault.where), f"{self.fault.message} [{self.rule}]", self.fault.fix)


def run(registry: Registry, rules: tuple[Rule, ...] = RULES) -> list[Finding]:
    """Return everything in a tree that breaks a rule, sorted by file. File paths are as the user would type them."""
    found = ((rule, fault) for rule in rules for fault in _find(rule, registry))
    return sorted(
        Finding(fault._replace(file=str(registry.root / fault.file)), rule.name) for rule, fault in found
    )


def _find(rule: Rule, registry: Registry) -> list[Fault]:
    try:
        return list(rule.find(registry))
    except BrokenRegistry:
        # The engine cannot use a schema. The rule "dialect" reports it; other rules can run after it is fixed.
        return []
