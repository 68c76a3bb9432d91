"""Supplies values for fields that an example lacks: from other examples, from the contract's lists, and finally from hypothesis-jsonschema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import hypothesis_values, levels
from signalbook.errors import CannotSample
from signalbook.reading.strict_json import compact
from signalbook.registry import examples

if TYPE_CHECKING:
    from signalbook.engine.levels import Schema, Way
    from signalbook.registry import Contract, Registry
    from signalbook.testing.places import Place

_DRAWN = 3
_MOST_SHOWN = 8
_NOTES = frozenset({"title", "description", "$comment", "default"})
_SIMPLE = {"string": "text", "integer": 1, "number": 1, "boolean": True}
_LISTS = ("examples", "enum", "x-known")


class Values:
    """Values for the fields of a registry's contracts, computed on first use."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._found: dict[tuple[str, Way], list[Any]] = {}
        self._seen: dict[tuple[str, Way], list[Any]] = {}
        self._valid: dict[str, list[Any]] = {}

    def __call__(self, place: Place, name: str, schema: Schema) -> list[Any]:
        """Return values for a field of an object, most telling first. Raises `CannotSample` if none can be drawn from the schema."""
        key = (str(place.contract), (*place.way, name))
        if key not in self._found:
            self._found[key] = self._of(place, name, schema)
        return self._found[key]

    def shown(self, place: Place) -> list[Any]:
        """Return a few distinct values that the valid examples of a contract show at a place."""
        return self._seen_at(place.contract, place.way)

    def _seen_at(self, contract: Contract, way: Way) -> list[Any]:
        key = (str(contract), way)
        if key not in self._seen:
            found = [value for whole in self._examples(contract) for _, value in levels.values_at(whole, way)]
            self._seen[key] = list({compact(value): value for value in found}.values())[:_MOST_SHOWN]
        return self._seen[key]

    def _of(self, place: Place, name: str, schema: Schema) -> list[Any]:
        layers = list(levels.layers(schema))
        said = [layer["const"] for layer in layers if "const" in layer]
        said += [value for word in _LISTS for layer in layers for value in layer.get(word, ())]
        return (
            self._seen_at(place.contract, (*place.way, name))[:1]
            or said
            or _simple(layers)
            or self._drawn(place, name, schema)
        )

    def _examples(self, contract: Contract) -> list[Any]:
        if str(contract) not in self._valid:
            self._valid[str(contract)] = list(
                examples.readable(examples.of(self._registry, contract, "valid"))
            )
        return self._valid[str(contract)]

    def _drawn(self, place: Place, name: str, schema: Schema) -> list[Any]:
        try:
            return hypothesis_values.some(schema, _DRAWN)
        except hypothesis_values.Unhonoured as problem:
            where = "/".join((*place.way, name))
            raise CannotSample(
                str(place.contract),
                f"/{where}: {problem}",
                "give the field an example: 'examples' in its schema",
            ) from None


def _simple(layers: list[Schema]) -> list[Any]:
    """Return a value for a type without other restrictions: drawing one takes a second and gives no better value."""
    said = {
        keyword: value
        for layer in layers
        for keyword, value in layer.items()
        if keyword not in _NOTES and not keyword.startswith("x-")
    }
    types = said.pop("type", None)
    lowest = said.pop("minimum", 0)
    if said or not isinstance(lowest, int):
        return []
    return [
        _SIMPLE[name]
        for name in ([types] if isinstance(types, str) else types or ())
        if name in _SIMPLE and lowest <= 1
    ]
