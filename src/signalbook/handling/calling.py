"""How a handler is called: with bytes, text, JSON or the sample itself, as its first parameter says; what came of it, and what it read."""

from __future__ import annotations

import asyncio
import inspect
import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from signalbook.handling.tracing import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook.sampling import Sample

__tracebackhide__ = True  # what a failing handler shows is the handler

Form = Literal["json", "bytes", "text", "sample"]
FORMS: tuple[Form, ...] = get_args(Form)
"""json: the payload as `json.loads` returns it. bytes: as it arrives. text: the same as a str. sample: the `Sample`, with all that is known of it."""

_SAYS: tuple[tuple[str, Form], ...] = (
    (r"bytes|bytearray|memoryview|Buffer", "bytes"),
    (r"str", "text"),
    (r"(\w+\.)*Sample", "sample"),
    (r"dict\b.*|Dict\b.*|(Mutable)?Mapping\b.*|Any|(\w+\.)*Any|Json\w*|(typing|collections\.abc)\..*Mapping.*", "json"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one call: the exception, or None; the trace of what was read, or None where it could not be watched."""

    error: Exception | None
    trace: Trace | None


class Handler:
    """A handler and how it is called; `form` says what it takes, None lets its annotation or a first try decide."""

    def __init__(self, function: Callable[..., Any], form: Form | None) -> None:
        self.function = function
        self.name = first_parameter(function)
        self.form: Form | None = form or said(function, self.name)
        self._watches = True

    def settle(self, example: Sample, arguments: dict[str, Any]) -> None:
        """Find out what a handler takes that does not say it: the first form of an example with which it does not fail, else JSON."""
        if self.form is None:
            tries: tuple[Form, ...] = ("json", "bytes", "text")
            self.form = next((form for form in tries if self._plain(example, form, arguments) is None), "json")

    def call(self, sample: Sample, arguments: dict[str, Any]) -> Outcome:
        """Call the handler, watched. What it raises when it is watched counts only where it raises without that too."""
        form = self.form or "json"
        if self._watches and form != "sample":
            trace = Trace(sample.value)
            with trace.watching():
                error = self._run(trace.whole() if form == "json" else given(sample, form), arguments)
            if error is None:
                return Outcome(None, trace)
            plain = self._plain(sample, form, arguments)
            if plain is not None:
                return Outcome(plain, trace)
            self._watches = False  # it minds that dicts are of another class: from now on it gets plain ones
        return Outcome(self._plain(sample, form, arguments), None)

    def _plain(self, sample: Sample, form: Form, arguments: dict[str, Any]) -> Exception | None:
        return self._run(given(sample, form), arguments)

    def _run(self, payload: Any, arguments: dict[str, Any]) -> Exception | None:
        try:
            result = self.function(**{**arguments, self.name: payload})
            if inspect.isawaitable(result):
                asyncio.run(_awaited(result))
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is what is looked for
            return error
        return None


async def _awaited(result: Any) -> None:
    await result


def given(sample: Sample, form: Form) -> Any:
    """Return a sample as a handler takes it. JSON is a copy, so that a handler may change it."""
    match form:
        case "bytes":
            return sample.data
        case "text":
            return sample.text
        case "json":
            return deepcopy(sample.value)
        case "sample":
            return sample


def first_parameter(function: Callable[..., Any]) -> str:
    """Return the name of the parameter that takes the payload: `payload` or `sample` where there is one, else the first. Raises TypeError for none."""
    names = [name for name, one in inspect.signature(function).parameters.items() if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    if not names:
        raise TypeError(f"{getattr(function, '__qualname__', function)} takes no payload: give it a parameter")
    if names[0] in ("self", "cls") and len(names) > 1:
        names = names[1:]
    return next((name for name in ("payload", "sample") if name in names), names[0])


def said(function: Callable[..., Any], name: str) -> Form | None:
    """Return what a handler takes, as the annotation of a parameter says; None where it says nothing that is known."""
    note = inspect.signature(function).parameters[name].annotation
    text = note if isinstance(note, str) else "" if note is inspect.Parameter.empty else getattr(note, "__name__", str(note))
    return form_of(text)


def form_of(annotation: str) -> Form | None:
    """Return the form of a payload that an annotation means, or None."""
    return next((form for pattern, form in _SAYS if re.fullmatch(pattern, annotation.strip())), None)
