"""Parses a payload into generated models of its events and the envelopes around them, and validates it at a level."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, Any

from signalbook.errors import MissingModels, SignalbookError
from signalbook.reading import pointers
from signalbook.registry import naming
from signalbook.terminal import safe
from signalbook.validation.findings import Finding, Verdict
from signalbook.validation.validator import walk_payload

if TYPE_CHECKING:
    from typing import TypeAlias

    import signalbook_models

    from signalbook.registry import Contract, Envelope

    EventModel: TypeAlias = signalbook_models.Event
    EnvelopeModel: TypeAlias = signalbook_models.Envelope
    from collections.abc import Callable

    from signalbook.registry import Registry
    from signalbook.validation.contracts import Request
    from signalbook.validation.fast_path import FastPath
    from signalbook.validation.unknown_fields import Layer
    from signalbook.validation.validator import Judged


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


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event of a payload, opened and typed.

    `event` is its id, `version` the version of the contract that it was validated against, `name` the provider's name for it.
    `body` is an instance of its model, such as `signalbook_models.alibaba.ecs.InstanceStateChange`; `envelopes` are the models of the envelopes
    around it, from the outside in; `pointer` is the JSON Pointer of the body in the payload. `verdict` holds warnings and notes.
    """

    event: str
    version: str
    name: str | None
    body: EventModel
    envelopes: tuple[EnvelopeModel, ...]
    pointer: str
    verdict: Verdict


@dataclass(eq=True, unsafe_hash=True)
class ParseError(SignalbookError):
    """A payload cannot be parsed at the requested level.

    `verdict` holds the findings that explain why; `deliveries` are the events that could be parsed, if the payload carries several.
    """

    verdict: Verdict
    deliveries: tuple[Delivery, ...] = field(
        default=(), hash=False
    )  # a model that contains a map is not hashable

    def __str__(self) -> str:
        what = safe(self.verdict.name or self.verdict.event or "the payload")
        errors = [finding for finding in self.verdict.findings if finding.severity == "error"]
        lines = [
            f"    {safe(finding.pointer) or 'the payload'}: {safe(finding.message)}"
            for finding in errors[:_MOST]
        ]
        more = [f"    … and {len(errors) - _MOST} more"] if len(errors) > _MOST else []
        return "\n".join([f"{what} is {self.verdict.status}", *lines, *more])


_MOST = 5

WATCH: ContextVar[Callable[[Delivery], Delivery] | None] = ContextVar("WATCH", default=None)
"""Hook that every delivery passes through before a handler gets it. A test sets it to observe what is read."""


def parse_payload(
    payload: Any, registry: Registry, request: Request, package: str, fast: FastPath | None = None
) -> tuple[Verdict, tuple[Delivery, ...]]:
    """Return the verdict on a JSON value, and every event in it as a model from `package`. Raises `ParseError` and `MissingModels`.

    `fast` is the fast path for the same registry and request; it serves valid payloads that carry one event.
    """
    if fast and (opened := fast.opened(payload)) and (one := _delivery(*opened, package, request)):
        return one.verdict, (one,)
    verdict, judged = walk_payload(payload, registry, request)
    # The verdict already covers forms. The models check them again only at the level that requires all of them, not where they are only warnings.
    reading = _Reading(verdict, package, tolerant=request.level != "strict")
    deliveries = [reading.delivery(one) for one in judged if one.status == "valid" and one.opened.event]
    parsed = tuple(one for one in deliveries if one)
    if reading.misfits:
        # A note or warning may report the same place, but the error says more.
        verdict = replace(verdict, status="invalid", findings=(*verdict.findings, *reading.misfits))
    if not verdict.ok:
        raise ParseError(verdict, parsed)
    return verdict, parsed


def _delivery(
    verdict: Verdict, layers: list[tuple[Layer, Any]], package: str, request: Request
) -> Delivery | None:
    """Return a valid payload as a delivery, or None for an invalid one, and if a model cannot hold one of its values."""
    if not verdict.ok:
        return None
    tolerant = request.level != "strict"
    read = [
        _read(_class(package, layer.contract.of, layer.contract.version), value, tolerant=tolerant)
        for layer, value in layers
    ]
    if verdict.event is None or verdict.version is None or any(isinstance(one, list) for one in read):
        return None
    *envelopes, body = read
    path = pointers.join(layers[-1][0].path)
    return _watched(
        Delivery(verdict.event, verdict.version, verdict.name, body, tuple(envelopes), path, verdict)
    )


def _watched(delivery: Delivery) -> Delivery:
    watch = WATCH.get()
    return watch(delivery) if watch else delivery


class _Reading:
    """Reads the content of one payload into models; `misfits` collects what they cannot hold."""

    def __init__(self, verdict: Verdict, package: str, *, tolerant: bool) -> None:
        self.misfits: list[Finding] = []
        self._verdict = verdict
        self._package = package
        self._tolerant = tolerant
        # Cache, because an envelope with a list is around each of its items.
        self._around: dict[tuple[str | int, ...], EnvelopeModel | list[Misfit]] = {}

    def delivery(self, one: Judged) -> Delivery | None:
        """Return one event of the payload as a delivery, or record why it cannot be typed and return None."""
        event, opened = one.opened.event, one.opened
        if event is None or one.version is None or not opened.has_body:
            return None
        if any(layer.envelope.masked for layer in opened.layers):
            self.misfits.append(
                Finding(
                    "untyped",
                    "error",
                    pointers.join(opened.path),
                    "the values are masked and cannot be read into types",
                )
            )
            return None
        body = read_body(self._package, event.version(one.version), opened.body, tolerant=self._tolerant)
        found = _misfits(opened.path, body)
        for layer in opened.wrappers:
            if layer.path not in self._around:
                self._around[layer.path] = read_envelope(
                    self._package, layer.envelope, layer.value, tolerant=self._tolerant
                )
            found += _misfits(layer.path, self._around[layer.path])
        if found or isinstance(body, list):
            self.misfits += found
            return None
        envelopes = tuple(
            read for layer in opened.wrappers if not isinstance(read := self._around[layer.path], list)
        )
        return _watched(
            Delivery(
                event.id, one.version, opened.name, body, envelopes, pointers.join(opened.path), self._verdict
            )
        )


def _misfits(path: tuple[str | int, ...], read: EventModel | EnvelopeModel | list[Misfit]) -> list[Finding]:
    if not isinstance(read, list):
        return []
    return [
        Finding(
            "untyped",
            "error",
            pointers.join((*path, *one.path)),
            f"cannot be read into the generated types: {one.why}",
        )
        for one in read
    ]
