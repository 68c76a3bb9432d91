"""Defines the result of opening a payload: layers, the clues that name an event, and the obstacle that stopped opening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from signalbook.registry import Envelope, Event

UNIDENTIFIED = frozenset(
    {
        "unknown-payload",
        "unknown-event",
        "undocumented-event",
        "other-product",
        "plain-text",
        "ambiguous",
        "too-nested",
    }
)
"""Rules for payloads that cannot be identified. They never make a payload invalid."""

Path = tuple[str | int, ...]


class Layer(NamedTuple):
    """One opened envelope: its definition, its path in the payload, its value, and the keys that it was recognised by."""

    envelope: Envelope
    path: Path
    value: dict[str, Any]
    keys: tuple[str, ...]


class Clue(NamedTuple):
    """One value that names the event: the part of the key, its JSON Pointer into the payload, and the text (None if there is none).

    `value` is the text for the lookup. If the text lacks the required form, `value` matches nothing.
    """

    part: str
    pointer: str
    text: str | None
    value: str | None


class Obstacle(NamedTuple):
    """The reason why opening stopped before an event was known. `rule` and `message` are those of a finding; `hint` says what is nearest."""

    rule: str
    path: Path
    message: str
    found: str | None = None
    hint: str | None = None
    nearest: tuple[str, ...] = ()
    about: Path | None = None
    """Path of the wanted value, if `path` is the path of the object that lacks it."""


class Opened(NamedTuple):
    """One opened item of a payload: its layers from the outside in, and its event and body as far as they are known.

    `path` is the path of the body; `has_body` is False if the slot is missing or its content cannot be a body.
    `meant` is set if a general contract matches: a part of the key, and similar values of events that have their own contract.
    """

    layers: tuple[Layer, ...]
    path: Path
    body: Any
    has_body: bool
    event: Event | None = None
    name: str | None = None
    clues: tuple[Clue, ...] = ()
    obstacle: Obstacle | None = None
    meant: tuple[str, tuple[str, ...]] | None = None

    @property
    def foreign(self) -> bool:
        """Whether the catalogue does not contain it: it is plain text, unknown JSON, or has a name or a source that is unknown."""
        if self.obstacle is None or self.obstacle.rule not in UNIDENTIFIED or self.obstacle.about is not None:
            return False
        # A value that is not an object is not another payload: the envelope's contract says what belongs there.
        return self.obstacle.rule != "unknown-payload" or isinstance(self.body, dict)

    @property
    def wrappers(self) -> tuple[Layer, ...]:
        """The layers that are around the body, without bare forms."""
        return tuple(layer for layer in self.layers if not layer.envelope.bare)
