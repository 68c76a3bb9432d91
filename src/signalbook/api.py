"""Implement the functions of `import signalbook`: check, identify and parse one payload, and test a handler.

`signalbook/__init__.py` exports them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from signalbook.envelopes.identification import Identity, identify_payload
from signalbook.reading.decoding import value_of
from signalbook.reading.json_text import NotJSON
from signalbook.registry import Registry, default_registry, naming
from signalbook.validation.fast_path import FastPath
from signalbook.validation.findings import Finding
from signalbook.validation.parsing import ParseError, parse_payload
from signalbook.validation.validator import Request, check_payload, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from os import PathLike

    from signalbook.engine.levels import Level
    from signalbook.validation.findings import Verdict
    from signalbook.validation.parsing import Delivery


_Test = TypeVar("_Test", bound="Callable[..., Any]")


Payload = bytes | bytearray | memoryview | str | dict[str, Any] | list[Any]
"""A payload as received: the bytes or text of one JSON object, or the object as `json.loads` returns it.

Can also be a list of such objects, or of their texts, as function triggers deliver them: it carries the events of all its items.
"""


class Checker:
    """Checks payloads one after the other with the same options, as fast as the command does. Threads may share one.

    `event`, `version` and `level` are those of `check`. `at` is a day (yyyy-MM-dd), or "payload" for the day that each payload states: the version is
    the newest one known on that day. `pins` maps ids of events and envelopes to versions. `schemas` is the folder of a schema tree, `registry` one that
    is already loaded; by default, the built-in catalogue is used.

    Raises what `check` raises, and ValueError for an invalid day, for a version with a day, and for both `schemas` and `registry`.
    """

    def __init__(  # noqa: PLR0913 - independent keyword arguments
        self,
        *,
        event: str | None = None,
        version: str | None = None,
        level: Level = "documented",
        at: str | None = None,
        pins: Mapping[str, str] | None = None,
        schemas: str | PathLike[str] | None = None,
        registry: Registry | None = None,
    ) -> None:
        if schemas is not None and registry is not None:
            raise ValueError("give either schemas, a folder, or registry, a loaded one")
        self._registry = registry or (default_registry() if schemas is None else Registry.load(Path(schemas)))
        self._request = Request.of(self._registry, event, version, level, at, pins)
        self._fast = FastPath(self._registry, self._request)

    def check(self, payload: Payload) -> Verdict:
        """Return the verdict on one payload. Problems of the payload are in the verdict and never raised."""
        try:
            value = value_of(payload)
        except NotJSON as problem:
            return unreadable(problem)
        return self._fast.verdict(value) or check_payload(value, self._registry, self._request)

    def check_many(self, payloads: Iterable[Payload]) -> Iterator[Verdict]:
        """Yield the verdict on each payload, in order. Each is read and checked when you ask for its verdict."""
        return map(self.check, payloads)

    def _parsed(self, payload: Payload, models: str | None) -> tuple[Verdict, tuple[Delivery, ...]]:
        try:
            value = value_of(payload)
        except NotJSON as problem:
            raise ParseError(unreadable(problem)) from None
        package = models or naming.models_package(self._registry.name)
        return parse_payload(value, self._registry, self._request, package, self._fast)


@lru_cache(maxsize=32)
def _checker(registry: Registry, event: str | None, version: str | None, level: Level) -> Checker:
    """Return a checker that calls with the same options share. What it learns about one payload makes the next one fast."""
    return Checker(event=event, version=version, level=level, registry=registry)


def check(
    payload: Payload,
    *,
    event: str | None = None,
    version: str | None = None,
    level: Level = "documented",
    registry: Registry | None = None,
) -> Verdict:
    """Return the verdict on one payload.

    `event` is the id of the event to check against; by default, the payload is identified. `version` is one of the event's versions or "any"; by
    default, the newest. `level` is "tolerant", "documented" or "strict". Problems of the payload are in the verdict and never raised.

    Raises `UnknownContract` for an `event` or `version` that the registry does not contain, ValueError for any other `level`, and `BrokenRegistry`
    for a registry that cannot be read.
    """
    return _checker(registry or default_registry(), event, version, level).check(payload)


def identify(payload: Payload, *, registry: Registry | None = None) -> tuple[Identity, ...]:
    """Return what a payload is and why: one identity, or one for each event that it carries.

    Never raises for a payload.
    """
    try:
        return identify_payload(value_of(payload), registry or default_registry())
    except NotJSON as problem:
        return (Identity("unreadable", message=str(problem), hint=problem.hint),)


def parse(  # noqa: PLR0913 - independent keyword arguments
    payload: Payload,
    *,
    event: str | None = None,
    version: str | None = None,
    level: Level = "tolerant",
    registry: Registry | None = None,
    models: str | None = None,
) -> Delivery:
    """Return the one event that a payload carries, with its body and its envelopes as typed models.

    Takes the arguments of `check`, except that `level` defaults to "tolerant", so that a new state or a new form of an id does not stop a handler.
    `models` is the package with the generated types. It defaults to `signalbook_models` for the built-in catalogue and `<name>_models` for any other
    registry.

    Raises `ParseError`, which carries the verdict, for a payload that does not conform to its contract at that level, and for one that carries no
    event or several (use `parse_all` for those). Raises `MissingModels` if the types are missing, and whatever `check` raises.
    """
    checker = _checker(registry or default_registry(), event, version, level)
    verdict, found = checker._parsed(payload, models)  # noqa: SLF001 - of this module
    if len(found) == 1:
        return found[0]
    message = f"the payload carries {len(found)} events" if found else "the payload carries no event"
    finding = Finding(
        "not-one-event", "error", "", message, hint="use parse_all, which returns all events of a payload"
    )
    raise ParseError(replace(verdict, status="invalid", findings=(*verdict.findings, finding)), found)


def parse_all(  # noqa: PLR0913 - see `parse`
    payload: Payload,
    *,
    event: str | None = None,
    version: str | None = None,
    level: Level = "tolerant",
    registry: Registry | None = None,
    models: str | None = None,
) -> tuple[Delivery, ...]:
    """Return every event that a payload carries, in order: several for an envelope with a list, none for an empty list.

    Takes the arguments of `parse`. If some events cannot be parsed, raises `ParseError`, whose `deliveries` holds the others.
    """
    checker = _checker(registry or default_registry(), event, version, level)
    return checker._parsed(payload, models)[1]  # noqa: SLF001 - of this module


def contract(  # noqa: PLR0913 - independent keyword arguments
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

    The function is called with payloads of an event: of the given `kinds`, on the routes in `envelopes` (see `strategies.payloads`; by default, all
    documented routes), and of one `version` (by default, the newest). It must not raise for "documented" and "tomorrow" payloads. It may reject
    "broken" payloads, and payloads of an unknown event, with `ParseError` and the exceptions in `raises`.

    The payload is passed to the parameter `payload`, or `sample`, or else the first one: as "json" (what `json.loads` returns), "bytes" (as
    received), "text", or "sample" (with all its metadata). Without the argument `payload`, the parameter's annotation decides; without an
    annotation, a trial call does. Other parameters are fixtures. The pytest plugin generates the individual cases and checks that no event is
    skipped silently. Hypothesis draws everything else, with its own settings.

    Raises what `strategies.payloads` raises, and TypeError for a function without parameters.
    """
    from signalbook.testing import contracts  # noqa: PLC0415 - loads Hypothesis

    return contracts.contract(
        event,
        kinds=kinds,
        envelopes=envelopes,
        version=version,
        raises=raises,
        payload=payload,
        registry=registry,
    )
