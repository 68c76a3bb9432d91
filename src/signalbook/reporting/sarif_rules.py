"""Describes signalbook and its rules in SARIF: what each rule means, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from signalbook.engine.levels import SEVERITY
from signalbook.validation.rules import RULES

if TYPE_CHECKING:
    from signalbook.engine.levels import Level
    from signalbook.validation.rules import Rule

INDEX = {rule.name: place for place, rule in enumerate(RULES)}
"""Index of each rule in the list that `tool` returns."""

_GROUPS = {
    "contract": "It comes from the contract of an event or an envelope.",
    "opening": "It is about what the payload is: its envelope, its event, its version.",
    "typed": "It is about reading the payload as typed models.",
    "reading": "It is about reading the payload as JSON.",
}
_AS_IT_IS = {"general-contract": "warning"}
"""Severities of rules that leave the payload as it is; all others are notes."""


def tool(level: str) -> dict[str, Any]:
    """Return the SARIF description of the tool, with the severity of every rule at a level."""
    return {
        "driver": {"name": "signalbook", **_version(), "rules": [described(rule, level) for rule in RULES]}
    }


def _version() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - takes 20 ms, and only this function needs it

    try:
        return {"version": version("signalbook"), "semanticVersion": version("signalbook")}
    except PackageNotFoundError:  # running from a source folder that is not installed
        return {}


def described(rule: Rule, level: str) -> dict[str, Any]:
    """Return a rule as a SARIF reportingDescriptor, with its severity at a level."""
    weight = severity(rule, level)
    # GitHub filters by `problem.severity` and shows the tags.
    github = {"error": "error", "warning": "warning", "note": "recommendation"}[weight]
    return {
        "id": rule.name,
        "name": "".join(word[:1].upper() + word[1:] for word in rule.name.split("-")),
        "shortDescription": {"text": rule.meaning},
        "fullDescription": {"text": f"{rule.meaning} {_GROUPS[rule.group]}"},
        "help": {
            "text": f"{rule.meaning}\n\nWhat to do: {rule.todo}",
            "markdown": f"{rule.meaning} {_GROUPS[rule.group]}\n\n**What to do:** {rule.todo}",
        },
        "defaultConfiguration": {"level": weight},
        "properties": {"tags": [rule.group], "problem.severity": github},
    }


def severity(rule: Rule, level: str) -> str:
    """Return the severity of a rule's findings at a level; the highest, if it depends on the findings inside."""
    if rule.effect == "by level":
        # A rule that is silent at a level has no results there; declare the lowest severity.
        return SEVERITY[cast("Level", level)][rule.weight or "guarantee"] or "note"
    return _AS_IT_IS.get(rule.name, "note") if rule.effect == "as it is" else "error"
