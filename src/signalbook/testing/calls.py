"""Calls a handler with bytes, text, JSON or the sample itself, as its first parameter asks, and records the result and what it read."""

from __future__ import annotations

import asyncio
import inspect
import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from signalbook.testing.tracing import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook.testing.sampler import Sample

__tracebackhide__ = True  # tracebacks of failing handlers show only the handler

Form = Literal["json", "bytes", "text", "sample"]
FORMS: tuple[Form, ...] = get_args(Form)
"""Forms of a payload that a handler can take.

json: the payload as `json.loads` returns it. bytes: as it arrives. text: the same as a str. sample: the `Sample` with all its metadata.
"""

_SAYS: tuple[tuple[str, Form], ...] = (
    (r"bytes|bytearray|memoryview|Buffer", "bytes"),
    (r"str", "text"),
    (r"(\w+\.)*Sample", "sample"),
    (
        r"dict\b.*|Dict\b.*|(Mutable)?Mapping\b.*|Any|(\w+\.)*Any|Json\w*|(typing|collections\.abc)\..*Mapping.*",
        "json",
    ),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one call: the exception, or None; the trace of what was read, or None if it could not be traced."""

    error: Exception | None
    trace: Trace | None


class Handler:
    """A handler and how to call it. `form` is the form of its argument; None leaves the choice to its annotation or a first try."""

    def __init__(self, function: Callable[..., Any], form: Form | None) -> None:
        self.function = function
        self.name = first_parameter(function)
        self.form: Form | None = form or said(function, self.name)
        self._watches = True

    def settle(self, example: Sample, arguments: dict[str, Any]) -> None:
        """Determine the form for a handler without an annotation: the first in which it accepts an example without failing, else JSON."""
        if self.form is None:
            tries: tuple[Form, ...] = ("json", "bytes", "text")
            self.form = next(
                (form for form in tries if self._plain(example, form, arguments) is None), "json"
            )

    def call(self, sample: Sample, arguments: dict[str, Any]) -> Outcome:
        """Call the handler and trace what it reads. An exception counts only if the handler also raises it without tracing."""
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
            self._watches = (
                False  # the handler does not accept dict subclasses: from now on it gets plain ones
            )
        return Outcome(self._plain(sample, form, arguments), None)

    def _plain(self, sample: Sample, form: Form, arguments: dict[str, Any]) -> Exception | None:
        return self._run(given(sample, form), arguments)

    def _run(self, payload: Any, arguments: dict[str, Any]) -> Exception | None:
        try:
            result = self.function(**{**arguments, self.name: payload})
            if inspect.isawaitable(result):
                asyncio.run(_awaited(result))
        except Exception as error:  # noqa: BLE001 - any exception of a handler is a result
            return error
        return None


async def _awaited(result: Any) -> None:
    await result


def given(sample: Sample, form: Form) -> Any:
    """Return a sample in the form that a handler takes. JSON is a copy, so that the handler may change it."""
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
    """Return the name of the payload parameter: `payload` or `sample` if there is one, else the first. Raises TypeError if there is none."""
    names = [
        name
        for name, one in inspect.signature(function).parameters.items()
        if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
    ]
    if not names:
        raise TypeError(
            f"{getattr(function, '__qualname__', function)} takes no payload: give it a parameter"
        )
    if names[0] in ("self", "cls") and len(names) > 1:
        names = names[1:]
    return next((name for name in ("payload", "sample") if name in names), names[0])


def said(function: Callable[..., Any], name: str) -> Form | None:
    """Return the form that a parameter's annotation asks for; None if the annotation is missing or unknown."""
    note = inspect.signature(function).parameters[name].annotation
    text = (
        note
        if isinstance(note, str)
        else ""
        if note is inspect.Parameter.empty
        else getattr(note, "__name__", str(note))
    )
    return form_of(text)


def form_of(annotation: str) -> Form | None:
    """Return the form of a payload that an annotation means, or None."""
    return next((form for pattern, form in _SAYS if re.fullmatch(pattern, annotation.strip())), None)
