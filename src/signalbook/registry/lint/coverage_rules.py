"""Lint rules for what a contract's examples cover together: they show every field and value, and break every `required` and pattern once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import levels
from signalbook.errors import Fault
from signalbook.reading.strict_json import shown
from signalbook.registry import examples, naming
from signalbook.registry.lint.rule import Rule, contracts, examples_folder, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.levels import Schema, Way
    from signalbook.registry import Contract, Registry

EXCUSE = "x-no-example"


def _fields_shown(registry: Registry) -> Iterator[Fault]:
    for contract in contracts(registry):
        values = [value for _, value in readable(registry, contract, "valid")]
        for way, _ in _to_show(contract):
            if values and not _found(values, way):
                yield Fault(
                    naming.schema_path(contract.of, contract.version),
                    "",
                    f"no valid example has {_dotted(way)!r}",
                    f"add it to an example in {examples_folder(registry, contract)}/valid, or explain in {EXCUSE} at the field why there is none",
                )


def _values_shown(registry: Registry) -> Iterator[Fault]:
    for contract in contracts(registry):
        values = [value for _, value in readable(registry, contract, "valid")]
        for way, here in _to_show(contract):
            listed: list[Any] = next(
                (layer[keyword] for layer in here for keyword in ("enum", "x-known") if keyword in layer), []
            )
            found = _found(values, way)
            missing = [value for value in listed if value is not None and value not in found]
            if values and missing:
                yield Fault(
                    naming.schema_path(contract.of, contract.version),
                    "",
                    f"no valid example has {', '.join(map(shown, missing))} as {_dotted(way)!r}",
                    f"add one to {examples_folder(registry, contract)}/valid, or explain in {EXCUSE} at the field why there is none",
                )


def _to_show(contract: Contract) -> Iterator[tuple[Way, list[Schema]]]:
    """Yield the places of a contract that an example must show: all except the root, and excused places with everything inside them."""
    excused: set[Way] = set()
    for way, here in levels.places(contract.resolved, texts=True):
        if way[:-1] in excused or any(EXCUSE in layer for layer in here):
            excused.add(way)
        elif way:
            yield way, here


def _found(values: list[Any], way: Way) -> list[Any]:
    return [found for value in values for _, found in levels.values_at(value, way)]


def _demands_broken(registry: Registry) -> Iterator[Fault]:
    for contract in contracts(registry):
        missed = _broken_at(registry, contract, ("required",))
        for way, here in levels.places(contract.resolved, ("allOf",), texts=True):
            for name in dict.fromkeys(name for layer in here for name in layer.get("required", ())):
                if not any(_leads_to((*way, name), where) for where in missed):
                    place = _dotted((*way, name))
                    yield Fault(
                        f"{examples_folder(registry, contract)}/invalid",
                        "",
                        f"no example omits {place!r}, which is required",
                        _add(place, "required"),
                    )


def _forms_broken(registry: Registry) -> Iterator[Fault]:
    for contract in contracts(registry):
        missed = _broken_at(registry, contract, ("pattern", "anyOf", "oneOf"))
        for way, here in levels.places(contract.resolved, texts=True):
            if any("pattern" in layer for layer in here) and not any(
                _leads_to(way, where) for where in missed
            ):
                place = _dotted(way)
                yield Fault(
                    f"{examples_folder(registry, contract)}/invalid",
                    "",
                    f"no example has {place!r} in a form that its pattern rejects",
                    _add(place, "pattern"),
                )


def _broken_at(registry: Registry, contract: Contract, keywords: tuple[str, ...]) -> list[Way]:
    """Return where the invalid examples for these keywords break a contract, according to their file names."""
    words = (example.words for example in examples.of(registry, contract, "invalid"))
    return [tuple(where.split(".")) for where, *rest in words if rest[:1] and rest[0] in keywords]


def _leads_to(way: Way, where: Way) -> bool:
    """Return whether a way, in which * is any step, leads to a place. A name with dots counts as several steps on both sides."""
    steps = tuple(".".join(way).split("."))
    return len(steps) == len(where) and all(
        step in ("*", other) for step, other in zip(steps, where, strict=True)
    )


def _dotted(way: Way) -> str:
    return ".".join(way)


def _add(place: str, keyword: str) -> str:
    return f"add {place.replace('*', '0')}--{keyword}.json"


RULES = (
    Rule("fields-shown", "a field without an example is a claim without proof", _fields_shown),
    Rule("values-shown", "a listed value without an example is a claim without proof", _values_shown),
    Rule(
        "demands-broken",
        "without such an example, nothing proves that validation reports a missing field",
        _demands_broken,
    ),
    Rule("forms-broken", "a pattern that rejects no example may accept anything", _forms_broken),
)
