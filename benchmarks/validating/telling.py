"""What peers are told of a payload: which schemas its parts are to be held against, and where in it they lie.

Signalbook finds that out; a peer that is told, and that is given JSON text in strings to parse, does the rest of the work and no less.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from signalbook.codegen import bundles
from signalbook.envelopes.opener import open_payload

if TYPE_CHECKING:
    from signalbook import Registry
    from signalbook.engine.levels import Schema
    from signalbook.registry import Contract

Part = tuple[str, int, tuple[str | int, ...]]
"""The name of a schema, and where the value lies: the steps that lead to it from the value of an earlier part, or from the payload where that is -1.

A step from a string leads into the JSON text in it; so does the end of a path at a string.
"""


class Teller:
    """Knows the parts of payloads, and gathers the schemas that they need: self-contained ones for draft-07, by name."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.schemas: dict[str, Schema] = {}

    def line(self, text: str) -> str:
        """Return a payload with what is told of it, in one line: its parts as JSON, a tab, the payload."""
        return f"{json.dumps(self.parts(json.loads(text)))}\t{text}"

    def parts(self, value: Any) -> list[Part]:
        """Return what there is to check in a payload: each envelope around each event, from the outside in, and the events."""
        out: list[Part] = []
        seen: dict[tuple[str, tuple[str | int, ...]], int] = {}
        for opened in open_payload(value, self._registry):
            outer, base = -1, 0
            found = [(layer.envelope.newest, layer.path) for layer in opened.wrappers]
            for contract, path in [*found, *([(opened.event.newest, opened.path)] if opened.event else [])]:
                if (contract.of, path) not in seen:
                    out.append((self._named(contract), outer, path[base:]))
                    seen[contract.of, path] = len(out) - 1
                outer, base = seen[contract.of, path], len(path)
        return out

    def _named(self, contract: Contract) -> str:
        name = str(contract).replace("/", ".")
        if name not in self.schemas:
            self.schemas[name] = bundles.bundle(contract)
        return name
