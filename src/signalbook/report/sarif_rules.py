"""The rules of findings as SARIF describes a tool and what it can say: with what a rule means, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from signalbook.levels import SEVERITY
from signalbook.rules import RULES

if TYPE_CHECKING:
    from signalbook.findings import Level
    from signalbook.rules import Rule

INDEX = {rule.name: place for place, rule in enumerate(RULES)}
"""The place of each rule in the list that `tool` gives."""

_GROUPS = {
    "contract": "It comes from the contract of an event or an envelope.",
    "opening": "It is about what the payload is: its envelope, its event, its version.",
    "typed": "It is about reading the payload as typed models.",
    "reading": "It is about reading the payload as JSON.",
}
_AS_IT_IS = {"general-contract": "warning"}
"""Rules that leave the payload as it is are notes, but for these."""


def tool(level: str) -> dict[str, Any]:
    """Return what SARIF says of the tool, with all its rules as they weigh at a level."""
    return {"driver": {"name": "signalbook", **_version(), "rules": [described(rule, level) for rule in RULES]}}


def _version() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - 20 ms, and only this asks

    try:
        return {"version": version("signalbook"), "semanticVersion": version("signalbook")}
    except PackageNotFoundError:  # run from a folder of sources
        return {}


def described(rule: Rule, level: str) -> dict[str, Any]:
    """Return a rule as a SARIF reportingDescriptor, as it weighs at a level."""
    weight = severity(rule, level)
    # GitHub filters by its own word for the level, and shows the tags.
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
    """Return what findings of a rule weigh at a level; where that depends on what stands inside, the most."""
    if rule.effect == "by level":
        # What is silent at a level has no results there; the least is said of it.
        return SEVERITY[cast("Level", level)][rule.weight or "guarantee"] or "note"
    return _AS_IT_IS.get(rule.name, "note") if rule.effect == "as it is" else "error"
