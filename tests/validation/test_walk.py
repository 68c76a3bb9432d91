"""The payload walk: versions, levels, a given event; and every single fault of every contract found at its place, through every envelope."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conftest import GOOD
from mutants import carrying
from signalbook import Registry
from signalbook.envelopes.opener import open_payload
from signalbook.reading import pointers
from signalbook.registry import examples
from signalbook.validation.validator import Request, check_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

REGISTRY = Registry.load()
ACME = Registry.load(GOOD)
CHANGE = {
    "eventAction": "StateChange",
    "eventTime": "2021-02-25 11:00:52",
    "instanceId": "i-a1",
    "instanceLastState": "",
    "instanceCurrentState": "running",
}


def rules(payload: Any, **how: Any) -> list[tuple[str, str, str]]:
    """Return (rule, severity, pointer) of each finding of a payload."""
    return [
        (found.rule, found.severity, found.pointer)
        for found in check_payload(payload, REGISTRY, Request.of(REGISTRY, **how)).findings
    ]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("tolerant", [("pattern", "note", "/eventTime")]),
        (
            "documented",
            [
                ("pattern", "warning", "/eventTime"),
                ("unlisted-value", "warning", "/instanceCurrentState"),
                ("unknown-field", "warning", "/new"),
            ],
        ),
        (
            "strict",
            [
                ("pattern", "error", "/eventTime"),
                ("unlisted-value", "error", "/instanceCurrentState"),
                ("unknown-field", "error", "/new"),
            ],
        ),
    ],
)
def test_the_level_decides_on_the_severity(level: str, expected: list[tuple[str, str, str]]) -> None:
    """The same faults weigh less for a tolerant reader and more for a strict one."""
    assert (
        rules({**CHANGE, "eventTime": "now", "instanceCurrentState": "asleep", "new": 1}, level=level)
        == expected
    )


@pytest.mark.parametrize("level", ["tolerant", "documented", "strict"])
def test_a_broken_guarantee_is_an_error_at_every_level(level: str) -> None:
    """A missing field and a wrong type break every reader."""
    broken = {key: value for key, value in CHANGE.items() if key != "instanceId"} | {"eventTime": 1}
    assert rules(broken, level=level) == [("required", "error", ""), ("type", "error", "/eventTime")]


def test_a_given_event_is_the_one_to_keep() -> None:
    """With an event given, the body is held against it, whatever it says it is; by id, last word or the provider's name."""
    for name in ("jdcloud/vm/create-image", "create-image", "CreateImage"):
        assert rules(CHANGE, event=name) == [
            ("required", "error", ""),
            ("const", "error", "/eventAction"),
            ("unknown-field", "warning", "/instanceCurrentState"),
            ("unknown-field", "warning", "/instanceLastState"),
        ]


def test_a_given_event_needs_no_discriminator() -> None:
    """With an event given, a body that nothing would recognise is checked all the same."""
    assert rules({"instanceId": "i-a1"}, event="CreateImage")[0] == ("required", "error", "")


def test_a_deprecated_event_is_noted() -> None:
    """An event the provider no longer documents is valid, and a note names its successor."""
    payload = {
        "eventAction": "SystemFailure.Migrate",
        "eventState": "Executed",
        "eventTime": "2021-02-25 06:44:26",
        "instanceId": "i-a1",
    }
    verdict = check_payload(payload, REGISTRY, Request())
    assert [(verdict.status, found.rule, found.severity, found.hint) for found in verdict.findings] == [
        ("valid", "deprecated", "note", "replaced by jdcloud/vm/system-failure-reboot")
    ]


def old_and_new() -> tuple[str, Any, Any]:
    """Return an event of the small registry that has two versions, and a body that keeps only the older or only the newer one."""
    event = next(event for event in ACME.events.values() if len(event.versions) > 1)
    bodies = [
        next(examples.of(ACME, contract, "valid")).value for contract in (event.older()[0], event.newest)
    ]
    return event.id, bodies[0], bodies[1]


def test_an_archived_payload_is_told_from_a_broken_one() -> None:
    """What only an older version accepts is invalid today, and a note says which version it keeps and since when that is out of date."""
    event, old, _ = old_and_new()
    verdict = check_payload(old, ACME, Request.of(ACME, event))
    assert (verdict.status, verdict.version) == ("invalid", ACME.event(event).newest.version)
    note = verdict.findings[-1]
    assert (note.rule, note.severity) == ("out-of-date", "note")
    assert ACME.event(event).newest.first_seen in note.message
    assert "--version 1.0.0" in str(note.hint)


def test_a_field_that_an_older_version_does_not_know_is_no_sign_of_age() -> None:
    """A fault in a newer field is not explained by an older version, which only does not look at it."""
    whole = delivery("alibaba/ecs/instance-state-change", "cloudmonitor")
    body = open_payload(whole, REGISTRY)[0].body
    assert [
        found.rule
        for found in check_payload(
            carrying(whole, {**body, "publicIpAddress": 5}), REGISTRY, Request()
        ).findings
    ] == ["type"]
    old = check_payload(carrying(whole, {**body, "state": "Pending"}), REGISTRY, Request())
    assert [found.rule for found in old.findings] == ["enum", "out-of-date"]


def test_a_version_can_be_asked_for() -> None:
    """A version by its number is the one to keep; `any` takes the newest that accepts."""
    event, old, new = old_and_new()
    newest = ACME.event(event).newest.version
    expected = [
        ("1.0.0", old, "valid", "1.0.0"),
        ("any", old, "valid", "1.0.0"),
        ("any", new, "valid", newest),
        (None, new, "valid", newest),
    ]
    for asked, body, status, version in expected:
        verdict = check_payload(body, ACME, Request.of(ACME, event, asked))
        assert (verdict.status, verdict.version) == (status, version), asked


def test_a_version_that_only_another_event_has_is_a_finding() -> None:
    """In a mixed run, an event without the version asked for says so, and does not stop the run."""
    verdict = check_payload(CHANGE, REGISTRY, Request.of(REGISTRY, version="1.1.0"))
    assert [(verdict.status, found.rule, found.hint) for found in verdict.findings] == [
        ("invalid", "unknown-version", "available versions: 1.0.0")
    ]


def faults() -> Iterator[tuple[str, Any, str, Any]]:
    """Yield, for each delivered example and each invalid body beside it: file, delivery, version, and the broken body's example."""
    for contract in REGISTRY.event_contracts():
        deliveries = [example.value for example in examples.of(REGISTRY, contract, "delivered")]
        for broken in examples.of(REGISTRY, contract, "invalid"):
            for delivery in deliveries:
                yield f"{contract}/{broken.file.stem}", delivery, contract.version, broken


def test_every_fault_is_found_at_its_place_through_every_envelope() -> None:
    """A body broken in one way gives one error, or a warning of a form, of the rule its file names, at the place it names, however it was delivered."""
    count = 0
    for file, delivery, version, broken in faults():
        whole = open_payload(delivery, REGISTRY)[0]
        envelope = whole.layers[-1].envelope
        where, rule = broken.words[:2]
        if envelope.masked and rule not in ("required", "type"):
            continue
        verdict = check_payload(carrying(delivery, broken.value), REGISTRY, Request(version=version))
        path = pointers.join(whole.path)
        if whole.event and verdict.event != whole.event.id:
            # The body lost, or has another, name of its event: then it is another event, or none.
            assert {where} <= {part.path[-1] for part in envelope.key.values()}, file
            assert verdict.event or [found.pointer for found in verdict.errors] in (
                [path],
                [f"{path}/{where}"],
            ), file
        else:
            steps = where.split(".") if where else []
            place = steps[:-1] if rule == "required" else steps
            # A form that no document asks for is one that is warned of.
            told = [found for found in verdict.findings if found.severity == "error" or found.rule == rule]
            assert [(found.rule, found.pointer) for found in told] == [(rule, "/".join([path, *place]))], file
        count += 1
    assert count > 10_000


def test_findings_say_what_to_do() -> None:
    """A finding tells what was expected, found and meant, what the field means, and from which page of which version the rule comes."""
    (finding,) = check_payload({**CHANGE, "instanceCurrentState": "runing"}, REGISTRY, Request()).findings
    assert (finding.rule, finding.found, finding.hint) == (
        "unlisted-value",
        '"runing"',
        "did you mean 'running'?",
    )
    assert str(finding.expected).startswith('"", "pending", "starting", "running"')
    assert finding.description == "The state the instance is in now."
    assert finding.contract == "jdcloud/vm/state-change@1.0.0"
    assert finding.source == "https://docs.jdcloud.com/cn/virtual-machines/event-overview"


def test_a_neighbour_is_named_and_never_judged() -> None:
    """JSON of another product that fits more than an envelope of ours is said to be that; without its marks it is what it looks like."""
    report = {
        "type": "usage.monthly",
        "sentAt": "2026-01-31T00:00:00Z",
        "data": {"currency": "EUR", "total": 12},
        "period": "2026-01",
    }
    verdict = check_payload(report, ACME, Request())
    assert [(verdict.status, found.rule) for found in verdict.findings] == [("unidentified", "other-product")]
    assert "Acme usage report" in verdict.findings[0].message
    verdict = check_payload({**report, "data": {"id": 1}}, ACME, Request())
    assert "other-product" not in [found.rule for found in verdict.findings]


def delivery(event: str, chain: str) -> Any:
    """Return a delivered example of an event's newest version."""
    return next(
        one.value
        for one in examples.of(REGISTRY, REGISTRY.contract(event), "delivered")
        if one.words[0] == chain
    )


@pytest.mark.parametrize(
    ("level", "status", "severities"),
    [("tolerant", "valid", []), ("documented", "valid", ["warning"]), ("strict", "invalid", ["error"])],
)
def test_a_masked_value_is_accepted_where_it_fits(level: str, status: str, severities: list[str]) -> None:
    """A value with its middle masked is not called wrong as long as a listed one fits it; one that none fits is."""
    body = {
        "resourceId": "i-bp1ecr********5go2go",
        "resourceType": "ALIYUN::ECS::Instance",
        "state": "St***ng",
    }
    whole = delivery("alibaba/ecs/instance-state-change", "cloudmonitor")
    verdict = check_payload(carrying(whole, body), REGISTRY, Request(level=level))  # type: ignore[arg-type]
    assert (verdict.status, [(found.rule, found.severity) for found in verdict.findings]) == (
        status,
        [("masked-value", one) for one in severities],
    )
    address = check_payload(
        carrying(whole, {**body, "state": "Running", "privateIpAddress": "10.***125"}), REGISTRY, Request()
    )
    assert address.findings == ()
    wrong = check_payload(carrying(whole, {**body, "state": "Xx***ng"}), REGISTRY, Request())
    assert [found.rule for found in wrong.errors] == ["enum"]


def test_of_a_dry_run_only_the_structure_is_checked() -> None:
    """In an envelope with masked values a list, a form or a discriminator is not held against them; a missing field and a wrong type are."""
    whole = delivery("alibaba/ecs/instance-system-maintenance-reboot", "cloudmonitor-debug")
    body = {
        **open_payload(whole, REGISTRY)[0].body,
        "eventType": "Sys***",
        "eventStatus": "?",
        "publishTime": "20***",
    }
    assert check_payload(carrying(whole, body), REGISTRY, Request(level="strict")).status == "valid"
    del body["eventId"]
    broken = check_payload(carrying(whole, {**body, "instanceId": 5, "more": 1}), REGISTRY, Request())
    assert [(found.rule, found.severity) for found in broken.findings] == [
        ("required", "error"),
        ("type", "error"),
        ("unknown-field", "warning"),
    ]


def test_findings_lead_into_json_text_that_a_contract_describes() -> None:
    """What an envelope's contract says of the JSON text in a string is checked there, and a string that holds none is reported."""
    whole = delivery("alibaba/ecs/disk-stalled", "cloudmonitor-webhook-form")
    user = json.loads(whole["userInfo"])
    first = next(iter(user))
    found = check_payload({**whole, "userInfo": json.dumps({**user, first: 5})}, REGISTRY, Request()).errors
    assert [(one.rule, one.pointer) for one in found] == [("type", f"/userInfo/{first}")]
    found = check_payload({**whole, "userInfo": "{"}, REGISTRY, Request()).errors
    assert [(one.rule, one.pointer) for one in found] == [("json-text", "/userInfo")]
