"""The calls of `import signalbook`: one payload in, what it is or holds out. `signalbook/__init__.py` has them under the package's own name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from signalbook import naming
from signalbook.delivery import ParseError, parse_payload
from signalbook.findings import Finding
from signalbook.identity import Identity, identify_payload
from signalbook.intake import value_of
from signalbook.jsontext import NotJSON
from signalbook.registry import default_registry
from signalbook.walk import Request, check_payload, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from signalbook.delivery import Delivery
    from signalbook.findings import Level, Verdict
    from signalbook.registry import Registry


_Test = TypeVar("_Test", bound="Callable[..., Any]")


Payload = bytes | bytearray | memoryview | str | dict[str, Any] | list[Any]
"""A payload as it arrived: the bytes or the text of one JSON object, or the object itself as `json.loads` returns it.

Also a list of such objects, or of their texts, as function triggers hand it over: it carries what each of them does.
"""


def check(
    payload: Payload,
    *,
    event: str | None = None,
    version: str | None = None,
    level: Level = "documented",
    registry: Registry | None = None,
) -> Verdict:
    """Return the verdict on one payload.

    `event` is the id of the event to hold it against, else the payload's own is used; `version` one of its versions or "any", else the newest.
    `level` is "tolerant", "documented" or "strict". What is wrong with the payload is in the verdict, never raised.
    Raises `UnknownContract` for an `event` or `version` that the registry does not hold, ValueError for another `level`,
    `BrokenRegistry` for a registry that cannot be read.
    """
    using = registry or default_registry()
    request = Request.of(using, event, version, level)
    try:
        return check_payload(value_of(payload), using, request)
    except NotJSON as problem:
        return unreadable(problem)


def identify(payload: Payload, *, registry: Registry | None = None) -> tuple[Identity, ...]:
    """Return what a payload is and why: one identity, or one for each event it carries. Never raises for a payload."""
    try:
        return identify_payload(value_of(payload), registry or default_registry())
    except NotJSON as problem:
        return (Identity("unreadable", message=str(problem), hint=problem.hint),)


def parse(  # noqa: PLR0913 - keywords, each of which stands alone
    payload: Payload,
    *,
    event: str | None = None,
    version: str | None = None,
    level: Level = "tolerant",
    registry: Registry | None = None,
    models: str | None = None,
) -> Delivery:
    """Return the one event that a payload carries, with its body and its envelopes as typed models.

    Arguments are those of `check`; but the level is "tolerant" where none is given, so that a new state or a new form of an id does not stop a handler.
    `models` is the package with the types: `signalbook_models` for the catalogue that comes with the kit, `<name>_models` for another registry.
    Raises `ParseError`, which carries the verdict, for a payload that does not keep its contract at that level, or that carries no event or
    several (`parse_all` takes those); `MissingModels`, and what `check` raises.
    """
    using = registry or default_registry()
    verdict, found = _parsed(payload, Request.of(using, event, version, level), using, models)
    if len(found) == 1:
        return found[0]
    message = f"it carries {len(found)} events" if found else "it carries no event"
    finding = Finding("not-one-event", "error", "", message, hint="parse_all returns whatever a payload carries")
    raise ParseError(replace(verdict, status="invalid", findings=(*verdict.findings, finding)), found)


def parse_all(  # noqa: PLR0913 - as `parse`
    payload: Payload,
    *,
    event: str | None = None,
    version: str | None = None,
    level: Level = "tolerant",
    registry: Registry | None = None,
    models: str | None = None,
) -> tuple[Delivery, ...]:
    """Return every event that a payload carries, in its order: several for an envelope with a list, none for an empty one.

    See `parse`. Where one of several cannot be parsed, `ParseError.deliveries` holds the others.
    """
    using = registry or default_registry()
    return _parsed(payload, Request.of(using, event, version, level), using, models)[1]


def _parsed(payload: Payload, request: Request, using: Registry, models: str | None) -> tuple[Verdict, tuple[Delivery, ...]]:
    try:
        value = value_of(payload)
    except NotJSON as problem:
        raise ParseError(unreadable(problem)) from None
    return parse_payload(value, using, request, models or naming.models_package(using.name))


def contract(  # noqa: PLR0913 - keywords, each of which stands alone
    event: str,
    *,
    kinds: Iterable[Literal["documented", "tomorrow", "broken"]] = ("documented", "tomorrow", "broken"),
    envelopes: Iterable[str] | str | None = None,
    version: str | None = None,
    raises: type[Exception] | tuple[type[Exception], ...] = (),
    payload: Literal["json", "bytes", "text", "sample"] | None = None,
    registry: Registry | None = None,
) -> Callable[[_Test], _Test]:
    """Return a decorator that turns a handler, or a test that calls one, into a property test for pytest.

    It is called with payloads of an event: of some `kinds`, on the routes that `envelopes` names (see `strategies.payloads`; all that are documented
    without it), of a `version` (else the newest). It must raise nothing for documented and for tomorrow's payloads; broken ones, and those of an
    event nobody knows, it may refuse with `ParseError` and with what `raises` declares. The payload is given to its parameter `payload`, or
    `sample`, or to its first one: as "json" (what `json.loads` returns), "bytes" (as it arrives), "text", or as the "sample" with all that is known of
    it; without `payload` that parameter's annotation decides, and where it has none, a first try. Other parameters are fixtures.
    The single cases, and the check that no event is passed over, are the pytest plugin's; Hypothesis draws the rest, with its own settings.
    Raises what `strategies.payloads` raises, and TypeError for a function without a parameter.
    """
    from signalbook import handling  # noqa: PLC0415 - Hypothesis is loaded where something is drawn

    return handling.contract(event, kinds=kinds, envelopes=envelopes, version=version, raises=raises, payload=payload, registry=registry)
