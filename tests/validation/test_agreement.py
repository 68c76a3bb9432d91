"""Schema and model agree: what a contract accepts its model reads and gives back, and what breaks it the model refuses.

Lists are open in the models on purpose, so a value outside a list is no break here; the summary of a run tells how many there were.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_mutants import deliveries

from conftest import AGREEMENT, NIGHTLY, ROOT, agreement_line
from modelling import body_class, broken_rules, envelope_class, reads
from mutants import REGISTRY, mutants
from signalbook.engine import hypothesis_values
from signalbook.envelopes.opener import open_payload
from signalbook.reading import strict_json
from signalbook.registry import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mutants import Mutant
    from signalbook.registry import Contract
    from signalbook.testing.text_trees import Path

CONTRACTS = REGISTRY.event_contracts()
DRAWN = 200 if NIGHTLY else 3  # drawing from the larger contracts takes seconds a value

# What the models read though the contract rules it out, each with its reason: a pattern on the name of an invalid example.
KNOWN = {
    r"[^/]+--enum.*": "lists are open: a provider may extend them",
    r"--anyOf--.*-place.*": "a group of fields that may stand inside another field is no group to a class",
    r"time--not--twelve-digits": "a number of any length counts as a time",
}
# Drawing a list of resources with maps inside takes a minute; the resources themselves are drawn with the event of one of them.
SLOW = {"huawei/config/resource-snapshot@1.0.0"}


@pytest.mark.parametrize("contract", CONTRACTS, ids=str)
def test_every_valid_example_is_read_and_given_back(contract: Contract) -> None:
    """A model reads every valid example of its contract, and writes equal JSON."""
    model = body_class(REGISTRY, contract)
    found = list(examples.of(REGISTRY, contract, "valid"))
    assert found
    for example in found:
        read = model.model_validate(example.value)
        assert (read.to_payload(), strict_json.loads(read.model_dump_json().encode())) == (
            example.value,
            example.value,
        ), example.file


@pytest.mark.parametrize("contract", CONTRACTS, ids=str)
def test_every_invalid_example_is_refused(contract: Contract) -> None:
    """A model refuses every invalid example of its contract, but for the kinds that are named with a reason."""
    model = body_class(REGISTRY, contract)
    found = list(examples.of(REGISTRY, contract, "invalid"))
    assert found
    wrong = [
        example.file.name
        for example in found
        if reads(model, example.value) != any(re.fullmatch(form, example.file.stem) for form in KNOWN)
    ]
    assert wrong == []


def drawn_from() -> list[Contract]:
    """Return the contracts to draw from: in the nightly profile all, otherwise one in six of those that differ in more than their name."""
    extended = {str(one.schema.get("allOf", one.of)): one for one in reversed(CONTRACTS)}
    return CONTRACTS if NIGHTLY else [one for one in extended.values() if str(one) not in SLOW][::6]


@pytest.mark.parametrize("contract", drawn_from(), ids=str)
@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    max_examples=DRAWN,
)
@given(data=st.data())
def test_what_a_contract_accepts_its_model_reads(contract: Contract, data: st.DataObject) -> None:
    """No false reject: whatever is drawn from a contract is read, at both levels, and given back."""
    value = data.draw(hypothesis_values.drawn(contract.resolved))
    model = body_class(REGISTRY, contract)
    if not broken_rules(contract, value):
        assert reads(model, value), value
    assert reads(model, value, context={"level": "tolerant"}) or broken_rules(contract, value)


def parts(payload: Any) -> Iterator[tuple[Path, Contract, Any]]:
    """Yield each envelope and each body of a delivery: the path, the contract, the model."""
    for opened in open_payload(payload, REGISTRY):
        if any(layer.envelope.masked for layer in opened.layers):
            continue
        for layer in opened.wrappers:
            yield layer.path, layer.envelope.newest, envelope_class(layer.envelope.id)
        assert opened.event
        yield opened.path, opened.event.newest, body_class(REGISTRY, opened.event.newest)


def at(payload: Any, path: Path) -> Any:
    """Return what stands at a path of a payload; it leads into strings that hold JSON text, as it is or in Base64."""
    for step in path:
        payload = strict_json.revealed(payload)[step]
    return strict_json.revealed(payload)


def judged(payload: Any, mutant: Mutant) -> tuple[str, bool, bool, set[str]] | None:
    """Return what a mutant is, whether its contract and whether its model accept the part that is broken, and the rules it breaks."""
    around = [
        (path, contract, model)
        for path, contract, model in parts(payload)
        if mutant.path[: len(path)] == path and contract.of == mutant.contract
    ]
    if not around:
        return None
    path, contract, model = max(around, key=lambda one: len(one[0]))
    value = at(mutant.payload, path)
    what = f"{mutant.contract} /{'/'.join(map(str, mutant.path))} {mutant.kind}"
    if not isinstance(value, dict):
        return None
    broken = {problem.rule for problem in contract.checker.problems(value) if problem.weight != "novelty"}
    return what, not broken, reads(model, value), broken


@pytest.mark.parametrize("provider", REGISTRY.providers)
def test_models_refuse_what_contracts_refuse(provider: str) -> None:
    """Of the single-fault mutants of a provider's deliveries a model refuses none that its contract accepts, and reads no other but those of open lists and alternatives."""
    counts: Counter[str] = Counter()
    wrong = []
    for event_id in (one for one in REGISTRY.events if one.startswith(f"{provider}/")):
        for _, payload in deliveries(event_id):
            for mutant in mutants(payload):
                found = judged(payload, mutant)
                if found is None:
                    continue
                what, accepted, read, broken = found
                if accepted:
                    counts["accepted by both" if read else "false rejects"] += 1
                    wrong += [] if read else [what]
                elif broken == {"enum"} and read:
                    counts["open lists"] += 1
                else:
                    counts["false accepts" if read else "refused by both"] += 1
                    # No model asks that one of two places holds the fields: docs/reference/types.md says so.
                    wrong += [f"{what}: {', '.join(sorted(broken))}"] if read and broken != {"anyOf"} else []
    AGREEMENT[provider] = counts
    assert wrong[:20] == []
    if not NIGHTLY:
        shown = agreement_line(provider, counts)
        assert shown in (ROOT / "docs" / "reference" / "types.md").read_text("utf-8"), (
            f"docs/reference/types.md shows other numbers than\n{shown}"
        )
    assert min(counts["refused by both"], counts["accepted by both"]) > 100
