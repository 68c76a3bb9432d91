"""The payloads of the benchmark: every event of the catalogue, on every route on which it arrives."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.validating.plan import FULL
from signalbook.codegen import bundles
from signalbook.reading.strict_json import compact
from signalbook.testing.sampler import Sampler, Seeded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook import Registry
    from signalbook.engine.levels import Schema
    from signalbook.testing.sampler import Kind, Recipe

SEED = 8


@dataclass(frozen=True, slots=True)
class Payload:
    """One payload: its JSON text on one line, the event it was made from, the envelopes around it from the outside in, and whether it is broken.

    `whole` says whether one schema can describe all of it.
    """

    text: str
    event: str
    route: tuple[str, ...]
    whole: bool
    broken: bool


def pool(
    registry: Registry, *, distinct: int = FULL.distinct, broken: float = 0.0, seed: int = SEED
) -> list[Payload]:
    """Return so many payloads, of all events on all their routes in turn, of which the share `broken` has one fault each. Making one takes 3 ms.

    Equal seeds make equal payloads. With `distinct` of at least 1,000 every event and every route is there.
    """
    recipes = _recipes(registry)
    faulty = round(distinct * broken)
    found = [
        *_made(recipes, "documented", distinct - faulty, seed),
        *_made(_mixed(recipes, seed), "broken", faulty, seed),
    ]
    random.Random(seed).shuffle(found)  # noqa: S311 - an order that can be had again, no secret
    return found


def repeated(found: list[Payload], count: int, seed: int = SEED) -> Iterator[Payload]:
    """Yield so many payloads: all of them, again and again, each time in another order."""
    order = random.Random(seed)  # noqa: S311
    for done in range(0, count, len(found)):
        again = order.sample(found, len(found))
        yield from again[: count - done]


def _recipes(registry: Registry) -> list[Recipe]:
    sampler = Sampler(registry)
    return [recipe for event in registry.events for recipe in sampler.recipes(event)]


def _mixed(recipes: list[Recipe], seed: int) -> list[Recipe]:
    # A few broken ones are to be of all providers and not of the first.
    return random.Random(seed).sample(recipes, len(recipes))  # noqa: S311


def _made(recipes: list[Recipe], kind: Kind, count: int, seed: int) -> Iterator[Payload]:
    for number in range(count):
        recipe = recipes[number % len(recipes)]
        made = recipe.sample(Seeded(f"{seed} {number}"), kind)
        event, outermost = recipe.contract.of, recipe.outermost
        # What lies in a string as JSON text is beyond a schema of draft-07.
        whole = outermost.bare or (outermost.holds == "event" and not outermost.decode)
        yield Payload(compact(made.value), event, recipe.route, whole, kind == "broken")


def schema(registry: Registry, one: Payload) -> Schema:
    """Return one self-contained schema for a payload: of its body, or of the delivery in its outermost envelope, without what lies in its text."""
    outermost = registry.envelopes[one.route[0]] if one.route else None
    if outermost and outermost.holds != "event":
        return bundles.bundle(outermost.newest)
    return bundles.bundle(registry.contract(one.event), outermost)


def nearest(found: list[Payload], size: int) -> Payload:
    """Return the sound payload whose text is nearest to so many bytes; one that is whole, where the nearest of those is off by a tenth at most."""

    def off(one: Payload) -> int:
        return abs(len(one.text.encode()) - size)

    sound = sorted((one for one in found if not one.broken), key=off)
    return next((one for one in sound if one.whole and off(one) * 10 <= size), sound[0])


def of_one_kind(found: list[Payload]) -> list[Payload]:
    """Return the sound payloads of the event and the route that occur most, so that one schema, which is all that others take, does for all of them."""
    whole = [one for one in found if one.whole and one.route and not one.broken]
    most = Counter((one.event, one.route) for one in whole).most_common(1)[0][0]
    return [one for one in whole if (one.event, one.route) == most]
