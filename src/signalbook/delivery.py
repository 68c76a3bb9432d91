"""Typed parsing: a payload → the events it carries and the envelopes around them, as generated models, checked at a level."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.errors import SignalbookError
from signalbook.findings import Finding, Verdict
from signalbook.terminal import safe
from signalbook.walk import walk_payload

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook.judging import Request
    from signalbook.registry import Registry
    from signalbook.typed import EnvelopeModel, EventModel, Misfit
    from signalbook.walk import Judged


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
        what = safe(self.verdict.name or self.verdict.event or "the payload")
        errors = [finding for finding in self.verdict.findings if finding.severity == "error"]
        lines = [f"    {safe(finding.pointer) or 'the payload'}: {safe(finding.message)}" for finding in errors[:_MOST]]
        more = [f"    … and {len(errors) - _MOST} more"] if len(errors) > _MOST else []
        return "\n".join([f"{what} is {self.verdict.status}", *lines, *more])


_MOST = 5

WATCH: ContextVar[Callable[[Delivery], Delivery] | None] = ContextVar("WATCH", default=None)
"""What every delivery passes through before a handler gets it: a test sets it, to see what is read."""


def parse_payload(payload: Any, registry: Registry, request: Request, package: str) -> tuple[Verdict, tuple[Delivery, ...]]:
    """Return the verdict on a JSON value, and every event that it carries, typed by the models in `package`. Raises `ParseError` and `MissingModels`."""
    verdict, judged = walk_payload(payload, registry, request)
    # The verdict has judged the forms: the models ask again only where every form is demanded, and not for those that it only warns of.
    reading = _Reading(verdict, package, tolerant=request.level != "strict")
    deliveries = [reading.delivery(one) for one in judged if one.status == "valid" and one.opened.event]
    parsed = tuple(one for one in deliveries if one)
    if reading.misfits:
        # A note or a warning of the same place is what made it a misfit: the error says more.
        verdict = replace(verdict, status="invalid", findings=(*verdict.findings, *reading.misfits))
    if not verdict.ok:
        raise ParseError(verdict, parsed)
    return verdict, parsed


class _Reading:
    """Reads what one payload carries into models; `misfits` collects what they cannot hold."""

    def __init__(self, verdict: Verdict, package: str, *, tolerant: bool) -> None:
        self.misfits: list[Finding] = []
        self._verdict = verdict
        self._package = package
        self._tolerant = tolerant
        # Read once: what carries a list stands around each of its items.
        self._around: dict[tuple[str | int, ...], EnvelopeModel | list[Misfit]] = {}

    def delivery(self, one: Judged) -> Delivery | None:
        """Return one thing that the payload carries, or note what keeps it from being typed."""
        from signalbook import typed  # noqa: PLC0415 - checking needs no types, and starts without them

        event, opened = one.opened.event, one.opened
        if event is None or one.version is None or not opened.has_body:
            return None
        if any(layer.envelope.masked for layer in opened.layers):
            self.misfits.append(Finding("untyped", "error", naming.pointer(opened.path), "its values are masked, so that no type can hold them"))
            return None
        body = typed.read_body(self._package, event.version(one.version), opened.body, tolerant=self._tolerant)
        found = _misfits(opened.path, body)
        for layer in opened.wrappers:
            if layer.path not in self._around:
                self._around[layer.path] = typed.read_envelope(self._package, layer.envelope, layer.value, tolerant=self._tolerant)
            found += _misfits(layer.path, self._around[layer.path])
        if found or isinstance(body, list):
            self.misfits += found
            return None
        envelopes = tuple(read for layer in opened.wrappers if not isinstance(read := self._around[layer.path], list))
        delivery = Delivery(event.id, one.version, opened.name, body, envelopes, naming.pointer(opened.path), self._verdict)
        watch = WATCH.get()
        return watch(delivery) if watch else delivery


def _misfits(path: tuple[str | int, ...], read: EventModel | EnvelopeModel | list[Misfit]) -> list[Finding]:
    if not isinstance(read, list):
        return []
    return [Finding("untyped", "error", naming.pointer((*path, *one.path)), f"the generated types cannot hold it: {one.why}") for one in read]
