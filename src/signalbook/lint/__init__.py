"""The law of the schema tree, as a table of small named rules. `RULES` is the table; `run` applies it.

A rule takes the registry and yields a `Breach` for each place that breaks it; the text beside its name in the table says why it is there.
What makes a tree unusable (a reference that leads nowhere, a file that is not JSON) is not here: `Registry.load` refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signalbook.lint import example_rules, identity_rules, schema_rules
from signalbook.lint.breach import Breach, Rule, formatted

if TYPE_CHECKING:
    from signalbook.registry import Registry

__all__ = ["RULES", "Breach", "Finding", "Rule", "formatted", "run"]

RULES: tuple[Rule, ...] = (*identity_rules.RULES, *schema_rules.RULES, *example_rules.RULES)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A breach, and the rule that found it. `file` is the path as the user would type it."""

    file: str
    pointer: str
    rule: str
    message: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}#{self.pointer}" if self.pointer else self.file
        return f"{where}: {self.message} [{self.rule}]\n    {self.fix}"


def run(registry: Registry, rules: tuple[Rule, ...] = RULES) -> list[Finding]:
    """Return every breach of the law in a tree, sorted by file."""
    found = ((rule, breach) for rule in rules for breach in rule.find(registry))
    return sorted(Finding(str(registry.root / breach.file), breach.pointer, rule.name, breach.message, breach.fix) for rule, breach in found)
