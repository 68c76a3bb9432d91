"""Lists the changes between two schemas, place by place, in plain language. It says what changed; `decision` proves whether that breaks something."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal

from signalbook.compat.field_facts import Facts, described
from signalbook.engine import levels
from signalbook.reading import pointers
from signalbook.reading.strict_json import compact, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.engine.levels import Way

Class = Literal["docs", "additive", "vocabulary", "guarantee", "retyped", "removed", "renamed", "moved"]
CLASSES: dict[Class, str] = {
    "docs": "Only words changed: nothing to do.",
    "additive": "A handler that ignores what it does not know goes on working; a new field may be read.",
    "vocabulary": "Which values stand there changed: a handler that chooses by value needs a way for those it does not know.",
    "guarantee": "What was sure is sure in another way now: look at the code that relies on it.",
    "retyped": "The value is of another type: code that reads it must be changed.",
    "removed": "The field is gone: code that reads it finds nothing.",
    "renamed": "The field seems to have another name now: code that reads the old one finds nothing.",
    "moved": "The field seems to stand elsewhere now: code that reads it at its old place finds nothing.",
}
"""Every class of change, and what it means for code that reads the payloads."""

_ALIKE = 0.8
_EACH = "*"  # last step to what all items, or all values of a map, share: it is no field, so it is neither added nor removed
_BOUNDS = {
    "minLength": "at least so many characters",
    "maxLength": "at most so many characters",
    "minimum": "the least number",
    "maximum": "the greatest number",
    "minItems": "at least so many items",
    "maxItems": "at most so many items",
    "minProperties": "at least so many fields",
    "maxProperties": "at most so many fields",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the JSON Pointer of its place in a payload (`*` for items, empty for the whole payload), its class, and a sentence."""

    path: str
    kind: Class
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return the change as JSON-compatible values."""
        return {"path": self.path, "class": self.kind, "message": self.message}


def changes(old: Any, new: Any) -> list[Change]:
    """Return the changes between two schemas, in the order of the places in the new one; removed places come last."""
    before, after = described(old), described(new)
    gone = _tops(way for way in before if way not in after)
    come = _tops(way for way in after if way not in before)
    pairs = dict(_pairs(gone, come, before, after))
    out: list[Change] = []
    for way, facts in after.items():
        if way in before:
            out += _at(way, before[way], facts, {pairs.get(one, one) for one in gone} | set(gone) | set(come))
        elif way in come and way not in pairs.values():
            out.append(_came(way, facts, after))
    for way in gone:
        out.append(_left(way, pairs.get(way), before))
    return out


def _tops(ways: Iterable[Way]) -> list[Way]:
    """Return the paths whose parent is not among them: the content of a new field needs no line of its own."""
    found = list(ways)
    known = set(found)
    return [way for way in found if way[:-1] not in known]


def _came(way: Way, facts: Facts, after: dict[Way, Facts]) -> Change:
    if way[-1] == _EACH:
        return Change(pointers.join(way), "guarantee", f"what stands here is described now{_typed(facts)}")
    return Change(pointers.join(way), "additive", f"field added, {_presence(way, after)}{_typed(facts)}")


def _presence(way: Way, facts: dict[Way, Facts]) -> str:
    return "always sent" if way and way[-1] in facts[way[:-1]].required else "sent sometimes"


def _typed(facts: Facts) -> str:
    return f": {_either(facts.types)}" if facts.types else ""


def _either(types: tuple[str, ...]) -> str:
    return " or ".join(types) or "any type"


def _left(way: Way, heir: Way | None, before: dict[Way, Facts]) -> Change:
    if way[-1] == _EACH:
        return Change(
            pointers.join(way),
            "guarantee",
            f"what stands here is not described any more; it was {_either(before[way].types)}",
        )
    if heir is None:
        return Change(pointers.join(way), "removed", f"field removed; it was {_presence(way, before)}")
    if heir[:-1] == way[:-1]:
        return Change(
            pointers.join(way),
            "renamed",
            f"field renamed? {heir[-1]!r} came where {way[-1]!r} went, and looks the same",
        )
    return Change(
        pointers.join(way), "moved", f"field moved? {way[-1]!r} stands at {pointers.join(heir)} now"
    )


def _pairs(
    gone: list[Way], come: list[Way], before: dict[Way, Facts], after: dict[Way, Facts]
) -> Iterator[tuple[Way, Way]]:
    """Yield pairs that look like one field renamed or moved. This is a guess, and its message says so."""
    free = list(come)
    for way in gone:
        same = [
            one for one in free if before[way].types == after[one].types and _EACH not in (way[-1], one[-1])
        ]
        renamed = [one for one in same if one[:-1] == way[:-1] and _alike(way, one, before[way], after[one])]
        moved = [one for one in same if one[:-1] != way[:-1] and one[-1] == way[-1]]
        if found := renamed or moved:
            free.remove(found[0])
            yield way, found[0]


def _alike(way: Way, other: Way, old: Facts, new: Facts) -> bool:
    described_alike = bool(old.words.get("description")) and old.words.get("description") == new.words.get(
        "description"
    )
    one, two = (name[-1].casefold().replace("_", "").replace("-", "") for name in (way, other))
    return described_alike or SequenceMatcher(None, one, two).ratio() >= _ALIKE


def _at(way: Way, old: Facts, new: Facts, accounted: set[Way]) -> Iterator[Change]:
    """Yield the changes at a place that both schemas describe."""
    path = pointers.join(way)
    for name in sorted(old.required ^ new.required):
        inner = (*way, name)
        if inner in accounted:
            continue  # already reported as added, removed or renamed
        weakened = name in old.required
        text = (
            "guarantee weakened: always sent before, sometimes now"
            if weakened
            else "guarantee strengthened: sometimes sent before, always now"
        )
        yield Change(pointers.join(inner), "guarantee", text)
    yield from _types(path, old, new)
    yield from _values(path, old, new)
    yield from _forms(path, old, new)
    words = sorted(
        word
        for word in old.words.keys() | new.words.keys()
        if compact(old.words.get(word)) != compact(new.words.get(word))
    )
    if words:
        yield Change(path, "docs", f"words changed: {', '.join(words)}")


def _types(path: str, old: Facts, new: Facts) -> Iterator[Change]:
    before, after = set(old.types), set(new.types)
    if before == after:
        return
    if before and after and before ^ after == {"null"}:
        yield Change(
            path,
            "guarantee",
            "guarantee weakened: it may be null now"
            if "null" in after
            else "guarantee strengthened: it is never null now",
        )
    else:
        yield Change(path, "retyped", f"type changed: {_either(old.types)} → {_either(new.types)}")


def _values(path: str, old: Facts, new: Facts) -> Iterator[Change]:
    if compact(old.fixed) != compact(new.fixed):
        before, after = (", ".join(map(shown, facts.fixed)) or "any" for facts in (old, new))
        yield Change(path, "guarantee", f"fixed value changed: {before} → {after}")
    come, gone = _only(new.listed, old.listed), _only(old.listed, new.listed)
    if not old.listed or not new.listed:
        if old.listed or new.listed:
            yield Change(
                path,
                "vocabulary",
                f"list of values {'added' if new.listed else 'removed'}: {', '.join(map(shown, new.listed or old.listed))}",
            )
        return
    yield from (Change(path, "vocabulary", f"value added to the list: {shown(value)}") for value in come)
    yield from (Change(path, "vocabulary", f"value removed from the list: {shown(value)}") for value in gone)
    if old.closed != new.closed:
        yield Change(
            path,
            "vocabulary",
            f"the list of values is {'closed now' if new.closed else 'open now: others may come'}",
        )


def _only(values: tuple[Any, ...], others: tuple[Any, ...]) -> list[Any]:
    known = {compact(value) for value in others}
    return [value for value in values if compact(value) not in known]


def _forms(path: str, old: Facts, new: Facts) -> Iterator[Change]:
    for keyword in dict.fromkeys([*old.forms, *new.forms]):
        before, after = old.forms.get(keyword), new.forms.get(keyword)
        if compact(before) == compact(after):
            continue
        if keyword == "anyOf" and (told := _promised(before, after)):
            yield Change(path, "guarantee", told)
        elif keyword == "additionalProperties":
            yield Change(
                path,
                "guarantee",
                f"fields that are not described are {'ruled out now' if after is False else 'let through now'}",
            )
        else:
            what = _BOUNDS.get(keyword, keyword)
            kind: Class = "vocabulary" if levels.weight(keyword) == "form" else "guarantee"
            yield Change(path, kind, f"form changed: {what}: {_said(before)} → {_said(after)}")


def _promised(before: Any, after: Any) -> str | None:
    """Return the message for added or removed alternatives that only require fields: which of the fields is always present."""
    old, new = _alternatives(before), _alternatives(after)
    if new and before is None:
        return f"guarantee strengthened: at least one of {new} is always there now"
    if old and after is None:
        return f"guarantee weakened: at least one of {old} was always there, and may be missing now"
    return f"guarantee changed: at least one of {old} was always there, now of {new}" if old and new else None


def _alternatives(value: Any) -> str | None:
    """Return the names in a list of schemas that only require fields, or None for anything else."""
    branches = value if isinstance(value, list) else []
    if len(branches) < 2 or not all(  # noqa: PLR2004 - a choice
        isinstance(branch, dict) and list(branch) == ["required"] for branch in branches
    ):
        return None
    return ", ".join(" with ".join(map(str, branch["required"])) for branch in branches)


def _said(value: Any) -> str:
    return "not said" if value is None else shown(value)
