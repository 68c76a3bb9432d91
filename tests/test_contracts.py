"""The catalogue itself: every row is there, and every contract proves what it says."""

from __future__ import annotations

import pytest

from conftest import ROOT
from signalbook import Registry, catalogue, examples, jsontext, lint
from signalbook.lint import RULES, Rule
from signalbook.walk import Request, check_payload

JDCLOUD = """system-failure-delete system-failure-reboot system-failure-migrate system-failure-fault system-exception-local-disk-failure-fault
system-failure-gpu-failure-fault system-failure-removed-from-ag system-failure-re-deploy system-maintenance-isolate-local-disk instance-expiration-stop
instance-expiration-delete account-arrearage-stop account-arrearage-delete state-change create-image"""
CONFIG = """resource-changed resource-relation-changed snapshot-archive-completed notification-archive-completed resource-snapshot
custom-rule-invocation"""
ROWS = {
    *(f"jdcloud/vm/{word}" for word in JDCLOUD.split()),
    *(f"huawei/config/{word}" for word in CONFIG.split()),
    "huawei/smn/subscription-confirmation",
    "huawei/smn/unsubscribe-confirmation",
}
# How many samples the provider's page prints of each event: all parse and all are valid examples.
JDCLOUD_SAMPLES = {
    "state-change": 6,
    "system-failure-fault": 1,
    "system-exception-local-disk-failure-fault": 1,
    "system-failure-gpu-failure-fault": 1,
} | dict.fromkeys(["system-failure-removed-from-ag", "system-failure-re-deploy", "system-maintenance-isolate-local-disk"], 1)


def test_the_catalogue_holds_every_row(registry: Registry) -> None:
    """No row of the catalogue is missing, and none is there that nobody asked for."""
    assert set(registry.events) == ROWS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_catalogue_keeps_the_law(registry: Registry, rule: Rule) -> None:
    """The catalogue breaks no rule of the tree."""
    assert [str(finding) for finding in lint.run(registry, (rule,))] == []


@pytest.mark.parametrize("word", JDCLOUD.split())
def test_documented_samples_are_valid_examples(registry: Registry, word: str) -> None:
    """Every sample the page prints is among the valid examples, masks included, beside a realistic one."""
    found = list(examples.of(registry, registry.contract(f"jdcloud/vm/{word}"), "valid"))
    masked = [example for example in found if "****" in str(example.value["instanceId"])]
    assert len(masked) >= JDCLOUD_SAMPLES.get(word, 2)
    assert any(example.words[0] == "realistic" for example in found)


def test_broken_samples_are_kept_as_unreadable(registry: Registry) -> None:
    """The page's samples with stray quotation marks are kept as they were printed, and none is JSON."""
    kept = [
        example
        for event in ("resource-changed", "snapshot-archive-completed", "notification-archive-completed")
        for example in examples.of(registry, registry.contract(f"huawei/config/{event}"), "unreadable")
    ]
    assert len(kept) == 3
    for example in kept:
        assert b'""regionid1"' in example.file.read_bytes()
        with pytest.raises(jsontext.NotJSON):
            _ = example.value


@pytest.mark.parametrize(
    ("event", "chains"),
    [
        ("huawei/config/resource-changed", {"config", "smn-http+config", "config-chunk+config"}),
        ("huawei/config/resource-relation-changed", {"config", "smn-http+config"}),
        ("huawei/config/snapshot-archive-completed", {"config", "smn-http+config"}),
        ("huawei/config/notification-archive-completed", {"config", "smn-http+config"}),
    ],
)
def test_config_notifications_nest(registry: Registry, event: str, chains: set[str]) -> None:
    """A Config notification has an example in each envelope and in each nesting it is known to travel in."""
    found = {example.words[0] for example in examples.of(registry, registry.contract(event), "delivered")}
    assert found == chains


@pytest.mark.parametrize("level", ["tolerant", "documented", "strict"])
def test_realistic_deliveries_are_clean_at_every_level(registry: Registry, level: str) -> None:
    """A delivery as it is documented keeps the contract at every level, without a finding."""
    for contract in registry.event_contracts():
        for example in examples.of(registry, contract, "delivered"):
            verdict = check_payload(example.value, registry, Request(level=level))  # type: ignore[arg-type]
            errors = [finding for finding in verdict.findings if finding.rule not in ("deprecated", "unlisted-value")]
            assert (verdict.event, errors) == (contract.of, []), example.file


def test_every_field_is_described_in_a_sentence(registry: Registry) -> None:
    """A description is a sentence of our own, not a word and not a list of Chinese characters."""
    for contract in registry.event_contracts():
        for field in catalogue.fields(contract):
            assert len(field.description) >= 10, (contract, field.path)
            assert field.description.endswith((".", "?")), (contract, field.path)
            assert field.description.isascii() or "…" in field.description, (contract, field.path)


def test_the_tree_names_no_host_but_the_reserved_one() -> None:
    """Every `$id` begins with a name that nobody can register, so that nobody can serve another schema under it."""
    assert jsontext.loads((ROOT / "schemas" / "registry.json").read_bytes())["baseUrl"] == "https://signalbook.example/schemas/"
