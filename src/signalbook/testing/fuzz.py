"""Holds the assertions of generated fuzz tests: contract, validation, identification, both engines and the types agree on a drawn payload.

A module written by `codegen.fuzz_tests` passes Hypothesis's `data.draw` to a `Suite`; everything else is here.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from signalbook import terminal
from signalbook.engine import schema_validator
from signalbook.engine.levels import LEVELS
from signalbook.envelopes.identification import identify_payload
from signalbook.envelopes.opened import UNIDENTIFIED
from signalbook.envelopes.opener import open_payload
from signalbook.errors import Unreadable
from signalbook.reading import pointers, strict_json
from signalbook.reading.decoding import value_of
from signalbook.registry import naming
from signalbook.terminal import safe
from signalbook.testing import strategies
from signalbook.testing.sampler import written
from signalbook.validation.contracts import ANY, Request, has_errors, judge
from signalbook.validation.parsing import ParseError, parse_payload
from signalbook.validation.validator import check_payload, walk_payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signalbook.engine.hypothesis_values import SearchStrategy
    from signalbook.engine.levels import Level
    from signalbook.envelopes.opener import Opened
    from signalbook.registry import Registry
    from signalbook.testing.sampler import Kind, Sample
    from signalbook.validation.findings import Finding
    from signalbook.validation.parsing import Delivery

    Draw = Callable[[SearchStrategy[Sample]], Sample]

_BOUNDED, _LONG = 15, 2_000
_MOST_SHOWN = 6_000


def profile() -> dict[str, Any]:
    """Return the Hypothesis settings of a generated test: few payloads and always the same, or many varying ones with HYPOTHESIS_PROFILE=nightly.

    Each test gets its own settings, because a loaded profile would apply to every other test of the run too.
    """
    nightly = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
    return {
        "max_examples": _LONG if nightly else _BOUNDED,
        "derandomize": not nightly,
        "deadline": None,
        "print_blob": True,
    }


class Suite:
    """The fuzz tests of one event of a registry. `generated_from` is the name of the registry that the tests were generated from.

    Raises `Unreadable` for a registry with another name.
    """

    def __init__(self, registry: Registry, generated_from: str, event: str) -> None:
        if registry.name != generated_from:
            why = f"is {registry.name!r}, and these tests were generated from {generated_from!r}"
            raise Unreadable(
                "the registry of this run",
                why,
                "give pytest the folder of that tree: --signalbook-schemas DIR",
            )
        self._registry = registry
        self._event = event

    def __repr__(self) -> str:
        # Hypothesis prints the arguments of a failing test.
        return f"<fuzz tests of {self._event}>"

    def documented(self, version: str, draw: Draw) -> None:
        """Draw a documented payload and assert what `documented` asserts."""
        documented(self._drawn(version, draw, "documented"), self._registry)

    def tomorrow(self, version: str, draw: Draw) -> None:
        """Draw a "tomorrow" payload and assert what `tomorrow` asserts."""
        tomorrow(self._drawn(version, draw, "tomorrow"), self._registry)

    def broken(self, version: str, draw: Draw) -> None:
        """Draw a broken payload and assert what `broken` asserts."""
        broken(self._drawn(version, draw, "broken"), self._registry)

    def _drawn(self, version: str, draw: Draw, kind: Kind) -> Sample:
        return draw(strategies.payloads(self._event, version=version, kind=kind, registry=self._registry))


def documented(sample: Sample, registry: Registry) -> None:
    """Assert that both engines accept a documented payload, and that the types round-trip it. Raises AssertionError and `MissingModels`."""
    with _telling(sample):
        value = _arrived(sample)
        verdict, judged = walk_payload(value, registry, _request(sample, registry, "documented"))
        if (
            not verdict.ok
            or verdict.event != sample.event
            or any(one.version != sample.version for one in judged)
        ):
            raise _failure("its contract does not take it", verdict.findings)
        _has_a_second_opinion(sample, registry, value)
        for level in LEVELS:
            _is_given_back(sample, registry, value, level)


def tomorrow(sample: Sample, registry: Registry) -> None:
    """Assert that a "tomorrow" payload is identified, tolerated and parsed. If its event has a new name, assert only that the name is reported.

    Raises AssertionError and `MissingModels`.
    """
    with _telling(sample):
        value = _arrived(sample)
        verdict = check_payload(value, registry, _request(sample, registry, "tolerant"))
        identities = identify_payload(value, registry)
        if verdict.ok and (
            verdict.event != sample.event or any(one.event != sample.event for one in identities)
        ):
            raise _failure(f"it is taken for {verdict.event}", verdict.findings)
        if verdict.ok:
            _is_given_back(sample, registry, value, "tolerant")
        elif sample.name is None or {finding.rule for finding in verdict.errors} - UNIDENTIFIED:
            raise _failure("it is not tolerated", verdict.findings)
        elif verdict.name != sample.name or any(one.name != sample.name for one in identities):
            raise _failure(f"its new name, {sample.name!r}, is not told", verdict.findings)
        elif _parsed(sample, registry, value, "tolerant") is not None:
            raise _failure("it is parsed as an event that it is not", verdict.findings)


def broken(sample: Sample, registry: Registry) -> None:
    """Assert that the fault of a broken payload is found at its place, and that nothing crashes. Raises AssertionError and `MissingModels`."""
    with _telling(sample):
        value = _arrived(sample)
        verdicts = {
            level: check_payload(value, registry, _request(sample, registry, level)) for level in LEVELS
        }
        verdict = verdicts["documented"]
        if not sample.is_found_by(verdict):
            raise _failure(
                f"its fault is not found at {sample.fault.pointer or 'its root' if sample.fault else 'no place'}",
                verdict.findings,
            )
        identify_payload(value, registry)
        for level in LEVELS:
            if (_parsed(sample, registry, value, level) is not None) and not verdicts[level].ok:
                raise _failure(
                    f"it is parsed at the level {level}, at which it is {verdicts[level].status}",
                    verdicts[level].findings,
                )


def _request(sample: Sample, registry: Registry, level: Level) -> Request:
    return Request.pinned(registry.events[sample.event], sample.version, level)


def _arrived(sample: Sample) -> Any:
    """Return the value decoded from the bytes of a sample."""
    value = value_of(sample.data)
    if not _same(value, sample.value):
        raise _failure("its bytes do not say what was made", ())
    return value


def _has_a_second_opinion(sample: Sample, registry: Registry, value: Any) -> None:
    """Assert that the reference engine accepts each envelope and each body of a payload."""
    # An archived event may be in an archived envelope.
    version = ANY if _request(sample, registry, "documented").version else None
    for one in open_payload(value, registry):
        held = [
            (
                judge(layer.envelope, layer.value, layer.path, Request(version=version))[0],
                layer.value,
                layer.path,
            )
            for layer in one.wrappers
        ]
        held.append((registry.contract(sample.event, sample.version), one.body, one.path))
        for contract, inner, path in held:
            if errors := schema_validator.reference_errors(contract.resolved, inner):
                lines = [
                    f"{keyword} at {pointers.join(path) + pointer or 'its root'}"
                    for keyword, pointer in errors
                ]
                raise _failure(
                    f"the reference engine finds errors by {contract} where the deciding one finds none",
                    lines,
                )


def _parsed(sample: Sample, registry: Registry, value: Any, level: Level) -> tuple[Delivery, ...] | None:
    """Return what `signalbook.parse_all` returns, or None if it raises `ParseError`."""
    try:
        return parse_payload(
            value, registry, _request(sample, registry, level), naming.models_package(registry.name)
        )[1]
    except ParseError:
        return None


def _is_given_back(sample: Sample, registry: Registry, value: Any, level: Level) -> None:
    """Assert that a payload is parsed into the models of its version, and that they serialize to the same, still valid payload."""
    try:
        package = naming.models_package(registry.name)
        deliveries = parse_payload(value, registry, _request(sample, registry, level), package)[1]
    except ParseError as error:
        raise _failure(f"its types refuse it at the level {level}", error.verdict.findings) from None
    opened = open_payload(value, registry)
    if len(deliveries) != len(opened):
        raise _failure(f"of the {len(opened)} events it carries, {len(deliveries)} are parsed", ())
    for delivery, one in zip(deliveries, opened, strict=True):
        _is_the_model_of(sample, registry, delivery, package)
        _is_the_body(sample, registry, delivery, one, level)
        outermost = delivery.envelopes[0] if delivery.envelopes else delivery.body
        if not _same(outermost.to_payload(), value):
            raise _failure(
                f"{type(outermost).__name__} gives back something else",
                [strict_json.compact(outermost.to_payload())],
            )


def _is_the_model_of(sample: Sample, registry: Registry, delivery: Delivery, package: str) -> None:
    wanted = f"{package}.{naming.python_path(sample.event, sample.version, registry.events[sample.event].versions)}"
    found = f"{type(delivery.body).__module__}.{type(delivery.body).__qualname__}"
    if (delivery.event, delivery.version, found) != (sample.event, sample.version, wanted):
        raise _failure(
            f"it is read as {delivery.event}@{delivery.version} into {found}, and should be into {wanted}", ()
        )


def _is_the_body(
    sample: Sample, registry: Registry, delivery: Delivery, opened: Opened, level: Level
) -> None:
    given = delivery.body.to_payload()
    if not _same(given, opened.body):
        raise _failure(
            f"{type(delivery.body).__name__} gives back something else than its body",
            [strict_json.compact(given)],
        )
    findings = judge(registry.events[sample.event], given, opened.path, _request(sample, registry, level))[1]
    if has_errors(findings):
        raise _failure(f"what {type(delivery.body).__name__} gives back is not valid again", findings)


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are equal JSON: true is not 1, and the order of keys does not matter."""
    return strict_json.compact(_ordered(one)) == strict_json.compact(_ordered(other))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _failure(problem: str, findings: Iterable[Finding | str]) -> AssertionError:
    lines = [
        one
        if isinstance(one, str)
        else f"{one.severity} {one.rule} at {one.pointer or 'its root'}: {one.message}"
        for one in findings
    ]
    return AssertionError("\n".join([problem, *(f"    {safe(line[:_MOST_SHOWN])}" for line in lines)]))


@contextmanager
def _telling(sample: Sample) -> Iterator[None]:
    """Add a note to any exception: what the payload was, and why it was made."""
    try:
        yield
    except Exception as error:
        shown = terminal.json_lines(strict_json.compact(sample.value))
        lines = [
            f"event    {sample.event}@{sample.version}",
            f"through  {written(sample.route)}",
            f"kind     {sample.kind}",
            *(f"why      {why}" for why in sample.why or ("as an example shows it",)),
            f"payload  {shown[:_MOST_SHOWN]}{'…' if len(shown) > _MOST_SHOWN else ''}",
        ]
        error.add_note(terminal.lines(lines))
        raise
