"""What opening a payload gives: layers, the clues that named an event, and what stood in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.findings import UNIDENTIFIED

if TYPE_CHECKING:
    from signalbook.registry import Envelope, Event

Path = tuple[str | int, ...]


class Layer(NamedTuple):
    """One opened envelope: what it is, where in the payload it stands, its value, and the keys it was recognised by."""

    envelope: Envelope
    path: Path
    value: dict[str, Any]
    keys: tuple[str, ...]


class Clue(NamedTuple):
    """One value that named the event: the part of the key, its place in the payload, the text (None where there was none).

    `value` is the same for the look-up: a text that does not have the form it must have equals nothing there.
    """

    part: str
    pointer: str
    text: str | None
    value: str | None


class Obstacle(NamedTuple):
    """Why opening stopped before an event was known. `rule` and `message` are a finding's, `hint` says what is nearest."""

    rule: str
    path: Path
    message: str
    found: str | None = None
    hint: str | None = None
    nearest: tuple[str, ...] = ()
    about: Path | None = None
    """The place of the value that is wanted, where `path` is that of the object which lacks it."""


class Opened(NamedTuple):
    """One thing that a payload carries, opened: its layers from the outside in, its event and body as far as they are known.

    `path` is the place of the body; `has_body` is False where the slot is missing or holds something that cannot be a body.
    `meant` is a part of the key and the values of events of their own that look like this one's, where a general contract takes it.
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
        """Whether it is something that the catalogue does not hold: text, JSON that nobody knows, or a name or a source that is there and not known."""
        if self.obstacle is None or self.obstacle.rule not in UNIDENTIFIED or self.obstacle.about is not None:
            return False
        # What is no object at all is not another payload: the envelope says what should stand there.
        return self.obstacle.rule != "unknown-payload" or isinstance(self.body, dict)

    @property
    def wrappers(self) -> tuple[Layer, ...]:
        """The layers that really stand around the body: bare forms do not."""
        return tuple(layer for layer in self.layers if not layer.envelope.bare)
