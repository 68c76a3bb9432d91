"""Fast path for valid payloads: returns the verdict that `validator` would return, without collecting reasons.

Nearly all payloads of a stream are valid and of a few kinds. `payload_kinds` learns once what the payloads of a kind have in common, and caches it:
which event they name, which contracts apply, and what the verdict is. Every other payload goes to `validator`, which reports what is wrong with it.
`tests/validation/test_express.py` compares both paths; if they disagree, `validator` is right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from signalbook.engine.combined import spread
from signalbook.reading import pointers
from signalbook.validation import attributes
from signalbook.validation.contracts import PAYLOAD
from signalbook.validation.findings import Part, together
from signalbook.validation.payload_kinds import Learner, Way

if TYPE_CHECKING:
    from signalbook.registry import Registry
    from signalbook.validation.contracts import Request
    from signalbook.validation.findings import Verdict
    from signalbook.validation.payload_kinds import Kind, Step

_NEW: Any = object()


class Express:
    """Returns verdicts on valid payloads, for one registry and one request."""

    def __init__(self, registry: Registry, request: Request) -> None:
        # A requested event applies to every kind of payload, and the day has to be read from each payload, so neither can be cached by kind.
        self._is_usable = request.event is None and request.at != PAYLOAD
        self._learner = Learner(registry, request)
        self._accepts = self._learner.checkers.accept

    def verdict(self, payload: Any) -> Verdict | None:
        """Return the verdict on a payload, without its place in a file, if the payload is valid and has no findings; else None.

        Payloads of one kind share the same verdict object, except those that carry several events.
        """
        if not self._is_usable:
            return None
        gathered: dict[str, Any] = {}
        verdict = self._follow(payload, self._learner.start, gathered)
        return verdict if verdict and self._accepts(gathered) else None

    def _decided(self, value: Any, way: Way) -> Verdict | None:
        gathered: dict[str, Any] = {}
        verdict = self._follow(value, way, gathered)
        return verdict if verdict and self._accepts(gathered) else None

    def _follow(self, value: Any, way: Way, gathered: dict[str, Any]) -> Verdict | None:
        """Return the verdict that applies if the checkers accept all values that this adds to `gathered`, by the name of the checker."""
        while type(value) is dict:
            keys = tuple(value)
            form = way.forms.get(keys) or self._learner.form(way, keys)
            seen = form.look(value) if form.look else None
            step = form.steps.get(seen, _NEW)
            if step is _NEW:
                step = self._learner.step(form, seen, value, way)
            if step is None:
                return None
            if step.checker:
                # The envelope is nested in itself, and a name can hold only one value.
                if step.name in gathered:
                    return None
                if not step.checker.inside:
                    gathered[step.name] = value
                elif not spread(step.checker, step.name, value, gathered):
                    return None
            if step.below is None:
                return self._event(value, step, gathered)
            if step.items:
                return self._several(step.items(value), step, step.below)
            value, way = step.slot(value), step.below
        return None

    def _event(self, value: Any, step: Step, gathered: dict[str, Any]) -> Verdict | None:
        texts = step.texts(value)
        kind: Kind | None = step.kinds.get(texts, _NEW)
        if kind is _NEW:
            kind = self._learner.kind(step, texts)
        if kind is None or (kind.attributes and not attributes.are_known(kind.event, kind.attributes, value)):
            return None
        body = step.slot(value)
        if type(body) is not dict:
            return None
        if not kind.checker.inside:
            gathered[kind.name] = body
        elif not spread(kind.checker, kind.name, body, gathered):
            return None
        return kind.verdict

    def _several(self, items: Any, step: Step, way: Way) -> Verdict | None:
        """Return the verdict on an envelope with a list, if each item is one event."""
        if type(items) is not list:
            return None
        found = [self._decided(step.slot(item) if type(item) is dict else None, way) for item in items]
        before = self._learner.path_before(step.chain)
        if len(found) == 1:
            return found[0] and _below(pointers.join((*before, *step.path(0))), found[0])
        parts: list[Part] = []
        for place, one in enumerate(found):
            if one is None or one.parts:
                return None
            pointer = pointers.join(
                (*before, *step.path(place), *self._learner.path_inside(one.envelopes[len(way.chain) :]))
            )
            parts.append(Part(pointer, one.event, one.name, one.version, one.envelopes, one.status))
        return together(tuple(parts)) if parts else None


def _below(pointer: str, verdict: Verdict) -> Verdict:
    """Return the verdict on a payload whose only item, at `pointer`, has this verdict."""
    if not verdict.parts:
        return verdict
    return replace(
        verdict, parts=tuple(part._replace(pointer=pointer + part.pointer) for part in verdict.parts)
    )
