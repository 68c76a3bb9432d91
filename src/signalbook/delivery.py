"""Typed parsing: a payload → the events it carries and the envelopes around them, as generated models, checked at a level."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.errors import SignalbookError
from signalbook.findings import Finding, Verdict
from signalbook.typed import Misfit, read_body, read_envelope
from signalbook.walk import walk_payload

if TYPE_CHECKING:
    from signalbook.judging import Request
    from signalbook.registry import Registry
    from signalbook.typed import EnvelopeModel, EventModel
    from signalbook.walk import Judged

    _Around = dict[tuple[str | int, ...], EnvelopeModel | list[Misfit]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event that arrived, opened and typed.

    `event` is its id, `version` that of the contract it was checked against, `name` the provider's name for it.
    `body` is the model of its class, such as `signalbook_models.alibaba.ecs.InstanceStateChange`; `envelopes` are the models of what stood around it,
    from the outside in; `pointer` is the JSON Pointer of the body in the payload. `verdict` holds what was found: warnings and notes.
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
    """A payload could not be parsed at the level that was asked for.

    `verdict` says why, finding by finding; `deliveries` are the events of the payload that could be parsed, where it carries several.
    """

    verdict: Verdict
    deliveries: tuple[Delivery, ...] = field(default=(), hash=False)  # a model with a map inside has no hash

    def __str__(self) -> str:
        what = self.verdict.name or self.verdict.event or "the payload"
        errors = [finding for finding in self.verdict.findings if finding.severity == "error"]
        lines = [f"    {finding.pointer or 'the payload'}: {finding.message}" for finding in errors[:_MOST]]
        more = [f"    … and {len(errors) - _MOST} more"] if len(errors) > _MOST else []
        return "\n".join([f"{what} is {self.verdict.status}", *lines, *more])


_MOST = 5


def parse_payload(payload: Any, registry: Registry, request: Request, package: str) -> tuple[Delivery, ...]:
    """Return every event that a JSON value carries, typed by the models in `package`. Raises `ParseError` and `MissingModels`."""
    verdict, judged = walk_payload(payload, registry, request)
    misfits: list[Finding] = []
    # Read once: what carries a list stands around each of its items.
    around: _Around = {}
    deliveries = [_delivered(one, verdict, request, package, around, misfits) for one in judged if one.status == "valid" and one.opened.event]
    parsed = tuple(one for one in deliveries if one)
    if misfits:
        # A note or a warning of the same place is what made it a misfit: the error says more.
        verdict = replace(verdict, status="invalid", findings=(*verdict.findings, *misfits))
    if not verdict.ok:
        raise ParseError(verdict, parsed)
    return parsed


def _delivered(  # noqa: PLR0913, PLR0917 - two of them collect
    one: Judged, verdict: Verdict, request: Request, package: str, around: _Around, misfits: list[Finding]
) -> Delivery | None:
    """Return one thing that a payload carries, or note what the models cannot hold; `around` holds the envelopes that were read before."""
    event = one.opened.event
    if event is None or one.version is None or not one.opened.has_body:
        return None
    if any(layer.envelope.masked for layer in one.opened.layers):
        misfits.append(Finding("untyped", "error", naming.pointer(one.opened.path), "its values are masked, so that no type can hold them"))
        return None
    tolerant = request.level == "tolerant"
    body = read_body(package, event.version(one.version), one.opened.body, tolerant=tolerant)
    found = _misfits(one.opened.path, body)
    for layer in one.opened.wrappers:
        if layer.path not in around:
            around[layer.path] = read_envelope(package, layer.envelope, layer.value, tolerant=tolerant)
        found += _misfits(layer.path, around[layer.path])
    if found or isinstance(body, list):
        misfits += found
        return None
    envelopes = tuple(read for layer in one.opened.wrappers if not isinstance(read := around[layer.path], list))
    return Delivery(event.id, one.version, one.opened.name, body, envelopes, naming.pointer(one.opened.path), verdict)


def _misfits(path: tuple[str | int, ...], read: EventModel | EnvelopeModel | list[Misfit]) -> list[Finding]:
    if not isinstance(read, list):
        return []
    return [Finding("untyped", "error", naming.pointer((*path, *one.path)), f"the generated types cannot hold it: {one.why}") for one in read]
