"""What is this payload, and why: the opening of `envelopes`, told step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from signalbook import naming
from signalbook.envelopes import open_payload
from signalbook.intake import opened_payloads
from signalbook.jsontext import NotJSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.envelopes import Opened
    from signalbook.intake import Document
    from signalbook.registry import Registry


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the reasoning: at which place of the payload, what was recognised, and by what."""

    pointer: str
    what: str
    because: str

    def as_dict(self) -> dict[str, str]:
        """Return the step as JSON-ready values."""
        return {"pointer": self.pointer, "what": self.what, "because": self.because}


@dataclass(frozen=True, slots=True)
class Identity:
    """What one event in a payload is. `why` tells it from the outside in; `nearest` are known names or envelopes for what is not known."""

    status: Literal["identified", "unidentified", "unreadable"]
    event: str | None = None
    name: str | None = None
    title: str | None = None
    envelopes: tuple[str, ...] = ()
    pointer: str = ""
    why: tuple[Step, ...] = ()
    message: str | None = None
    hint: str | None = None
    nearest: tuple[str, ...] = ()
    source: str | None = None
    line: int | None = None
    index: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form that `signalbook identify --format json` prints."""
        return {
            "source": self.source,
            "line": self.line,
            "index": self.index,
            "pointer": self.pointer,
            "status": self.status,
            "event": self.event,
            "name": self.name,
            "title": self.title,
            "envelopes": list(self.envelopes),
            "why": [step.as_dict() for step in self.why],
            "message": self.message,
            "hint": self.hint,
            "nearest": list(self.nearest),
        }


def identify_document(document: Document, registry: Registry) -> Iterator[Identity]:
    """Yield what each payload of a document is; a payload that carries several events yields one for each."""
    try:
        found = opened_payloads(document)
    except NotJSON as problem:
        yield Identity("unreadable", message=str(problem), hint=problem.hint, source=document.source, line=document.line, index=document.index)
        return
    for index, payload in found:
        for identity in identify_payload(payload, registry):
            yield replace(identity, source=document.source, line=document.line, index=index)


def identify_payload(payload: Any, registry: Registry) -> tuple[Identity, ...]:
    """Return what one payload is: one identity, or one for each event it carries."""
    return tuple(_identity(opened) for opened in open_payload(payload, registry))


def _identity(opened: Opened) -> Identity:
    why = [Step(naming.pointer(layer.path), layer.envelope.id, f"it has {', '.join(map(repr, layer.keys))}") for layer in opened.layers]
    event, obstacle = opened.event, opened.obstacle
    if event:
        named = [f"{clue.pointer} is {clue.text!r}" for clue in opened.clues if clue.text is not None]
        why.append(Step(naming.pointer(opened.path), event.id, " and ".join(named) or "no other event has this form"))
    return Identity(
        # An envelope with an empty list is known for what it is, though it carries no event.
        status="identified" if event or (obstacle and obstacle.rule == "empty-envelope") else "unidentified",
        event=event.id if event else None,
        name=opened.name,
        title=event.title.en if event else None,
        envelopes=tuple(layer.envelope.id for layer in opened.wrappers),
        pointer=naming.pointer(opened.path),
        why=tuple(why),
        message=obstacle.message if obstacle else None,
        hint=obstacle.hint if obstacle else None,
        nearest=obstacle.nearest if obstacle else (),
    )
