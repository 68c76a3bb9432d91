"""An event + the attributes of its envelope → findings: a status at the end of the name that the event does not have, a resource of another kind.

`envelope.json` says where an attribute stands and `event.json` which values are known of it. A value outside a documented list, or one where none
belongs, weighs as a form; one that the event does not list is news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.findings import Finding
from signalbook.jsontext import compact, shown
from signalbook.levels import SEVERITY
from signalbook.registry.recognition import text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.findings import Level
    from signalbook.levels import Weight
    from signalbook.registry import Attribute, Contract, Envelope, Event

_MASK = "***"


def of(event: Event, envelope: Envelope, name: str | None) -> list[Attribute]:
    """Return the attributes that are asked about in an envelope which names an event; none where it is taken for an event that it does not name."""
    if not name or event.match.get("name") != name:
        return []
    return [rule for rule in envelope.attributes if rule.exclusive or rule.values is not None or rule.name in event.attributes]


def are_known(event: Event, rules: list[Attribute], value: Any) -> bool:
    """Whether there is nothing to say about attributes in the value of an envelope."""
    for rule in rules:
        text = text_at(value, rule.path)
        if text is not None and (match := rule.capture.search(text)) and match.group(1) not in _welcome(rule, event):
            return False
    return True


def _welcome(rule: Attribute, event: Event) -> tuple[str, ...]:
    """Return the values of an attribute of which nothing is to be said."""
    known = event.attributes.get(rule.name, () if rule.exclusive else rule.values)
    return () if rule.values == () else known or ()


def findings(event: Event, rules: list[Attribute], value: Any, contract: Contract, level: Level) -> Iterator[Finding]:
    """Yield what is to be said about attributes in the value of an envelope, with pointers into that; `contract` is that of the event."""
    for rule in rules:
        text = text_at(value, rule.path)
        match = rule.capture.search(text) if text is not None else None
        if text is None or match is None or match.group(1) in (welcome := _welcome(rule, event)):
            continue
        what, weight, message, hint = _fault(rule, welcome, match.group(1))
        listed = rule.values if what == "enum" else welcome
        expected = ", ".join(map(compact, listed or ())) or compact(text[: match.start(1) - 1])
        if severity := SEVERITY[level][weight]:
            place = naming.pointer(rule.path)
            yield Finding(what, severity, place, message, None, expected, shown(text), hint, None, str(contract), contract.page.place)


def _fault(rule: Attribute, welcome: tuple[str, ...], found: str) -> tuple[str, Weight, str, str | None]:
    """Return the rule of a finding, its weight, its message and a hint."""
    if not welcome:
        return "pattern", "form", f"has a {rule.name} where none belongs", rule.hint
    if _MASK in found:
        return "masked-value", "novelty", f"its {rule.name} is masked, so it cannot be checked further", None
    near = naming.nearest(found, welcome, 1)
    hint = f"did you mean {near[0]!r}?" if near else None if rule.values else rule.hint
    if rule.values and found not in rule.values:
        return "enum", "form", f"its {rule.name} is not one of the listed values", hint
    return "unlisted-value", "novelty", f"its {rule.name} is none of the values known so far", hint
