"""Defines a sample payload: its value, the bytes in which it arrives, and why it was made."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from hashlib import md5
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from signalbook.reading import pointers, strict_json
from signalbook.reading.json_text import GZIP
from signalbook.reading.strict_json import compact, shown
from signalbook.registry.recognition import text_at
from signalbook.testing.faults import is_found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signalbook.registry import Envelope
    from signalbook.testing.text_trees import Path
    from signalbook.validation.findings import Verdict


_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


def carried(value: Any, outermost: Envelope) -> tuple[bytes, dict[str, str]]:
    """Return a payload as the bytes in which its outermost envelope arrives, and the headers of its HTTP request."""
    transport = outermost.transport
    form = transport.form and isinstance(value, dict)
    data, kind = (urlencode(value).encode(), _FORM) if form else (strict_json.compact(value).encode(), _JSON)
    headers = {"Content-Type": kind}
    for name, place in transport.headers.items():
        found = place if isinstance(place, str) else text_at(value, place)
        # A header cannot hold every value that a field can, such as a line break.
        if found and found.isascii() and found.isprintable():
            headers[name] = found
    if transport.gzip:
        # Without a timestamp, equal payloads have equal bytes.
        return gzip.compress(data, mtime=0), {"Content-Type": "application/gzip"}
    return data, headers


def as_it_arrives(value: Any, outermost: Envelope, broken: str | None = None) -> Any:
    """Return a payload as its receiver reads it: fields of a form are texts, and checksums are correct, except the `broken` one."""
    if not isinstance(value, dict):
        return value
    for at, of in outermost.transport.md5.items():
        if at != broken and isinstance(value.get(at), str) and isinstance(value.get(of), str):
            value = {**value, at: md5(value[of].encode(), usedforsecurity=False).hexdigest().upper()}
    if not outermost.transport.form:
        return value
    return {
        key: inner if isinstance(inner, str) else strict_json.compact(inner) for key, inner in value.items()
    }


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
