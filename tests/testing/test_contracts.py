"""The catalogue itself: every row is there, and every contract proves what it says."""

from __future__ import annotations

import pytest

import signalbook
from conftest import ROOT
from signalbook import Registry
from signalbook.engine.levels import LEVELS
from signalbook.reading import json_text, strict_json
from signalbook.registry import examples, lint
from signalbook.registry.lint import RULES, Rule
from signalbook.site import catalogue
from signalbook.validation.validator import Request, check_payload

JDCLOUD = """system-failure-delete system-failure-reboot system-failure-migrate system-failure-fault system-exception-local-disk-failure-fault
system-failure-gpu-failure-fault system-failure-removed-from-ag system-failure-re-deploy system-maintenance-isolate-local-disk instance-expiration-stop
instance-expiration-delete account-arrearage-stop account-arrearage-delete state-change create-image"""
ALIBABA = """instance-state-change instance-preemptible-instance-interruption instance-live-migration-across-ddh instance-performance-mode-change
instance-burstable-performance-restricted instance-vswitch-changed instance-system-maintenance-reboot instance-system-maintenance-redeploy
instance-system-maintenance-stop instance-system-maintenance-reboot-and-isolate-error-disk instance-system-maintenance-reboot-and-re-init-error-disk
instance-system-maintenance-isolate-error-disk instance-system-maintenance-re-init-error-disk instance-system-maintenance-performance-impact
instance-system-failure-reboot instance-system-failure-redeploy instance-system-failure-delete instance-system-failure-stop
instance-instance-failure-reboot instance-security-tpm-alert disk-stalled disk-error-detected disk-disk-operation-completed
disk-convert-to-postpaid-completed disk-overdue-payment-release snapshot-create-snapshot-completed
network-interface-network-interface-operate-completed network-interface-private-ip-assigned network-interface-private-ip-unassigned
network-interface-private-ipv6-assigned network-interface-private-ipv6-unassigned cloud-assistant-task-completed cloud-assistant-first-heartbeat"""
APPS = """create-server delete-server stop-server start-server reboot-server create-server-image change-server-image reinstall-server
session-connect session-disconnect session-logout"""
DESKTOPS = "create-desktops stop-desktops start-desktops delete-desktops"
CONFIG = """resource-changed resource-relation-changed snapshot-archive-completed notification-archive-completed resource-snapshot
custom-rule-invocation"""
ROWS = {
    *(f"jdcloud/vm/{word}" for word in JDCLOUD.split()),
    *(f"alibaba/ecs/{word}" for word in ALIBABA.split()),
    *(f"huawei/config/{word}" for word in CONFIG.split()),
    *(f"huawei/workspace-app/{word}" for word in APPS.split()),
    *(f"huawei/workspace/{word}" for word in DESKTOPS.split()),
    "huawei/cts/trace",
    "huawei/smn/subscription-confirmation",
    "huawei/smn/unsubscribe-confirmation",
}
ENVELOPES = {
    "alibaba": "cloudmonitor cloudmonitor-debug cloudmonitor-webhook cloudmonitor-webhook-form cloudmonitor-api eventbridge mns-http mns-queue-trigger mns-topic-trigger",
    "huawei": "config config-chunk smn-http smn-functiongraph cts-functiongraph eventgrid",
    "jdcloud": "cloud-events function-record",
}
VERSIONS = {
    "alibaba/ecs/instance-state-change": {
        "1.0.0": "2019-01-29",
        "1.1.0": "2021-04-13",
        "1.2.0": "2021-06-30",
    },
    "alibaba/ecs/snapshot-create-snapshot-completed": {"1.0.0": "2019-04-30", "1.1.0": "2021-02-04"},
    "alibaba/ecs/cloud-assistant-task-completed": {"1.0.0": "2024-05-24", "2.0.0": "2025-12-23"},
    "alibaba/cloudmonitor": {"1.0.0": "2019-05-15", "2.0.0": "2023-07-12"},
    "huawei/config/resource-relation-changed": {"1.0.0": "2020-08-12", "1.1.0": "2025-01-20"},
    "huawei/cts/trace": {"1.0.0": "2022-12-09", "1.1.0": "2023-11-10", "1.2.0": "2024-11-19"},
}
CORRECTIONS = {
    ("alibaba/ecs/cloud-assistant-task-completed", "2.1.0"),
    *(
        (name, "2.0.0")
        for name in ROWS
        if name == "alibaba/ecs/cloud-assistant-first-heartbeat"
        or name.startswith(("huawei/cts/", "huawei/workspace"))
    ),
}
# How many samples the provider's page prints of each event: all parse and all are valid examples.
JDCLOUD_SAMPLES = {
    "state-change": 6,
    "system-failure-fault": 1,
    "system-exception-local-disk-failure-fault": 1,
    "system-failure-gpu-failure-fault": 1,
} | dict.fromkeys(
    ["system-failure-removed-from-ag", "system-failure-re-deploy", "system-maintenance-isolate-local-disk"], 1
)


def test_the_catalogue_holds_every_row(registry: Registry) -> None:
    """No row of the catalogue is missing, and none is there that nobody asked for."""
    assert set(registry.events) == ROWS
    wrappers = {f"{provider}/{word}" for provider, words in ENVELOPES.items() for word in words.split()}
    assert {envelope.id for envelope in registry.envelopes.values() if not envelope.bare} == wrappers


def test_changes_of_the_providers_are_versions(registry: Registry) -> None:
    """What a provider changed has a version of its own, with the day it was first seen; every other version but the first is a correction of ours."""
    several = {
        name: one
        for known in (registry.events, registry.envelopes)
        for name, one in known.items()
        if len(one.versions) > 1
    }
    changes = {
        name: {one.version: one.first_seen for one in owner.oldest_first() if one.by == "provider"}
        for name, owner in several.items()
    }
    corrections = {
        (name, one.version)
        for name, owner in several.items()
        for one in owner.oldest_first()
        if one.by == "correction"
    }
    assert {name: dates for name, dates in changes.items() if len(dates) > 1} == VERSIONS
    assert corrections == CORRECTIONS


STATE = {"resourceId": "i-bp1h8x2k5w9qz7c3m0ne", "resourceType": "ALIYUN::ECS::Instance", "state": "Running"}


@pytest.mark.parametrize(
    "form", [{"privateIpAddress": "10.0.0.4,10.0.0.5"}, {"publicIpAddress": "2001:db8::7"}], ids=str
)
def test_a_form_without_a_document_makes_no_payload_invalid(registry: Registry, form: dict[str, str]) -> None:
    """A value whose form only deliveries show is warned of at the level documented, an error at strict, and typed in any case but that."""
    found = {
        level: signalbook.check(STATE | form, event="alibaba/ecs/instance-state-change", level=level)
        for level in LEVELS
    }
    assert [[(one.rule, one.severity) for one in found[level].findings] for level in LEVELS] == [
        [("pattern", severity)] for severity in ("note", "warning", "error")
    ]
    assert found["documented"].ok
    wrapped = examples.of(registry, registry.events["alibaba/ecs/instance-state-change"].newest, "delivered")
    payload = next(one.value for one in wrapped if one.file.stem == "eventbridge")
    payload["data"] |= form
    assert (
        signalbook.parse(payload, level="documented").body.to_payload()["state"] == payload["data"]["state"]
    )


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
        with pytest.raises(json_text.NotJSON):
            _ = example.value


@pytest.mark.parametrize(
    ("event", "chains"),
    [
        (
            "huawei/config/resource-changed",
            {"config", "smn-http+config", "smn-functiongraph+config", "config-chunk+config"},
        ),
        (
            "huawei/config/resource-relation-changed",
            {"config", "smn-http+config", "smn-functiongraph+config"},
        ),
        (
            "huawei/config/snapshot-archive-completed",
            {"config", "smn-http+config", "smn-functiongraph+config"},
        ),
        (
            "huawei/config/notification-archive-completed",
            {"config", "smn-http+config", "smn-functiongraph+config"},
        ),
        ("huawei/cts/trace", {"cts-functiongraph", "eventgrid", "smn-http", "smn-functiongraph"}),
        (
            "huawei/workspace-app/create-server",
            {"cts-functiongraph", "eventgrid", "smn-http", "smn-functiongraph"},
        ),
        (
            "huawei/workspace/create-desktops",
            {"cts-functiongraph", "eventgrid", "smn-http", "smn-functiongraph"},
        ),
        ("jdcloud/vm/system-failure-fault", {"cloud-events", "function-record+cloud-events"}),
        (
            "alibaba/ecs/instance-vswitch-changed",
            {
                "cloudmonitor",
                "cloudmonitor-debug",
                "cloudmonitor-webhook",
                "cloudmonitor-webhook-form",
                "cloudmonitor-api",
                "eventbridge",
                "mns-http+cloudmonitor",
                "mns-queue-trigger+cloudmonitor",
                "mns-queue-trigger+eventbridge",
                "mns-topic-trigger+cloudmonitor",
            },
        ),
        (
            "alibaba/ecs/instance-state-change",
            {
                "cloudmonitor",
                "cloudmonitor-debug",
                "cloudmonitor-webhook",
                "cloudmonitor-webhook-form",
                "cloudmonitor-api",
                "eventbridge",
                "mns-http+cloudmonitor",
            },
        ),
    ],
)
def test_events_have_an_example_in_each_nesting(registry: Registry, event: str, chains: set[str]) -> None:
    """An event has an example in each envelope and in each nesting it is known to travel in."""
    found = {example.words[0] for example in examples.of(registry, registry.contract(event), "delivered")}
    assert found == chains


@pytest.mark.parametrize("level", ["tolerant", "documented", "strict"])
def test_realistic_deliveries_are_clean_at_every_level(registry: Registry, level: str) -> None:
    """A delivery as it is documented keeps the contract at every level, without a finding."""
    for contract in registry.event_contracts():
        for example in examples.of(registry, contract, "delivered"):
            verdict = check_payload(example.value, registry, Request(version=contract.version, level=level))  # type: ignore[arg-type]
            errors = [
                finding
                for finding in verdict.findings
                if finding.rule not in ("deprecated", "unlisted-value")
            ]
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
    assert (
        strict_json.loads((ROOT / "schemas" / "registry.json").read_bytes())["baseUrl"]
        == "https://signalbook.example/schemas/"
    )
