"""Provides Hypothesis strategies for an event's payloads: documented ones, ones that may come tomorrow, and ones that are broken in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.engine import hypothesis_values
from signalbook.registry import Registry, default_registry
from signalbook.testing.sampler import KINDS, Sample, Sampler

if TYPE_CHECKING:
    from signalbook.engine.hypothesis_values import SearchStrategy
    from signalbook.testing.sampler import Choices, Kind

__all__ = ["Sample", "payloads", "sampler"]


def payloads(
    event: str,
    *,
    version: str | None = None,
    envelope: str | None = None,
    kind: Kind = "documented",
    registry: Registry | None = None,
) -> SearchStrategy[Sample]:
    """Return a strategy for payloads of an event, as `Sample`: `data` has the bytes that arrive, `value` the same as JSON, `why` the variations.

    `event` is the id of an event, or the provider's name for it. `version` is one of its versions, by default the newest.
    `envelope` selects what surrounds the event: the id of an envelope or its last part, several joined with +, outermost first
    ("mns-http+cloudmonitor"), or "bare" for no envelope. By default, payloads use every route that examples show, except dry runs.
    `kind` is "documented" (what the contract says), "tomorrow" (what a provider may send after a compatible change: unknown fields, new values in
    lists, missing optional fields, new event names, fields in another order) or "broken" (exactly one fault: `fault` says what and where).
    Drawn values shrink towards an unchanged example with one change.
    Raises `UnknownContract` for anything missing from the registry, ValueError for an unknown kind, `CannotSample` for a contract without payloads.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, and not {kind!r}")
    recipes = sampler(registry).recipes(event, version, envelope)

    def one(choices: Choices) -> Sample:
        return recipes[choices.integer(0, len(recipes) - 1)].sample(choices, kind)

    return hypothesis_values.made(one)


_SAMPLERS: dict[int, tuple[Registry, Sampler]] = {}


def sampler(registry: Registry | None = None) -> Sampler:
    """Return the sampler of a registry, by default the catalogue. Each registry has one sampler, because it caches what it tried."""
    using = registry or default_registry()
    # Keep the registry alive, so that its id is not reused.
    return _SAMPLERS.setdefault(id(using), (using, Sampler(using)))[1]
