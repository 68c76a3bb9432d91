"""Lint rules for versions: a number covers at least the proven change, published versions stay as they are, and own corrections are marked."""

from __future__ import annotations

import shlex
from functools import partial
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from signalbook import compat
from signalbook.errors import BrokenRegistry, Fault
from signalbook.reading.strict_json import compact
from signalbook.registry import git_base, naming
from signalbook.registry.lint.rule import Rule, owners

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Contract, Registry

_MOST_TOLD = 3


def rules(base: str | None = None) -> tuple[Rule, ...]:
    """Return the rules. `base` is the branch or commit to compare with as published, by default the main branch."""
    return (
        Rule(
            "version-number",
            "If a version number understates a change, a consumer updates into a failure. The required number is computed from a proof, against every older version.",
            _numbers,
        ),
        Rule(
            "published-unchanged",
            "Others rely on published versions: only their wording, sources and examples may change. Any other change needs a new version.",
            partial(_unchanged, base=base),
        ),
        Rule(
            "correction-marked",
            "Readers of the changelog must know whether the provider changed something or we corrected ourselves.",
            _corrections,
        ),
    )


def _numbers(registry: Registry) -> Iterator[Fault]:
    for owner in owners(registry):
        for old, new in combinations(owner.oldest_first(), 2):
            if old.version.split(".")[0] == new.version.split(".")[0]:
                yield from _number(old, new)


def _number(old: Contract, new: Contract) -> Iterator[Fault]:
    step = compat.step(old, new)
    if step.enough:
        return
    asked = step.comparison.bump
    message = f"declares a {step.declared} change since {old.version}, but it is a {asked} change: {_reason(step.comparison)}"
    yield Fault(
        _file(new),
        "",
        message,
        f"raise the {asked} part of the number; 'signalbook diff {shlex.quote(old.of)} {old.version} {new.version}' shows all changes",
    )


def _reason(comparison: compat.Comparison) -> str:
    by_rule = [change for change in comparison.changes if change.kind in ("removed", "renamed", "moved")]
    if by_rule:
        return _told(by_rule)
    match comparison.survives.state:
        case "broken":
            return f"a consumer of the old version does not expect {compact(comparison.survives.witness)}"
        case "undecided":
            return f"it is not proved that a consumer keeps working ({comparison.survives.reason})"
    return _told([change for change in comparison.changes if change.kind != "docs"])


def _told(changes: list[compat.Change]) -> str:
    told = [f"{change.path or 'the whole payload'}: {change.message}" for change in changes[:_MOST_TOLD]]
    more = len(changes) - len(told)
    return "; ".join([*told, *([f"and {more} more"] if more else [])])


def _unchanged(registry: Registry, base: str | None) -> Iterator[Fault]:
    try:
        found = git_base.published(registry.root, base)
    except BrokenRegistry as error:
        fix = "compare with a commit that it can read: lint --base COMMIT"
        yield Fault(
            "", "", f"this version of signalbook cannot read the published versions: {error.faults[0]}", fix
        )
        return
    if found is None:
        return
    commit, before = found
    now = {str(contract): contract for owner in owners(registry) for contract in owner.versions.values()}
    for owner in owners(before):
        for old in owner.versions.values():
            yield from _kept(old, now.get(str(old)), commit[:9])


def _kept(old: Contract, new: Contract | None, commit: str) -> Iterator[Fault]:
    if new is None:
        yield Fault(
            _file(old),
            "",
            f"was published in {commit}, and is missing now",
            "restore it: payloads of that version may still be stored somewhere",
        )
    elif _meaning(old) != _meaning(new):
        changes = [
            change for change in compat.compare(old.resolved, new.resolved).changes if change.kind != "docs"
        ]
        fix = "restore it, and write the change as a new version; if the provider changed nothing, mark it as a correction"
        yield Fault(
            _file(new),
            "",
            f"was published in {commit}, and has changed since then: {_told(changes) or 'see git diff'}",
            fix,
        )


def _meaning(contract: Contract) -> Any:
    return compat.without_words(contract.resolved)


def _corrections(registry: Registry) -> Iterator[Fault]:
    for owner in owners(registry):
        ordered = owner.oldest_first()
        if ordered and ordered[0].by == "correction":
            fix = "set 'by' to provider, or add the version that it corrects"
            yield Fault(
                _file(ordered[0]),
                "",
                "is marked as a correction, but it is the first version, so there is nothing to correct",
                fix,
            )
        for old, new in pairwise(ordered):
            if new.by == "provider" and new.first_seen <= old.first_seen:
                message = f"is a change by the provider, first seen on {new.first_seen}, but the version before it was not seen earlier"
                yield Fault(
                    _file(new),
                    "",
                    message,
                    "if we corrected ourselves, set 'by' to correction; otherwise set 'firstSeen' to the day since when the provider sends it",
                )


def _file(contract: Contract) -> str:
    return naming.schema_path(contract.of, contract.version)
