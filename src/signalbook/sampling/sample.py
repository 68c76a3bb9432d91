"""A made payload: its value, the bytes in which it arrives, and why it was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from signalbook import naming
from signalbook.jsontext import GZIP, compact, shown
from signalbook.sampling.faults import is_found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signalbook.findings import Verdict
    from signalbook.sampling.folding import Path

Kind = Literal["documented", "tomorrow", "broken"]
KINDS: tuple[Kind, ...] = ("documented", "tomorrow", "broken")


@dataclass(frozen=True, slots=True)
class Fault:
    """The one thing that is wrong with a broken payload: its kind, its place, the rules that may find it, the field that they name."""

    kind: str
    path: Path
    rules: tuple[str, ...]
    field: str | None
    contract: str
    telling: bool

    @property
    def pointer(self) -> str:
        """The JSON Pointer of the place; of a missing or unknown field, that of its object."""
        return naming.pointer(self.path)


@dataclass(frozen=True, slots=True)
class Sample:
    """A payload that was made: `value` as JSON, `data` as the bytes that arrive, with `headers` where it comes by HTTP.

    `event` and `version` are those of the contract it was made from, `route` the envelopes around it, from the outside in, `kind` one of
    "documented", "tomorrow" and "broken". `why` says in a few words each thing that is special about it; nothing, where it is as an example shows.
    `fault` is what is wrong with a broken one; `name` the provider's name for the event, where it is a new one.
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
        """The payload as text: what a receiver reads who has decoded, and where it is compressed unpacked, the bytes."""
        return compact(self.value) if self.data.startswith(GZIP) else self.data.decode()

    def __repr__(self) -> str:
        return f"<{self.kind} {self.event}@{self.version} in {written(self.route)}: {'; '.join(self.why) or 'as an example shows it'}: {shown(self.value)}>"

    def is_found_by(self, verdict: Verdict) -> bool:
        """Whether a verdict finds the fault of a broken payload, at its place and by one of the rules that may find it."""
        fault = self.fault
        return fault is not None and is_found(fault.path, fault.rules, fault.field, verdict, telling=fault.telling)


def written(route: tuple[str, ...]) -> str:
    """Return a route as it is written: `mns-http+cloudmonitor`; `bare` is nothing around it."""
    return "+".join(one.partition("/")[2] for one in route) or "bare"
