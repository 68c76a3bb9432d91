"""Validates the attributes of an envelope against the event that it names.

An attribute depends on the event, such as a status at the end of the name, or the kind of a resource. `envelope.json` defines where it is, and
`event.json` lists its known values. A value outside a documented list, or one where none belongs, has the weight `form`. A value that the event does
not list has the weight `novelty`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import suggestions
from signalbook.engine.levels import SEVERITY
from signalbook.reading import pointers
from signalbook.reading.strict_json import compact, shown
from signalbook.registry.recognition import text_at
from signalbook.validation import value_readers
from signalbook.validation.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.engine.levels import Level, Weight
    from signalbook.registry import Attribute, Contract, Envelope, Event

_MASK = "***"


def of(event: Event, envelope: Envelope, name: str | None) -> list[Attribute]:
    """Return the attributes to validate in an envelope that names `event`; none if the caller requested an event that the envelope does not name."""
    if not name or event.match.get("name") != name:
        return []
    return [
        rule
        for rule in envelope.attributes
        if rule.exclusive or rule.values is not None or rule.name in event.attributes
    ]


_REMEMBERED = 100
"""Maximum number of texts that a test remembers as known; resources have a new text in each payload, names only a few."""


def testers(event: Event, rules: list[Attribute]) -> tuple[Callable[[Any, Any], bool], ...]:
    """Return tests of an envelope's value and its inner values (see `value_readers`): whether an attribute has no findings."""
    return tuple(_tester(rule, frozenset(_welcome(rule, event))) for rule in rules)


def _tester(rule: Attribute, welcome: frozenset[str]) -> Callable[[Any, Any], bool]:
    read, search, known = value_readers.text(rule.path), rule.capture.search, set[str | None]([None])

    def test(value: Any, inner: Any) -> bool:
        text = read(value, inner)
        if text in known:
            return True
        if (match := search(text)) and match.group(1) not in welcome:
            return False
        if len(known) < _REMEMBERED and len(text) < _REMEMBERED:
            known.add(text)
        return True

    return test


def _welcome(rule: Attribute, event: Event) -> tuple[str, ...]:
    """Return the values of an attribute that have no findings."""
    known = event.attributes.get(rule.name, () if rule.exclusive else rule.values)
    return () if rule.values == () else known or ()


def findings(
    event: Event, rules: list[Attribute], value: Any, contract: Contract, level: Level
) -> Iterator[Finding]:
    """Yield the findings about attributes in an envelope's value. Pointers are relative to that value; `contract` is the event's."""
    for rule in rules:
        text = text_at(value, rule.path)
        match = rule.capture.search(text) if text is not None else None
        if text is None or match is None or match.group(1) in (welcome := _welcome(rule, event)):
            continue
        what, weight, message, hint = _fault(rule, welcome, match.group(1))
        listed = rule.values if what == "enum" else welcome
        expected = ", ".join(map(compact, listed or ())) or compact(text[: match.start(1) - 1])
        if severity := SEVERITY[level][weight]:
            place = pointers.join(rule.path)
            yield Finding(
                what,
                severity,
                place,
                message,
                None,
                expected,
                shown(text),
                hint,
                None,
                str(contract),
                contract.page.place,
            )


def _fault(rule: Attribute, welcome: tuple[str, ...], found: str) -> tuple[str, Weight, str, str | None]:
    """Return the rule, weight, message and hint of a finding."""
    if not welcome:
        return "pattern", "form", f"unexpected {rule.name}", rule.hint
    if _MASK in found:
        return "masked-value", "novelty", f"the {rule.name} is masked and cannot be checked further", None
    near = suggestions.nearest(found, welcome, 1)
    hint = f"did you mean {near[0]!r}?" if near else None if rule.values else rule.hint
    if rule.values and found not in rule.values:
        return "enum", "form", f"the {rule.name} is not a documented value", hint
    return "unlisted-value", "novelty", f"the {rule.name} is not a known value", hint
