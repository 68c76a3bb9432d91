"""Builds the message for a payload on which a handler failed: all you need to see the cause, and a command line that replays it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from signalbook.reading.strict_json import compact
from signalbook.terminal import json_lines, safe
from signalbook.testing import stored_payloads

if TYPE_CHECKING:
    from signalbook.testing.sampler import Sample

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
        f"    replay     pytest {safe(shlex.quote(test)) + ' ' if test else ''}--signalbook-replay {stored_payloads.token(sample)}",
    ]
