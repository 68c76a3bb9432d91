"""The short way of a payload that keeps its contracts: the verdict that `walk` would give it, without the reasons.

Nearly all payloads of a stream are valid and of a few kinds. What those of a kind have in common is found out once, by `learning`, and kept: which
event the names in them mean, which contracts decide, what the verdict is. Whatever is not plainly valid is left to `walk`, which says why.
`tests/test_express.py` holds both ways against each other; where they disagree, `walk` is right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from signalbook import attributes, naming
from signalbook.engine.together import spread
from signalbook.express.learning import Learner, Way
from signalbook.findings import Part, together
from signalbook.judging import PAYLOAD

if TYPE_CHECKING:
    from signalbook.express.learning import Kind, Step
    from signalbook.findings import Verdict
    from signalbook.judging import Request
    from signalbook.registry import Registry

_NEW: Any = object()


class Express:
    """The verdicts on valid payloads of one registry, checked as one request says."""

    def __init__(self, registry: Registry, request: Request) -> None:
        # An event that the caller names is held against anything, and a payload's own day has to be read out of it.
        self._is_usable = request.event is None and request.at != PAYLOAD
        self._learner = Learner(registry, request)
        self._accepts = self._learner.checkers.accept

    def verdict(self, payload: Any) -> Verdict | None:
        """Return the verdict on a payload, without its place in a file, if it is valid and nothing is to be said of it; else None.

        Payloads of one kind have one verdict, the same object, but for those that carry several events.
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
        """Return the verdict on a value if all that is `gathered` of it, by the name of what checks it, is accepted."""
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
                # The same envelope inside itself: one name cannot stand for two values.
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
        """Return the verdict on an envelope with a list, if each thing in it is one event."""
        if type(items) is not list:
            return None
        found = [self._decided(step.slot(item) if type(item) is dict else None, way) for item in items]
        before = self._learner.path_before(step.chain)
        if len(found) == 1:
            return found[0] and _below(naming.pointer((*before, *step.path(0))), found[0])
        parts: list[Part] = []
        for place, one in enumerate(found):
            if one is None or one.parts:
                return None
            pointer = naming.pointer((*before, *step.path(place), *self._learner.path_inside(one.envelopes[len(way.chain) :])))
            parts.append(Part(pointer, one.event, one.name, one.version, one.envelopes, one.status))
        return together(tuple(parts)) if parts else None


def _below(pointer: str, verdict: Verdict) -> Verdict:
    """Return the verdict on a payload of which the only thing inside, at a place, has this one."""
    if not verdict.parts:
        return verdict
    return replace(verdict, parts=tuple(part._replace(pointer=pointer + part.pointer) for part in verdict.parts))
