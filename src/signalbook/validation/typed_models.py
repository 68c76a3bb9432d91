"""Reads JSON objects into generated models: finds the class of a contract, and reports values that it cannot hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, Any

from signalbook.errors import MissingModels
from signalbook.registry import naming

if TYPE_CHECKING:
    from typing import TypeAlias

    import signalbook_models

    from signalbook.registry import Contract, Envelope

    EventModel: TypeAlias = signalbook_models.Event
    EnvelopeModel: TypeAlias = signalbook_models.Envelope


@dataclass(frozen=True, slots=True)
class Misfit:
    """One place in a value that a model cannot hold: the path, and the reason."""

    path: tuple[str | int, ...]
    why: str


def read_body(package: str, contract: Contract, value: Any, *, tolerant: bool) -> EventModel | list[Misfit]:
    """Return the body of an event as the model of its contract in a package of generated types, or the places that do not fit.

    If the package lacks that version, the newest of the same major version is used, which can read it by the versioning rules.
    Raises `MissingModels`.
    """
    found: EventModel | list[Misfit] = _read(
        _class(package, contract.of, contract.version), value, tolerant=tolerant
    )
    return found


def read_envelope(
    package: str, envelope: Envelope, value: Any, *, tolerant: bool
) -> EnvelopeModel | list[Misfit]:
    """Return an envelope as its model, or the places that do not fit. Its content stays JSON. Raises `MissingModels`."""
    found: EnvelopeModel | list[Misfit] = _read(
        _class(package, envelope.id, envelope.newest.version), value, tolerant=tolerant
    )
    return found


_IMPORTING = RLock()


@cache
def _class(package: str, contract_id: str, version: str) -> Any:
    # A service's package and its events import each other: two threads that start at both ends would deadlock.
    with _IMPORTING:
        return _imported(package, contract_id, version)


def _imported(package: str, contract_id: str, version: str) -> Any:
    known = _contracts(package)
    name = f"{contract_id}@{version}"
    if name not in known:
        major = naming.version_key(version)[0]
        alike = [
            one
            for one in known
            if one.partition("@")[0] == contract_id and naming.version_key(one.partition("@")[2])[0] == major
        ]
        if not alike:
            raise MissingModels(f"{package}._contracts", f"{package} has no types of {name}")
        name = max(alike, key=lambda one: naming.version_key(one.partition("@")[2]))
    module, _, class_name = known[name].partition(":")
    return getattr(import_module(f"{package}.{module}"), class_name)


def _contracts(package: str) -> dict[str, str]:
    try:
        module: Any = import_module(f"{package}._contracts")
    except (ImportError, TypeError, ValueError) as error:
        raise MissingModels(f"{package}._contracts", str(error)) from None
    if module.STYLE != "pydantic":
        raise MissingModels(
            f"{package}._contracts", f"{package} is of the style {module.STYLE}, and parse needs pydantic"
        )
    known: dict[str, str] = module.CONTRACTS
    return known


def _read(model: Any, value: Any, *, tolerant: bool) -> Any:
    try:
        return model.model_validate(value, context={"level": "tolerant"} if tolerant else None)
    except ValueError as error:
        # This is Pydantic's ValidationError. It is not imported, because only the generated models need Pydantic.
        problems: Any = error
        return [Misfit(_path(value, one["loc"]), one["msg"]) for one in problems.errors(include_url=False)]


def _path(value: Any, location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return the part of a Pydantic location that is a path in the value. In a union, the location also names the type that was tried."""
    path: list[str | int] = []
    for step in location:
        try:
            value = value[step]
        except (LookupError, TypeError):
            break
        path.append(step)
    return tuple(path)
