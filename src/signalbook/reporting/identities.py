"""Formats the identities of `signalbook identify` as text for people and JSON lines for tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.reporting.json_lines import line
from signalbook.reporting.renderer import Paint, place, plain
from signalbook.terminal import safe

if TYPE_CHECKING:
    from signalbook.envelopes.identification import Identity


def identity_json(identity: Identity) -> str:
    """Return an identity as one line of JSON."""
    return line(identity.as_dict())


def identity_text(identity: Identity, paint: Paint = plain) -> str:
    """Return an identity as text, with the steps that led to it from the outside in."""
    kinds = {"identified": "valid", "unidentified": "unidentified", "unreadable": "unreadable"}
    head = f"{paint(f'{identity.status:<12}', kinds[identity.status])}  {place(identity.source, identity.line, identity.index)}"
    if identity.event:
        head += f"\n              {safe(f'{identity.event}: {identity.title}')}"
    lines = [head]
    for step in identity.why:
        at = f" at {safe(step.pointer)}" if step.pointer else ""
        lines += [f"    {safe(step.what)}{at}, because {safe(step.because)}"]
    if identity.message:
        lines.append(f"    {safe(identity.message)}")
    if identity.hint:
        lines.append(f"    {safe(identity.hint)}")
    return "\n".join(lines)
