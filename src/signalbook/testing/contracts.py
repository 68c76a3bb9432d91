"""Tests your handlers: `contract` turns one into a property test.

`handler_contract` is the test, `calls` calls the handler, and `tracing` records what it reads.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from signalbook.engine import hypothesis_values
from signalbook.testing.calls import FORMS, Handler
from signalbook.testing.handler_contract import Promise
from signalbook.testing.sampler import KINDS
from signalbook.testing.stored_payloads import PassedOver
from signalbook.testing.strategies import sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from signalbook.registry import Registry
    from signalbook.testing.calls import Form
    from signalbook.testing.sampler import Kind, Sample

__all__ = ["MARK", "PassedOver", "Promise", "contract"]

MARK = "signalbook_promise"
"""Attribute in which a test carries its promise."""

Test = TypeVar("Test", bound="Callable[..., Any]")


def contract(  # noqa: PLR0913 - independent keyword arguments
    event: str,
    *,
    kinds: Iterable[Kind] = KINDS,
    envelopes: Iterable[str] | str | None = None,
    version: str | None = None,
    raises: type[Exception] | tuple[type[Exception], ...] = (),
    payload: Form | None = None,
    registry: Registry | None = None,
) -> Callable[[Test], Test]:
    """Return a decorator that turns a handler, or a test that calls one, into a property test; `signalbook.contract` documents it."""
    wanted = tuple(kinds)
    if not wanted or not set(wanted) <= set(KINDS):
        raise ValueError(
            f"kinds are some of {', '.join(KINDS)}, and not {', '.join(map(repr, wanted)) or 'none'}"
        )
    if payload is not None and payload not in FORMS:
        raise ValueError(f"payload is one of {', '.join(FORMS)}, and not {payload!r}")
    makes = sampler(registry)
    routes: list[str | None] = [envelopes] if isinstance(envelopes, str) else [*(envelopes or [])] or [None]
    recipes = [recipe for route in routes for recipe in makes.recipes(event, version, route)]
    declared = raises if isinstance(raises, tuple) else (raises,)

    def decorate(function: Test) -> Test:
        handler = Handler(function, payload)
        promise = Promise(recipes, wanted, handler, declared, makes.registry)
        tested: Test = _tested(function, promise)
        return tested

    return decorate


def _tested(function: Test, promise: Promise) -> Any:
    name = promise.handler.name

    @wraps(function)
    def test(*instance: Any, **arguments: Any) -> None:
        sample: Sample = arguments.pop(name)
        promise.keep(sample, {**arguments, **({"self": instance[0]} if instance else {})})

    found = hypothesis_values.tested(test, name, hypothesis_values.made(promise.drawn))
    setattr(found, MARK, promise)
    return found
