"""Fast path for payloads of a kind that was seen before: returns the verdict that `validator` would return.

Nearly all payloads of a stream are valid and of a few kinds. `payload_kinds` learns once what the payloads of a kind have in common, and caches it:
which event they name, which contracts apply, and what the verdict on a valid one is. Then the engine only has to accept the values. Only if it does
not, `contracts` looks for the problems. Every payload whose kind cannot be told from a few values goes to `validator`.
`tests/validation/test_fast_path.py` compares both paths; if they disagree, `validator` is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine.combined import spread
from signalbook.reading import pointers
from signalbook.validation import unknown_fields
from signalbook.validation.contracts import PAYLOAD, judge, status_of
from signalbook.validation.findings import Part, Verdict, together
from signalbook.validation.payload_kinds import Content, Learner, Outcome

if TYPE_CHECKING:
    from signalbook.engine.schema_validator import Checker
    from signalbook.registry import Registry
    from signalbook.validation.contracts import Request
    from signalbook.validation.findings import Finding
    from signalbook.validation.payload_kinds import Kind, Step
    from signalbook.validation.unknown_fields import Layer

_NEW: Any = object()


class FastPath:
    """Returns verdicts on payloads of known kinds, for one registry and one request. Threads may share it."""

    def __init__(self, registry: Registry, request: Request) -> None:
        # A requested event applies to every kind of payload, and the day has to be read from each payload, so neither can be cached by kind.
        self._is_usable = request.event is None and request.at != PAYLOAD
        self._level = request.level
        self._learner = Learner(registry, request)
        self._accepts = self._learner.checkers.accept

    def verdict(self, payload: Any) -> Verdict | None:
        """Return the verdict on a payload, without places in a file, or None if `validator` has to find out what the payload is.

        Payloads of one kind share the same verdict object, except those that have problems or carry several events.
        """
        if not self._is_usable:
            return None
        gathered: dict[str, Any] = {}
        outcome = self._follow(payload, self._learner.start, gathered)
        if outcome is None:
            return None
        return outcome.verdict if self._accepts(gathered) else self._with_problems(outcome, gathered)

    def opened(self, payload: Any) -> tuple[Verdict, list[tuple[Layer, Any]]] | None:
        """Return the verdict on a payload and the values of its envelopes and its body, from the outside in, if it carries one event; else None.

        Returns None wherever `verdict` does, and for a payload whose values are masked or in Base64.
        """
        gathered: dict[str, Any] = {}
        outcome = self._follow(payload, self._learner.start, gathered) if self._is_usable else None
        if outcome is None or outcome.layers is None:
            return None
        accepted = self._accepts(gathered)
        verdict = outcome.verdict if accepted else self._with_problems(outcome, gathered)
        if verdict is None:
            return None
        return verdict, [(layer, gathered[layer.name]) for layer in outcome.layers]

    def _with_problems(self, outcome: Outcome, gathered: dict[str, Any]) -> Verdict | None:
        """Return the verdict on a payload with values that the checkers reject."""
        if outcome.layers is None:
            return None
        verdict = outcome.verdict
        unknown = unknown_fields.findings(outcome.layers, gathered, self._accepts, self._level)
        if unknown is not None:
            return verdict.with_findings((*unknown, *verdict.findings))
        findings: list[Finding] = []
        version = verdict.version
        for layer in outcome.layers:
            contract, found = judge(layer.what, gathered[layer.name], layer.path, layer.request)
            findings += found
            version = contract.version
        return Verdict(
            status_of(findings), verdict.event, verdict.name, version, verdict.envelopes, tuple(findings)
        )

    def _follow(self, value: Any, content: Content, gathered: dict[str, Any]) -> Outcome | None:
        """Return the outcome that applies if the checkers accept all values that this adds to `gathered`, by the name of the checker."""
        lists: tuple[Step, ...] = ()
        while type(value) is dict:
            keys = tuple(value)
            shape = content.shapes.get(keys) or self._learner.shape(content, keys)
            inner = shape.inner(value) if shape.inner else value
            seen = shape.read(value, inner)
            step = shape.steps.get(seen, _NEW)
            if step is _NEW:
                step = self._learner.step(shape, seen, value, content)
            if step is None:
                return None
            if step.checker and not _gather(step.checker, step.name, value, inner, gathered):
                return None
            if step.below is None:
                return self._event(value, inner, step, gathered)
            source = inner if step.is_inner else value
            content = step.below
            if step.items:
                items = step.items(source)
                if type(items) is not list or len(items) != 1 or type(items[0]) is not dict:
                    return self._several(items, step, content, lists)
                source = items[0]
                lists += (step,)
            value = step.slot(source)
        return None

    def _event(
        self, value: dict[str, Any], inner: dict[str, Any], step: Step, gathered: dict[str, Any]
    ) -> Outcome | None:
        texts = step.texts(value, inner)
        kind: Kind | None = step.kinds.get(texts, _NEW)
        if kind is _NEW:
            kind = self._learner.kind(step, texts)
        if kind is None:
            return None
        for is_known in kind.attributes:
            if not is_known(value, inner):
                return None
        body = step.slot(inner if step.is_inner else value)
        if type(body) is not dict or not _gather(kind.checker, kind.name, body, None, gathered):
            return None
        return kind.outcome

    def _several(self, items: Any, step: Step, content: Content, lists: tuple[Step, ...]) -> Outcome | None:
        """Return the verdict on an envelope with a list, if each item is one event. `lists` are the lists around it, of one item each."""
        if type(items) is not list:
            return None
        found = [self._item(step.slot(item), content) if type(item) is dict else None for item in items]
        before = "".join(self._pointer(outer, 0) for outer in lists)
        parts: list[Part] = []
        for place, one in enumerate(found):
            if one is None or one.parts:
                return None
            inside = self._learner.path_inside(one.envelopes[len(content.chain) :])
            pointer = f"{before}{self._pointer(step, place)}{pointers.join(inside)}"
            parts.append(Part(pointer, one.event, one.name, one.version, one.envelopes, one.status))
        return Outcome(together(tuple(parts)), None) if parts else None

    def _pointer(self, step: Step, place: int) -> str:
        """Return the pointer to the content of an item of a list, from the item of the list around it."""
        return pointers.join((*self._learner.path_before(step.chain), *step.path(place)))

    def _item(self, value: Any, content: Content) -> Verdict | None:
        gathered: dict[str, Any] = {}
        outcome = self._follow(value, content, gathered)
        return outcome.verdict if outcome and self._accepts(gathered) else None


def _gather(checker: Checker, name: str, value: Any, inner: Any, gathered: dict[str, Any]) -> bool:
    """Gather the value that a checker validates under its name. Returns False for JSON text that cannot be parsed, and for a second value."""
    # An envelope may be nested in itself, and a name can hold only one value.
    if name in gathered:
        return False
    if not checker.inside:
        gathered[name] = value
        return True
    return spread(checker, name, value, gathered, None if inner is value else inner)
