"""Lists the places of a payload that its contracts describe: value, schemas, and whether the place helps to identify the payload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook.engine import levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.levels import Schema, Way
    from signalbook.envelopes.opener import Opened
    from signalbook.registry import Contract, Envelope
    from signalbook.testing.text_trees import Path


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a payload that a contract describes: its path, its value, and the schemas that describe it.

    `way` is the same place in the contract. `certain` holds the schemas that always apply, not only in one branch of a composition. `masked` says
    that its values are masked, `telling` that it helps to identify the payload.
    """

    contract: Contract
    way: Way
    path: Path
    value: Any
    schemas: list[Schema]
    certain: list[Schema]
    masked: bool
    telling: bool

    @property
    def key(self) -> str:
        """The name of the field; for an item, the name of its list."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), "")

    def said(self, keyword: str) -> list[Any]:
        """Return the values that the schemas list under a keyword."""
        return [value for schema in self.schemas for value in schema.get(keyword, ())]

    @property
    def types(self) -> set[str]:
        """JSON types that the schemas name."""
        named = [schema["type"] for schema in self.schemas if "type" in schema]
        return {name for one in named for name in ([one] if isinstance(one, str) else one)}

    @property
    def keywords(self) -> set[str]:
        """Keywords of the schemas."""
        return {keyword for schema in self.schemas for keyword in schema}

    @property
    def required(self) -> set[str]:
        """Names of the fields that are always present."""
        return {name for schema in self.certain for name in schema.get("required", ())}


_Described = list[tuple["Way", list["Schema"], list["Schema"]]]


class Describer:
    """Finds the places of opened payloads. Caches the places of each contract, which take milliseconds to collect."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], _Described] = {}

    def places(self, opened: tuple[Opened, ...], version: str | None = None) -> Iterator[Place]:
        """Yield every place of an opened payload that a contract describes: those of its envelopes, then those of its bodies.

        Bodies are described by the contract of `version`, by default the newest.
        """
        seen: set[Path] = set()
        for one in opened:
            for layer in one.wrappers:
                if layer.path not in seen:
                    seen.add(layer.path)
                    yield from self._of(
                        layer.envelope.newest, layer.value, layer.path, opened, slot=layer.envelope
                    )
            if one.event and one.has_body:
                contract = one.event.version(version) if version else one.event.newest
                masked = any(layer.envelope.masked for layer in one.layers)
                yield from self._of(contract, one.body, one.path, opened, masked=masked)

    def _of(  # noqa: PLR0913 - what a place is made of
        self,
        contract: Contract,
        value: Any,
        start: Path,
        opened: tuple[Opened, ...],
        *,
        slot: Envelope | None = None,
        masked: bool = False,
    ) -> Iterator[Place]:
        opaque: set[Path] = (
            set()
        )  # texts without a content schema: schemas for places inside them describe another form of the same field
        for way, schemas, certain in self._described(contract):
            # The content of an envelope's slot is described by the body's own contract.
            if slot and len(way) > len(slot.at) and way[: len(slot.at)] == slot.at and slot.holds == "event":
                continue
            for path, found in levels.values_at(value, way):
                if any(path[:end] in opaque for end in range(len(path))):
                    continue
                if isinstance(found, str) and not any("contentSchema" in schema for schema in schemas):
                    opaque.add(path)
                whole = (*start, *path)
                yield Place(contract, way, whole, found, schemas, certain, masked, is_telling(opened, whole))

    def _described(self, contract: Contract) -> _Described:
        key = (str(contract), id(contract))
        if key not in self._known:
            certain = dict(levels.places(contract.resolved, ("allOf",), texts=True))
            self._known[key] = [
                (way, schemas, certain.get(way, []))
                for way, schemas in levels.places(contract.resolved, texts=True)
            ]
        return self._known[key]


def is_telling(opened: tuple[Opened, ...], path: Path) -> bool:
    """Return whether a place identifies an envelope or names its event, or is on the path to such a place."""
    steps = tuple(map(str, path))
    layers = [layer for one in opened for layer in one.layers]
    return any(
        _tells(layer.envelope, steps[len(layer.path) :])
        for layer in layers
        if steps[: len(layer.path)] == tuple(map(str, layer.path))
    )


def _tells(envelope: Envelope, path: tuple[str, ...]) -> bool:
    rule = envelope.recognise
    ways: list[tuple[str, ...]] = [(key,) for key in rule.keys]
    ways += [way for way, _ in rule.some] + list(rule.values)
    ways += [(*way, key) for way, (keys, _) in rule.inside.items() for key in keys]
    ways += [way for part in envelope.key.values() for way in (part.path, part.otherwise) if way]
    return any(
        len(path) <= len(way) and all(step in ("*", other) for step, other in zip(way, path, strict=False))
        for way in ways
    )
