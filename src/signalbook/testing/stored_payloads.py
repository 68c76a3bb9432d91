"""Stores payloads that made a handler fail, and builds the messages that tell you about them."""

from __future__ import annotations

import base64
import binascii
import shlex
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signalbook.errors import Unreadable
from signalbook.reading import files, json_text, strict_json
from signalbook.reading.strict_json import compact
from signalbook.terminal import json_lines, safe
from signalbook.testing.sampler import KINDS, Fault, Sample
from signalbook.testing.samples import as_it_arrives, carried

if TYPE_CHECKING:
    from signalbook.registry import Registry


MARK = "signalbook-payload"
_SPEAKS = 1
_NAME_LENGTH = 10


def document(sample: Sample, error: str | None = None) -> dict[str, Any]:
    """Return a sample as a JSON document: its origin and why it was made, the handler's error, and the payload.

    `meta/payload.schema.json` describes it.
    """
    fault = sample.fault
    about = {
        MARK: _SPEAKS,
        "event": sample.event,
        "version": sample.version,
        "envelopes": list(sample.route),
        "kind": sample.kind,
        "why": list(sample.why),
        "error": error,
        "name": sample.name,
        "fault": {
            "kind": fault.kind,
            "path": list(fault.path),
            "rules": list(fault.rules),
            "field": fault.field,
            "telling": fault.telling,
        }
        if fault
        else None,
    }
    return {**{key: value for key, value in about.items() if value is not None}, "payload": sample.value}


def file_name(sample: Sample) -> str:
    """Return the file name of a sample: the event, the kind, and a few digits of a content hash, so that equal payloads share one file."""
    digits = sha256(strict_json.compact([sample.version, *sample.route, sample.value]).encode()).hexdigest()[
        :_NAME_LENGTH
    ]
    return f"{sample.event.replace('/', '-')}--{sample.kind}--{digits}.json"


def is_stored(value: Any) -> bool:
    """Return whether a JSON value is a stored sample."""
    return isinstance(value, dict) and value.get(MARK) == _SPEAKS


def sample_of(value: Any, registry: Registry, where: str) -> Sample:
    """Return the sample of a document. Raises `Unreadable`, naming `where`, for an invalid document, and `UnknownContract`."""
    try:
        event, route, payload = value["event"], tuple(value["envelopes"]), value["payload"]
        known = registry.event(event)
        outermost = registry.envelopes[
            route[0] if route else next(one for one in known.envelopes if registry.envelopes[one].bare)
        ]
        fault = value.get("fault")
        at_fault = str(fault["path"][0]) if fault and fault["path"] else None
        arrived = as_it_arrives(payload, outermost, at_fault)
        found = Sample(
            known.id, value["version"], route, value["kind"], arrived, b"", {}, tuple(value.get("why", ()))
        )
        _ = KINDS.index(found.kind)  # ValueError for an unknown kind
        data, headers = carried(found.value, outermost)
        made = (
            Fault(
                fault["kind"],
                tuple(fault["path"]),
                tuple(fault["rules"]),
                fault["field"],
                known.id,
                fault["telling"],
            )
            if fault
            else None
        )
        return replace(found, data=data, headers=headers, fault=made, name=value.get("name"))
    except (LookupError, TypeError, ValueError, StopIteration) as error:
        why = f"is no stored payload that this registry can replay: {type(error).__name__}: {error}"
        raise Unreadable(where, why, "remove it, or write it again with --signalbook-save") from None


def read(file: Path, registry: Registry) -> Sample:
    """Return the sample in a file. Raises `Unreadable`."""
    try:
        value = strict_json.loads(files.read_regular(file))
    except (OSError, json_text.NotJSON) as error:
        raise Unreadable(str(file), str(error)) from None
    return sample_of(value, registry, str(file))


def token(sample: Sample) -> str:
    """Return a sample as a single argument for the command line."""
    packed = zlib.compress(strict_json.compact(document(sample)).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_token(word: str, registry: Registry) -> Sample:
    """Return the sample of a token, or of a file if the word ends in `.json`. Raises `Unreadable`."""
    if word.endswith(".json"):
        return read(Path(word), registry)
    try:
        unpacked = zlib.decompressobj().decompress(
            base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)), json_text.MAX_BYTES
        )
        return sample_of(strict_json.loads(unpacked), registry, "the token")
    except (zlib.error, binascii.Error, json_text.NotJSON, ValueError) as error:
        raise Unreadable(
            "the token", f"holds no payload: {error}", "copy the whole line that a failure printed"
        ) from None


_MOST_SHOWN = 6_000
_KINDS = {
    "documented": "documented: what the contract says",
    "tomorrow": "tomorrow: what the provider may send after a compatible change",
    "broken": "broken: one fault, which a handler may refuse only with what it declares",
}


class PassedOver(AssertionError):
    """A handler never read something that it was given."""


def noted(error: Exception, sample: Sample, test: str) -> Exception:
    """Add a note about the payload to the exception that it raised."""
    if not any(note.startswith(_HEAD) for note in getattr(error, "__notes__", ())):
        error.add_note("\n".join([_HEAD, *lines(sample, test)]))
    return error


_HEAD = "signalbook: the handler does not keep its contract"


def lines(sample: Sample, test: str) -> list[str]:
    """Return lines that say what a payload is, why it was made, what it holds, and how to replay it."""
    shown = json_lines(compact(sample.value))
    cut = f"{shown[:_MOST_SHOWN]}… ({len(shown):,} characters)" if len(shown) > _MOST_SHOWN else shown
    return [
        f"    event      {safe(f'{sample.event}@{sample.version}')}",
        f"    envelopes  {safe(' → '.join(sample.route)) or 'none around it'}",
        f"    kind       {_KINDS[sample.kind]}",
        *(f"    why        {safe(why)}" for why in sample.why or ("as an example shows it",)),
        f"    payload    {cut}",
        f"    replay     pytest {safe(shlex.quote(test)) + ' ' if test else ''}--signalbook-replay {token(sample)}",
    ]
