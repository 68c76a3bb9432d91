"""Defines a sample payload: its value, the bytes in which it arrives, and why it was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from signalbook.reading import pointers
from signalbook.reading.json_errors import GZIP
from signalbook.reading.strict_json import compact, shown
from signalbook.testing.faults import is_found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signalbook.testing.text_trees import Path
    from signalbook.validation.findings import Verdict

Kind = Literal["documented", "tomorrow", "broken"]
KINDS: tuple[Kind, ...] = ("documented", "tomorrow", "broken")


@dataclass(frozen=True, slots=True)
class Fault:
    """The single fault of a broken payload: its kind, its place, the rules that may find it, the field that they name."""

    kind: str
    path: Path
    rules: tuple[str, ...]
    field: str | None
    contract: str
    telling: bool

    @property
    def pointer(self) -> str:
        """JSON Pointer of the place; for a missing or unknown field, that of its object."""
        return pointers.join(self.path)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample payload: `value` as JSON, `data` as the bytes that arrive, with `headers` if it arrives by HTTP.

    `event` and `version` identify the contract that it was made from. `route` lists the envelopes around it, outermost first. `kind` is one of
    "documented", "tomorrow" and "broken". `why` describes each variation in a few words; it is empty for an unchanged example. `fault` is the fault
    of a broken payload. `name` is the provider's name of the event if it is a new one.
    """

    event: str
    version: str
    route: tuple[str, ...]
    kind: Kind
    value: Any
    data: bytes
    headers: Mapping[str, str] = field(hash=False)
    why: tuple[str, ...] = ()
    fault: Fault | None = None
    name: str | None = None

    @property
    def text(self) -> str:
        """The payload as text: the bytes, decoded and, if compressed, decompressed."""
        return compact(self.value) if self.data.startswith(GZIP) else self.data.decode()

    def __repr__(self) -> str:
        return f"<{self.kind} {self.event}@{self.version} in {written(self.route)}: {'; '.join(self.why) or 'as an example shows it'}: {shown(self.value)}>"

    def is_found_by(self, verdict: Verdict) -> bool:
        """Return whether a verdict finds the fault of a broken payload, at its place and by one of the rules that may find it."""
        fault = self.fault
        return fault is not None and is_found(
            fault.path, fault.rules, fault.field, verdict, telling=fault.telling
        )


def written(route: tuple[str, ...]) -> str:
    """Return a route as text: `mns-http+cloudmonitor`, or `bare` without envelopes."""
    return "+".join(one.partition("/")[2] for one in route) or "bare"
