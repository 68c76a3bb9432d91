"""Renders the examples of a contract: valid ones to copy, and invalid ones with the finding of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.reading import strict_json
from signalbook.registry import examples
from signalbook.site import markup, schema_files
from signalbook.site.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Contract, Registry
    from signalbook.validation.findings import Finding

_MOST = 12
_LARGEST = 24_000


def valid(registry: Registry, contract: Contract, here: str) -> str:
    """Return valid bodies, the realistic one first; if there are too many, the rest is only in the examples file."""
    found = sorted(_read(registry, contract, "valid"), key=lambda one: one[0] != "realistic")
    kept, left = _few(found)
    blocks = [markup.details(text(_title(name)), markup.json_block(value)) for name, value in kept]
    return "\n".join([*blocks, *_rest(contract, here, left, "valid")])


def invalid(registry: Registry, contract: Contract, here: str) -> str:
    """Return invalid bodies, one per rule, each with the finding that the command reports."""
    chosen: dict[str, tuple[Any, Finding]] = {}
    everything = list(_read(registry, contract, "invalid"))
    for name, value in everything:
        found = schema_files.findings(registry, contract, value)
        worst = next((one for one in found if one.severity == "error"), None)
        # One example per rule is enough; the others differ only in the field.
        if worst and worst.rule not in {kept.rule for _, kept in chosen.values()}:
            chosen[name] = (value, worst)
    blocks = [
        markup.details(f"{_said(finding)}", markup.json_block(value))
        for value, finding in list(chosen.values())[:_MOST]
    ]
    return "\n".join([*blocks, *_rest(contract, here, len(everything) - len(blocks), "invalid")])


def _read(registry: Registry, contract: Contract, kind: examples.Kind) -> Iterator[tuple[str, Any]]:
    return (
        (example.file.stem, payload)
        for example, payload in examples.read(examples.of(registry, contract, kind))
    )


def _few(found: list[tuple[str, Any]]) -> tuple[list[tuple[str, Any]], int]:
    """Return as many of the first examples as fit on a page, and how many are left."""
    kept: list[tuple[str, Any]] = []
    size = 0
    for name, value in found[:_MOST]:
        size += len(strict_json.canonical(value))
        if kept and size > _LARGEST:
            break
        kept.append((name, value))
    return kept, len(found) - len(kept)


def _rest(contract: Contract, here: str, left: int, kind: str) -> Iterator[str]:
    if left > 0:
        yield f"<p>{left} more {kind} {'one' if left == 1 else 'ones'}: {markup.link(here, schema_files.examples_path(contract), 'all examples as one file')}.</p>"


def _title(name: str) -> str:
    """Return the title of an example from its file name: `printed-running` → "printed running"."""
    return name.replace("--", ": ").replace("-", " ")


def _said(finding: Finding) -> str:
    """Return a finding on one line: where, what, and the hint."""
    hint = f" <i>{text(finding.hint)}</i>" if finding.hint else ""
    # The page shows the whole object below, so do not repeat it here.
    found = (
        f", found {code(finding.found)}"
        if finding.found and finding.found[:1] not in ("{", "[") and finding.rule != "required"
        else ""
    )
    return (
        f"{code(finding.rule)} {code(finding.pointer or '(the body)')} {text(finding.message)}{found}.{hint}"
    )
