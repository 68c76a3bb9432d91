"""Single-fault mutants of payloads: each breaks one place that a contract describes, and says where and by which rules that must be found.

The faults are those of `signalbook.testing.faults`, which asks no engine. Unlike a sampler, this leaves none out because nobody noticed it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook import Registry
from signalbook.envelopes.opener import open_payload
from signalbook.reading import strict_json
from signalbook.testing import text_trees
from signalbook.testing.faults import faults, is_found
from signalbook.testing.places import Describer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.testing.changes import Change
    from signalbook.testing.text_trees import Path
    from signalbook.validation.findings import Verdict

REGISTRY = Registry.load()
DESCRIBER = Describer()


@dataclass(frozen=True)
class Mutant:
    """One broken payload: whose contract, what kind of fault, at which path (through strings of JSON text), and the rules one of which must find it.

    `field` is the field that must be named where the fault is a missing or unknown one. `telling` says that the place helps to identify the payload:
    breaking it may as well end in an unidentified payload, if the place is pointed out.
    """

    contract: str
    kind: str
    path: Path
    payload: Any
    rules: tuple[str, ...]
    field: str | None = None
    telling: bool = False


def changed(payload: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Return a copy of a payload with the value at a path changed; the path leads into strings that hold JSON text, which are written again."""
    if not path:
        return change(payload)
    if isinstance(payload, str):
        return _written_again(payload, lambda inner: changed(inner, path, change))
    out = list(payload) if isinstance(payload, list) else dict(payload)
    out[path[0]] = changed(payload[path[0]], path[1:], change)  # type: ignore[index]
    return out


def inside(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a change that goes into a string of JSON text, where the value stands in one."""
    return lambda old: _written_again(old, change) if isinstance(old, str) else change(old)


def _written_again(text: str, change: Callable[[Any], Any]) -> str:
    """Return JSON text with what it holds changed, in Base64 where it was in Base64."""
    plain = strict_json.from_base64(text)
    out = json.dumps(change(json.loads(text if plain is None else plain)), ensure_ascii=False)
    return out if plain is None else b64encode(out.encode()).decode()


def carrying(payload: Any, body: Any) -> Any:
    """Return a delivery with another body in the place of the first one it carries."""
    return changed(payload, open_payload(payload, REGISTRY)[0].path, inside(lambda _: body))


def mutants(payload: Any) -> Iterator[Mutant]:
    """Yield every single-fault mutant of a payload: those that break its envelopes, then those that break its bodies."""
    opened = open_payload(payload, REGISTRY)
    places = list(DESCRIBER.places(opened))
    texts = text_trees.text_paths(payload, [place.path for place in places])
    for fault in faults(places, opened):
        # Only the texts around a fault are unfolded: those in what it breaks stay as they are written, so that nothing else differs.
        around = [
            path
            for path in texts
            if path == fault.path[: len(path)] and (len(path) < len(fault.path) or fault.field)
        ]
        tree, folds = text_trees.unfolded(payload, around)
        broken = text_trees.folded(text_trees.changed(tree, fault.path, _applying(fault)), folds)
        yield Mutant(fault.contract, fault.kind, fault.path, broken, fault.rules, fault.field, fault.telling)


def _applying(fault: Change) -> Callable[[Any], Any]:
    return lambda old: text_trees.plain(fault.apply(old))


def is_caught(mutant: Mutant, verdict: Verdict) -> bool:
    """Whether a verdict finds the mutant's fault at its place; a telling place may also be pointed out where the payload is not identified."""
    return is_found(mutant.path, mutant.rules, mutant.field, verdict, telling=mutant.telling)
