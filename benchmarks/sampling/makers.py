"""The ways to make payloads that are compared: each yields batches of values, and says what of them keeps the contract."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import hypothesis

import signalbook
from signalbook.codegen import bundles
from signalbook.engine import hypothesis_values, schema_validator
from signalbook.envelopes.opener import open_payload
from signalbook.testing import strategies
from signalbook.testing.sampler import Sample, Sampler, seeded

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from signalbook import Registry
    from signalbook.registry import Contract


@dataclass(frozen=True)
class Maker:
    """One way to make values of a contract: its name, what it makes, how it starts, and whether a value keeps the contract and is known as the event.

    `start` returns the function that makes a batch: its number, how many values at most, and the seconds after which it stops. Starting belongs to the time that is measured, as a test pays for it too.
    """

    name: str
    makes: str
    start: Callable[[], Callable[[int, int, float], list[Any]]]
    is_valid: Callable[[Any], bool]
    is_known: Callable[[Any], bool] | None


class _OutOfTime(KeyboardInterrupt):
    """Ends a run: Hypothesis lets an interruption through, and takes any other exception for a failure to make smaller."""


def makers(registry: Registry, contract: Contract) -> list[Maker]:
    """Return what is compared for a contract of an event: two of ours, and hypothesis-jsonschema for the body and for the whole delivery."""
    event = registry.events[contract.of]
    envelope = next(registry.envelopes[one] for one in event.envelopes if not registry.envelopes[one].bare)
    bundle = bundles.bundle(contract, envelope)

    def is_known(data: Any) -> bool:
        return signalbook.check(data, registry=registry).event == contract.of

    def keeps(sample: Sample) -> bool:
        return signalbook.check(sample.data, registry=registry).ok and not _errors(sample, registry)

    def recipes() -> Callable[[int, int, float], list[Any]]:
        # A sampler of its own, so that what it finds out is not a gift to the strategy.
        ours = Sampler(registry).recipes(contract.of)
        return lambda batch, count, _: list(seeded(ours, "documented", batch, count))

    return [
        Maker(
            "signalbook, by a seed",
            "deliveries as bytes",
            recipes,
            keeps,
            lambda sample: is_known(sample.data),
        ),
        Maker(
            "signalbook.strategies",
            "deliveries as bytes",
            lambda: _by_hypothesis(strategies.payloads(contract.of, registry=registry)),
            keeps,
            lambda sample: is_known(sample.data),
        ),
        Maker(
            "hypothesis-jsonschema",
            "bodies as values",
            lambda: _by_hypothesis(hypothesis_values.drawn(contract.resolved)),
            lambda value: not schema_validator.reference_errors(contract.resolved, value),
            None,
        ),
        Maker(
            "hypothesis-jsonschema",
            f"values in {envelope.id.partition('/')[2]}",
            lambda: _by_hypothesis(hypothesis_values.drawn(bundle)),
            lambda value: not schema_validator.reference_errors(bundle, value),
            is_known,
        ),
    ]


def _errors(sample: Sample, registry: Registry) -> list[tuple[str, str]]:
    """Return what the reference engine says of the envelopes and the bodies of a payload."""
    found = []
    for opened in open_payload(sample.value, registry):
        parts = [(layer.envelope.newest, layer.value) for layer in opened.wrappers]
        parts += [(opened.event.newest, opened.body)] if opened.event else []
        found += [
            error
            for contract, value in parts
            for error in schema_validator.reference_errors(contract.resolved, value)
        ]
    return found


def _by_hypothesis(strategy: SearchStrategy[Any]) -> Callable[[int, int, float], list[Any]]:
    """Return what runs a property test that asks nothing, and gives back what it was given."""

    def batch(number: int, count: int, seconds: float) -> list[Any]:
        found: list[Any] = []
        end = perf_counter() + seconds

        @hypothesis.seed(number)
        @hypothesis.settings(
            max_examples=count,
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(value=strategy)
        def run(value: Any) -> None:
            found.append(value)
            if perf_counter() > end:
                raise _OutOfTime

        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # of patterns that Python does not know: what is drawn is checked afterwards
                run()
        except _OutOfTime:
            pass
        return found

    return batch
