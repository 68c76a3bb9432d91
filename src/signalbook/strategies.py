"""Hypothesis strategies for the payloads of an event: what is documented, what may come tomorrow, and what is broken in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook import drawing
from signalbook.registry import Registry, default_registry
from signalbook.sampling import KINDS, Sample, Sampler

if TYPE_CHECKING:
    from signalbook.drawing import SearchStrategy
    from signalbook.sampling import Choices, Kind

__all__ = ["Sample", "payloads", "sampler"]


def payloads(
    event: str, *, version: str | None = None, envelope: str | None = None, kind: Kind = "documented", registry: Registry | None = None
) -> SearchStrategy[Sample]:
    """Return a strategy for payloads of an event, as `Sample`: `data` are the bytes as they arrive, `value` the same as JSON, `why` what is special.

    `event` is the id of an event, or the provider's name for it; `version` one of its versions, else the newest.
    `envelope` says what stands around it: the id of an envelope or its last word, several with + between them from the outside in
    ("mns-http+cloudmonitor"), or "bare" for nothing; without it, payloads come on every route that examples show, but for dry runs.
    `kind` is "documented" (what the contract says), "tomorrow" (what a provider may send after a compatible change: unknown fields, new values in
    lists, optional fields missing, new names of events, fields in another order) or "broken" (exactly one fault: `fault` says what and where).
    Drawn values shrink towards an example as it stands with one thing changed.
    Raises `UnknownContract` for what the registry does not hold, ValueError for another kind, `CannotSample` for a contract that cannot be honoured.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, and not {kind!r}")
    recipes = sampler(registry).recipes(event, version, envelope)

    def one(choices: Choices) -> Sample:
        return recipes[choices.integer(0, len(recipes) - 1)].sample(choices, kind)

    return drawing.made(one)


_SAMPLERS: dict[int, tuple[Registry, Sampler]] = {}


def sampler(registry: Registry | None = None) -> Sampler:
    """Return what makes the payloads of a registry, the catalogue's without one: always the same, because it remembers what it tried."""
    using = registry or default_registry()
    # The registry is kept too, so that its id stays its own.
    return _SAMPLERS.setdefault(id(using), (using, Sampler(using)))[1]
