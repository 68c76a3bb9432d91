"""Identifies payloads, and explains step by step how each one was opened and recognised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from signalbook.envelopes.opener import open_payload
from signalbook.reading import pointers
from signalbook.reading.decoding import opened_payloads
from signalbook.reading.json_text import NotJSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.envelopes.opener import Opened
    from signalbook.reading.documents import Document
    from signalbook.registry import Registry


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the explanation: the JSON Pointer into the payload, what was recognised there, and the reason."""

    pointer: str
    what: str
    because: str

    def as_dict(self) -> dict[str, str]:
        """Return the step as JSON-ready values."""
        return {"pointer": self.pointer, "what": self.what, "because": self.because}


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of one event in a payload. `why` has the steps from the outside in; `nearest` has similar known names or envelopes."""

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
    """Yield the identity of each payload of a document; a payload with several events yields one for each."""
    try:
        found = opened_payloads(document)
    except NotJSON as problem:
        yield Identity(
            "unreadable",
            message=str(problem),
            hint=problem.hint,
            source=document.source,
            line=document.line,
            index=document.index,
        )
        return
    for index, payload in found:
        for identity in identify_payload(payload, registry):
            yield replace(identity, source=document.source, line=document.line, index=index)


def identify_payload(payload: Any, registry: Registry) -> tuple[Identity, ...]:
    """Return the identity of one payload, or one for each event that it carries."""
    return tuple(_identity(opened) for opened in open_payload(payload, registry))


def _identity(opened: Opened) -> Identity:
    why = [
        Step(pointers.join(layer.path), layer.envelope.id, f"it has {', '.join(map(repr, layer.keys))}")
        for layer in opened.layers
    ]
    event, obstacle = opened.event, opened.obstacle
    if event:
        named = [f"{clue.pointer} is {clue.text!r}" for clue in opened.clues if clue.text is not None]
        why.append(
            Step(pointers.join(opened.path), event.id, " and ".join(named) or "no other event has this form")
        )
    return Identity(
        # An envelope with an empty list is identified, although it carries no event.
        status="identified" if event or (obstacle and obstacle.rule == "empty-envelope") else "unidentified",
        event=event.id if event else None,
        name=opened.name,
        title=event.title.en if event else None,
        envelopes=tuple(layer.envelope.id for layer in opened.wrappers),
        pointer=pointers.join(opened.path),
        why=tuple(why),
        message=obstacle.message if obstacle else None,
        hint=obstacle.hint if obstacle else None,
        nearest=obstacle.nearest if obstacle else (),
    )
