"""Determines the routes on which an event arrives: which envelopes surround it, outermost first, and the examples that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import suggestions
from signalbook.envelopes.opener import open_payload
from signalbook.errors import CannotSample, UnknownContract
from signalbook.reading.strict_json import compact
from signalbook.registry import examples
from signalbook.testing.samples import written
from signalbook.testing.text_trees import changed, folded, text_paths, unfolded

if TYPE_CHECKING:
    from signalbook.registry import Contract, Envelope, Registry

Route = tuple[str, ...]
BARE = "bare"
_MOST_BODIES = 10


class Routes:
    """Knows the routes of a registry's events from the examples of deliveries, and finds or builds the payloads of a route."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._valid: dict[str, list[Any]] = {}
        self._read: dict[str, dict[Route, list[Any]]] = {}

    def documented(self, contract: Contract) -> list[Route]:
        """Return the routes that examples show, shortest first and bare last, then in the event's order, without those with masked values."""
        event = self._registry.events[contract.of]
        order = {envelope: place for place, envelope in enumerate(event.envelopes)}
        found = [
            route
            for route in self._delivered(contract)
            if not any(self._registry.envelopes[one].masked for one in route)
        ]
        found += [()] if self._bare(contract) else []
        return sorted(
            found,
            key=lambda route: (len(route) or len(order) + 2, order.get(route[-1] if route else "", 0), route),
        )

    def named(self, contract: Contract, text: str) -> Route:
        """Return the route that a text names: ids of envelopes, or their last parts, joined with +; `bare` for no envelope.

        An envelope that only carries payloads, like a queue, stands for the first route that begins with it.
        Raises `UnknownContract` and `CannotSample`.
        """
        if text == BARE or self._is_bare(contract, text):
            return ()
        route = tuple(self._envelope(contract, word) for word in text.split("+"))
        last = self._registry.envelopes[route[-1]]
        if last.holds != "event":
            begun = (known for known in self._known(contract) if known[: len(route)] == route)
            if not (found := next(begun, None)):
                raise CannotSample(
                    str(contract),
                    f"no example shows it in {text}",
                    f"write what stands around the event too: {text}+…",
                )
            return found
        event = self._registry.events[contract.of]
        if route[-1] not in event.envelopes or any(
            self._registry.envelopes[one].holds == "event" for one in route[:-1]
        ):
            known = ", ".join(written(one) for one in self._known(contract)) or "none that an example shows"
            raise CannotSample(str(contract), f"it does not arrive in {text}", f"its routes are {known}")
        return route

    def _known(self, contract: Contract) -> list[Route]:
        return [*self._delivered(contract), *([()] if self._bare(contract) else [])]

    def _is_bare(self, contract: Contract, text: str) -> bool:
        bare = self._bare(contract)
        return bare is not None and text in (bare.id, bare.id.partition("/")[2])

    def _bare(self, contract: Contract) -> Envelope | None:
        event = self._registry.events[contract.of]
        return next(
            (self._registry.envelopes[one] for one in event.envelopes if self._registry.envelopes[one].bare),
            None,
        )

    def _envelope(self, contract: Contract, word: str) -> str:
        whole = word if "/" in word else f"{contract.of.partition('/')[0]}/{word}"
        if whole not in self._registry.envelopes or self._registry.envelopes[whole].bare:
            raise UnknownContract(word, suggestions.nearest(whole, self._registry.envelopes))
        return whole

    def outermost(self, contract: Contract, route: Route) -> Envelope:
        """Return the envelope that arrives: the first of a route, or the bare form. Raises `CannotSample` if the event never arrives bare."""
        found = self._registry.envelopes[route[0]] if route else self._bare(contract)
        if found is None:
            raise CannotSample(
                str(contract),
                "it never arrives bare",
                f"its routes are {', '.join(map(written, self._known(contract)))}",
            )
        return found

    def examples(self, contract: Contract, route: Route) -> list[Any]:
        """Return payloads of a route: the deliveries that examples show, and the first of them with each of the other valid bodies."""
        bodies = self._bodies(contract)
        if not route:
            return bodies
        found = self._delivered(contract).get(route, [])
        frames = found[:1] or self._put_together(contract, route)
        carried = {compact(opened.body) for value in found for opened in open_payload(value, self._registry)}
        return [
            *found,
            *(self._carrying(frames[0], body) for body in bodies if frames and compact(body) not in carried),
        ]

    def _bodies(self, contract: Contract) -> list[Any]:
        key = str(contract)
        if key not in self._valid:
            found = sorted(
                examples.of(self._registry, contract, "valid"),
                key=lambda one: (one.words[0] != "realistic", one.words[0] != "minimal"),
            )
            self._valid[key] = list(examples.readable(found[:_MOST_BODIES]))
        return self._valid[key]

    def _delivered(self, contract: Contract) -> dict[Route, list[Any]]:
        """Return the deliveries of a contract by route, those without a label first: they are complete, while printed ones may be masked."""
        key = str(contract)
        if key not in self._read:
            self._read[key] = {}
            found = sorted(
                examples.of(self._registry, contract, "delivered"),
                key=lambda one: (len(one.words) > 1, one.words),
            )
            for value in examples.readable(found):
                route = tuple(layer.envelope.id for layer in open_payload(value, self._registry)[0].wrappers)
                self._read[key].setdefault(route, []).append(value)
        return self._read[key]

    def _put_together(self, contract: Contract, route: Route) -> list[Any]:
        """Build a payload of a route that no example of this event shows, from examples of its parts; empty if a part has no example."""
        inner = [
            value
            for known, values in self._delivered(contract).items()
            if known[-1:] == route[-1:]
            for value in values
        ][:1]
        bodies = self._bodies(contract)
        if not inner and bodies:
            others = [
                one
                for event in self._registry.events.values()
                if event.id != contract.of
                for one in [event.newest]
            ]
            inner = [
                value
                for one in others
                for known, values in self._delivered(one).items()
                if known[-1:] == route[-1:]
                for value in values
            ][:1]
            inner = [self._carrying(inner[0], bodies[0])] if inner else []
        value = self._inside(inner[0], route[-1]) if inner else None
        for carrier in reversed(route[:-1]):
            around = self._around(carrier)
            if value is None or around is None:
                return []
            value = self._carrying(around, value, self._registry.envelopes[carrier])
        return [] if value is None else [value]

    def _inside(self, value: Any, envelope_id: str) -> Any:
        """Return the part of a payload that begins with an envelope."""
        return next(
            (
                layer.value
                for layer in open_payload(value, self._registry)[0].wrappers
                if layer.envelope.id == envelope_id
            ),
            None,
        )

    def _around(self, carrier: str) -> Any:
        """Return a payload that begins with a carrier: of any event, or the carrier's own example."""
        for event in self._registry.events.values():
            for known, values in self._delivered(event.newest).items():
                if known[0:1] == (carrier,):
                    return values[0]
        return next(
            examples.readable(examples.of(self._registry, self._registry.envelopes[carrier].newest, "valid")),
            None,
        )

    def _carrying(self, value: Any, what: Any, carrier: Envelope | None = None) -> Any:
        """Return a payload with the first body that it carries replaced, or with everything that a carrier holds replaced."""
        opened = open_payload(value, self._registry)[0]
        path = opened.path
        if carrier:
            layer = next(layer for layer in opened.layers if layer.envelope is carrier)
            path = (*layer.path, *(0 if step == "*" else step for step in carrier.at))
        tree, folds = unfolded(
            value,
            text_paths(value, [(*path, *([next(iter(opened.body))] if not carrier and opened.body else []))]),
        )
        if carrier and path[len(opened.layers[0].path) :] and carrier.decode:
            folds.add(path, spaced=False)
        return folded(changed(tree, path, lambda _: what), folds)
