"""A mutation test of the schemas themselves: what is broken in one place is found there, in every envelope."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from conftest import NIGHTLY, SCORES
from mutants import REGISTRY, Mutant, carrying, is_caught, mutants
from signalbook.registry import examples
from signalbook.validation.validator import Request, check_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Contract

LEAST = 0.99

# What survives, each with its reason: a pattern on "<contract without version> <path> <kind>", and why nothing is wrong with it.
SURVIVORS = {
    r"alibaba/mns-(queue|topic)-trigger /data/messageBody (missing|key)": "only its body tells a message of a queue or topic from another event of EventBridge",
    r"huawei/config/custom-rule-invocation /rule_parameter/[^/]+/value/ (null|text|type)": "a rule's parameter may have any value",
    r"huawei/config/(notification|snapshot)-archive-completed .*/object_keys?/([0-9]/)? form": "a file's name begins with a prefix of the customer's choice",
    r"huawei/workspace(-app)?/[a-z-]+ .*/?service_type/ constant": "another service is another event: a trace of any service is huawei/cts/trace",
    r"jdcloud/(function-record|cloud-events) /Records/0/(detail/)? (null|text|type)": "only the record's detail tells it from those of two other products",
}


def deliveries(event_id: str) -> Iterator[tuple[str, Any]]:
    """Yield (label, payload): valid bodies of an event's newest version in its envelopes.

    The nightly profile puts every body into every nesting; otherwise each body and each nesting have their turn, but not all pairs.
    """
    event = REGISTRY.events[event_id]
    contract = event.newest
    bodies = [(example.file.stem, example.value) for example in examples.of(REGISTRY, contract, "valid")]
    around = _one_of_each_nesting(contract)
    for number in range(len(bodies) if NIGHTLY else max(len(bodies), len(around))):
        label, body = bodies[number % len(bodies)]
        for name, payload in around if NIGHTLY else around[number % len(around) :][:1]:
            yield f"{label} in {name}", carrying(payload, body)


def _one_of_each_nesting(contract: Contract) -> list[tuple[str, Any]]:
    found: dict[str, Any] = {}
    for example in examples.of(REGISTRY, contract, "delivered"):
        found.setdefault(example.words[0], example.value)
    event = REGISTRY.events[contract.of]
    bare = (
        [("bare", next(examples.of(REGISTRY, contract, "valid")).value)]
        if any(REGISTRY.envelopes[one].bare for one in event.envelopes)
        else []
    )
    return [*found.items(), *bare]


def broken(provider: str) -> Iterator[tuple[str, Mutant]]:
    """Yield every mutant of the deliveries of a provider's events, with a line that says what it is."""
    for event_id in (one for one in REGISTRY.events if one.startswith(f"{provider}/")):
        for label, payload in deliveries(event_id):
            assert check_payload(payload, REGISTRY, Request()).status == "valid", (event_id, label)
            for mutant in mutants(payload):
                assert mutant.payload != payload, (event_id, label, mutant)
                yield (
                    f"{mutant.contract} /{'/'.join(map(str, (*mutant.path, mutant.field or '')))} {mutant.kind}",
                    mutant,
                )


@pytest.mark.parametrize("provider", REGISTRY.providers)
def test_every_single_fault_is_found_at_its_place(provider: str) -> None:
    """Of the single-fault mutants of a provider's deliveries at least 99 in 100 are found where they were made, and each other is named with a reason."""
    counts: Counter[str] = Counter()
    kinds: set[str] = set()
    unexplained = []
    for what, mutant in broken(provider):
        verdict = check_payload(mutant.payload, REGISTRY, Request())
        caught = is_caught(mutant, verdict)
        kinds.add(mutant.kind)
        reason = (
            None
            if caught
            else next((why for form, why in SURVIVORS.items() if re.fullmatch(form, what)), "unexplained")
        )
        counts[reason or "caught"] += 1
        if reason == "unexplained":
            unexplained.append(
                (
                    what,
                    verdict.status,
                    [(found.rule, found.pointer, found.field, found.hint) for found in verdict.findings],
                )
            )
    SCORES[provider] = counts
    assert unexplained == []
    assert counts["caught"] >= LEAST * counts.total()
    assert kinds >= {"type", "null", "text", "form", "date", "constant", "list", "missing", "key"}
