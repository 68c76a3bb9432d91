"""Explains in one line whether a new version breaks code, from proofs about both versions and the changes between them, or says it is undecided."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from signalbook.reading import pointers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signalbook.compat import Bump, Change, Step

    Named = Callable[[str], str]
    """How a name is written: as code, in HTML or in Markdown."""

MEANS: dict[Bump, str] = {
    "major": "code for the version before may fail",
    "minor": "other payloads may come; code that is ready for fields and values it does not know goes on working",
    "patch": "the same payloads, in other words",
    "none": "nothing changed",
}
"""Meaning of each part of a version number."""
WHY_MINOR = (
    "That a value left the list is a minor change: code that handles the old list handles what is left of it."
)

_TYPES = re.compile("type changed: (.+) → (.+)")
_LISTED = re.compile("value (added to|removed from) the list: (.+)", re.DOTALL)
_LOST = "removed from"
_A = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
}
# Changes that break code: the start of their message, and what such code does, with {} for the names of the fields.
_BREAKS = (
    ("field removed", "reads {}, which is gone"),
    ("field renamed", "reads {}, which is gone or has another name now"),
    ("field moved", "reads {} at its old place"),
    ("guarantee weakened: always sent", "counts on {} being there"),
    ("guarantee weakened: it may be null", "counts on {} not being null"),
    ("guarantee weakened: at least one", "counts on one of several fields being there"),
    ("guarantee changed: at least one", "counts on one of several fields being there"),
    ("fixed value changed", "counts on the fixed value of {}"),
    ("what stands here is not described", "reads what stands in {}"),
)


def opening(step: Step, named: Named) -> str:
    """Return the line: whom the newer version breaks or who is safe, and what applies to stored payloads. `named` formats a name as code."""
    comparison = step.comparison
    match comparison.bump:
        case "major":
            line = _major(step, named)
        case "minor":
            line = _minor(step, named)
        case _:
            line = "Breaks nothing: the values that may come are the same."
    if comparison.reads_old.state == "broken":
        line += f" Payloads kept from before need version {step.old.version}."
    return line


def dotted(path: str) -> str:
    """Return a JSON Pointer as a field path in the notation of the pages: /user/type → user.type."""
    return ".".join(pointers.split(path)) or "(whole payload)"


def leaves_the_list(change: Change) -> bool:
    """Return whether a change removes a value from a list of values."""
    return (found := _LISTED.fullmatch(change.message)) is not None and found[1] == _LOST


def _major(step: Step, named: Named) -> str:
    breaks = _either(
        [text.format(_either(map(named, names))) for text, names in _broken(step.comparison.changes).items()],
        ", or ",
    )
    if step.comparison.survives.state == "undecided":
        look = f": look at code that {breaks}" if breaks else ""
        return f"It is not decided whether this breaks code, so it counts as if it did{look}."
    return f"Breaks code that {breaks or f'counts on what {step.old.version} promised: the payload below shows where'}."


def _broken(changes: Iterable[Change]) -> dict[str, list[str]]:
    """Return what breaking code does, with the fields that it applies to."""
    out: dict[str, list[str]] = {}
    for change in changes:
        text = next((text for begin, text in _BREAKS if change.message.startswith(begin)), None) or _retyped(
            change
        )
        if text:
            out.setdefault(text, []).append(dotted(change.path))
    return out


def _retyped(change: Change) -> str | None:
    """Return what code does that a type change breaks: it reads a type that is no longer sent, or expects only the old types."""
    if lost := _lost(change):
        return f"reads {{}} as {lost}"
    found = _TYPES.fullmatch(change.message)
    return (
        f"expects {{}} to be {_either(_A.get(one, one) for one in found[1].split(' or '))}" if found else None
    )


def _lost(change: Change) -> str:
    """Return the types that a change removes from a field. Every integer is a number, so code that reads numbers is safe."""
    if not (found := _TYPES.fullmatch(change.message)):
        return ""
    old, new = (set(side.split(" or ")) for side in found.groups())
    return _either(
        _A.get(one, one) for one in sorted(old - new - ({"number"} if "integer" in new else set()))
    )


def _minor(step: Step, named: Named) -> str:
    changes = step.comparison.changes
    new_values = any(change.kind == "vocabulary" and _LOST not in change.message for change in changes)
    ready = ["ignores unknown fields"] if any(change.kind == "additive" for change in changes) else []
    ready += ["has a way for unknown values"] if new_values else []
    goes_on = (
        f"Code that {' and '.join(ready)} goes on working"
        if ready
        else f"Code for {step.old.version} goes on working"
    )
    return "; ".join([goes_on, *_values(changes, named), *_narrower(changes, named)]) + "."


def _values(changes: Iterable[Change], named: Named) -> Iterator[str]:
    """Yield, for each field whose list of values changed, which values a handler that switches on it may now see, and which it no longer sees."""
    lists: dict[str, dict[str, list[str]]] = {}
    for change in changes:
        if found := _LISTED.fullmatch(change.message):
            lists.setdefault(dotted(change.path), {}).setdefault(found[1], []).append(named(_bare(found[2])))
    for path, values in lists.items():
        come = [f"may meet {_either(values['added to'])}"] if "added to" in values else []
        gone = [f"meets no {_either(values[_LOST])} any more"] if _LOST in values else []
        yield f"a handler that chooses by {named(path)} {' and '.join([*come, *gone])}"


def _bare(value: str) -> str:
    """Return a displayed value without the quotes of a string; a truncated value stays as it is."""
    try:
        found = json.loads(value)
    except ValueError:
        return value
    return found if isinstance(found, str) and found else value


def _narrower(changes: Iterable[Change], named: Named) -> Iterator[str]:
    for change in changes:
        if lost := _lost(change):
            yield f"{named(dotted(change.path))} is never {lost} any more"


def _either(words: Iterable[str], last: str = " or ") -> str:
    """Join words for a sentence: a, b or c."""
    *others, end = [*words] or [""]
    return f"{', '.join(others)}{last}{end}" if others else end
