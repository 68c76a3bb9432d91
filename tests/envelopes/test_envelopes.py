"""Opening a payload: every envelope is recognised by its keys, by a look-up, even when one key is lost; what is unknown is said to be unknown."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaking import put
from conftest import ROOT
from mutants import carrying
from signalbook import Registry
from signalbook.engine.levels import LEVELS
from signalbook.envelopes.identification import identify_payload
from signalbook.envelopes.opener import MAX_NESTING, open_payload
from signalbook.registry import examples
from signalbook.validation.validator import Request, check_payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REGISTRY = Registry.load()


def deliveries() -> Iterator[tuple[str, str, Any]]:
    """Yield file, event and payload of every delivered example of the catalogue."""
    for contract in REGISTRY.event_contracts():
        for example in examples.of(REGISTRY, contract, "delivered"):
            yield f"{contract.of}/{contract.version}/{example.file.name}", contract.of, example.value


DELIVERED = list(deliveries())
FILES = [file for file, _, _ in DELIVERED]


def delivered(event: str, name: str) -> Any:
    """Return one delivered example."""
    return next(
        payload for file, _, payload in DELIVERED if file.startswith(event) and file.endswith(f"/{name}.json")
    )


def smn(message: str) -> dict[str, Any]:
    """Return an SMN message over HTTP with another message in it."""
    return {**delivered("huawei/config/resource-changed", "smn-http+config--realistic"), "message": message}


@pytest.mark.parametrize(("file", "event", "payload"), DELIVERED, ids=FILES)
def test_deliveries_are_opened_through_the_envelopes_their_name_says(
    file: str, event: str, payload: Any
) -> None:
    """A delivery is opened layer by layer, from the outside in, down to its event."""
    chain = file.rsplit("/", 1)[1].removesuffix(".json").split("--")[0].split("+")
    for opened in open_payload(payload, REGISTRY):
        assert [layer.envelope.id.split("/")[1] for layer in opened.wrappers] == chain
        assert opened.event is not None
        assert (opened.event.id, opened.obstacle) == (event, None)


@pytest.mark.parametrize(("file", "event", "payload"), DELIVERED, ids=FILES)
def test_a_lost_key_is_reported_and_not_a_reason_to_give_up(file: str, event: str, payload: Any) -> None:
    """A delivery that lost any one of its top-level keys is still named, and the loss is found where the contract asks for the key."""
    # An envelope known by a single key is lost with it.
    outermost = open_payload(payload, REGISTRY)[0].layers[0].envelope
    for key in payload if len(outermost.recognise.keys) > 1 else ():
        verdict = check_payload(
            {name: value for name, value in payload.items() if name != key}, REGISTRY, Request(version="any")
        )
        assert verdict.status in ("valid", "invalid"), (file, key)
        assert verdict.envelopes, key
        if verdict.status == "valid":
            assert verdict.event == event, key
        else:
            assert ("required", key) in [(finding.rule, finding.field) for finding in verdict.errors]


def test_identification_tries_no_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """Naming envelopes and events is a look-up: it works where no schema can be compiled."""
    monkeypatch.setattr(
        "signalbook.engine.schema_validator.compiled", lambda _: pytest.fail("a schema was compiled")
    )
    fresh = Registry.load()
    for file, event, payload in DELIVERED:
        assert {identity.event for identity in identify_payload(payload, fresh)} == {event}, file


def test_identity_says_why() -> None:
    """The reasoning names the envelope by its fields and the event by its value, each with its place."""
    (identity,) = identify_payload(
        delivered("huawei/config/resource-changed", "smn-http+config--realistic"), REGISTRY
    )
    assert [(step.pointer, step.what) for step in identity.why] == [
        ("", "huawei/smn-http"),
        ("/message", "huawei/config"),
        ("/message/detail", "huawei/config/resource-changed"),
    ]
    assert (
        identity.why[0].because
        == "it has 'type', 'topic_urn', 'message_id', 'message', 'signature', 'unsubscribe_url'"
    )
    assert identity.why[2].because == "/message/notification_type is 'ResourceChanged'"


UNKNOWN = {
    "plain text in SMN": (smn("Backup finished."), "plain-text", "/message", ("huawei/smn-http",)),
    "text that looks like JSON": (smn('{"a": '), "plain-text", "/message", ("huawei/smn-http",)),
    "another product's alarm in SMN": (
        smn('{"message_type": "alarm", "alarm_id": "al1"}'),
        "unknown-payload",
        "/message",
        ("huawei/smn-http",),
    ),
    "an array in SMN": (smn("[1]"), "unknown-payload", "/message", ("huawei/smn-http",)),
    "a JSON string in SMN": (smn('"x"'), "plain-text", "/message", ("huawei/smn-http",)),
    "an unknown event": (
        {**delivered("huawei/config/resource-changed", "config"), "notification_type": "ResourceChangd"},
        "unknown-event",
        "/notification_type",
        ("huawei/config",),
    ),
    "another product of JD Cloud": (
        {**delivered("jdcloud/vm/state-change", "cloud-events"), "source": "jcloud.disk"},
        "unknown-event",
        "/source",
        ("jdcloud/cloud-events",),
    ),
    "a function trigger of JD Cloud": (
        {
            "version": "0",
            "id": "a",
            "time": "t",
            "source": "oss",
            "base64OwnerPin": "p",
            "resources": [],
            "region": "r",
            "detailType": "MessageReceived",
            "detail": {},
        },
        "other-product",
        "",
        (),
    ),
    "a name of ECS without documented content": (
        {
            **delivered("alibaba/ecs/instance-state-change", "eventbridge"),
            "type": "ecs:Snapshot:SnapshotDeleted",
            "data": {"snapshotId": 1},
        },
        "undocumented-event",
        "/type",
        ("alibaba/eventbridge",),
    ),
    "a name of ECS that nobody lists": (
        {
            **delivered("alibaba/ecs/instance-state-change", "cloudmonitor"),
            "name": "Instance:StateChnge:Normal",
            "content": [],
        },
        "unknown-event",
        "/name",
        ("alibaba/cloudmonitor",),
    ),
    "another product in CloudMonitor": (
        {
            **delivered("alibaba/ecs/instance-state-change", "cloudmonitor"),
            "product": "RDS",
            "resourceId": "rm-1",
            "level": "Major",
        },
        "unknown-event",
        "/product",
        ("alibaba/cloudmonitor",),
    ),
    "block storage in EventBridge": (
        {
            **delivered("alibaba/ecs/instance-state-change", "eventbridge"),
            "source": "acs.ebs",
            "type": "ebs:Disk:DiskIOHang",
            "data": {"eventId": "e-1", "startTime": 1672364109000},
        },
        "unknown-event",
        "/source",
        ("alibaba/eventbridge",),
    ),
    "a type of ECS without its prefix": (
        {**delivered("alibaba/ecs/instance-state-change", "eventbridge"), "type": "Instance:StateChange"},
        "unknown-event",
        "/type",
        ("alibaba/eventbridge",),
    ),
    "an event in an envelope that it does not travel in": (
        {
            **delivered("alibaba/ecs/instance-system-maintenance-reboot", "eventbridge"),
            "type": "ecs:Instance:SystemMaintenance.PerformanceImpact",
        },
        "unknown-event",
        "/type",
        ("alibaba/eventbridge",),
    ),
    "the whole answer of the pull API": (
        {
            "RequestId": "1",
            "Code": "200",
            "SystemEvents": {
                "SystemEvent": [delivered("alibaba/ecs/instance-state-change", "cloudmonitor-api")]
            },
        },
        "other-product",
        "",
        (),
    ),
    "a CloudEvent of somebody else": (
        {
            "specversion": "1.0",
            "id": "1",
            "source": "/mycontext",
            "type": "com.example.created",
            "data": {"a": 1},
        },
        "unknown-payload",
        "",
        (),
    ),
    "a metric alarm in the webhook": (
        {
            **delivered("alibaba/ecs/instance-state-change", "cloudmonitor-webhook"),
            "alert": {"source": "METRIC", "alertStatus": "TRIGGERED", "dedupId": "1", "arn": "a", "meta": {}},
        },
        "unknown-payload",
        "",
        (),
    ),
    "a metric alarm in the webhook's form": (
        {
            **delivered("alibaba/ecs/instance-state-change", "cloudmonitor-webhook-form"),
            "alert": json.dumps(
                {"source": "METRIC", "alertStatus": "TRIGGERED", "dedupId": "1", "arn": "a", "meta": {}}
            ),
        },
        "unknown-payload",
        "",
        (),
    ),
    "plain text in a topic": (
        {**delivered("alibaba/ecs/instance-state-change", "mns-http+cloudmonitor"), "Message": "disk full"},
        "plain-text",
        "/Message",
        ("alibaba/mns-http",),
    ),
    "an object created, in EventGrid": (
        {
            "id": "1",
            "specversion": "1.0",
            "source": "HC.OBS.DWR",
            "type": "OBS:DWR:ObjectCreated:PUT",
            "data": {"eventName": "ObjectCreated:Put"},
        },
        "unknown-event",
        "/type",
        ("huawei/eventgrid",),
    ),
    "a trace that is too little of one": ({"cts": {"a": 1}}, "unknown-payload", "", ()),
    "the old alarm of Cloud Eye in SMN": (
        smn(
            '{"message_type": "alarm", "alarm_id": "al1", "alarm_name": "a", "alarm_status": "alarm", "metric_name": "m", "namespace": "SYS.ECS"}'
        ),
        "other-product",
        "/message",
        ("huawei/smn-http",),
    ),
    "an object-storage callback": (
        {"Records": [{"eventVersion": "2.0", "eventName": "ObjectCreated:Put", "s3": {}}]},
        "unknown-payload",
        "",
        (),
    ),
    "a Cloud Eye event": (
        {"event_name": "rebootServer", "event_source": "SYS.ECS", "time": 1, "detail": {"content": ""}},
        "unknown-payload",
        "",
        (),
    ),
    "an empty object": ({}, "unknown-payload", "", ()),
    "a number": (1, "unknown-payload", "", ()),
    "a bare event of another name": (
        {"eventAction": "StateChang", "eventTime": "x", "instanceId": "i-a"},
        "unknown-event",
        "/eventAction",
        (),
    ),
}


@pytest.mark.parametrize("case", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_unknown_is_said_to_be_unknown(case: tuple[Any, str, str, tuple[str, ...]]) -> None:
    """A payload we do not know is `unidentified`, with the envelopes we do know and one finding at the place; never valid, never invalid."""
    payload, rule, pointer, envelopes = case
    verdict = check_payload(payload, REGISTRY, Request())
    assert (verdict.status, verdict.event, verdict.envelopes) == ("unidentified", None, envelopes)
    assert [(finding.rule, finding.pointer) for finding in verdict.findings] == [(rule, pointer)]


LOOKALIKES = [
    json.loads(line) for line in (ROOT / "tests" / "lookalikes.ndjson").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(
    "payload", [one["payload"] for one in LOOKALIKES], ids=[one["what"] for one in LOOKALIKES]
)
def test_what_merely_looks_alike_is_none_of_ours(payload: Any) -> None:
    """JSON of other products, clouds and tools that shares keys with our events is unidentified at every level: never valid, never called broken."""
    for level in LEVELS:
        verdict = check_payload(payload, REGISTRY, Request(level=level))
        assert (verdict.status, verdict.event) == ("unidentified", None), level


@pytest.mark.parametrize("chain", ["cts-functiongraph", "eventgrid", "smn-http", "smn-functiongraph"])
def test_a_trace_of_any_service_is_a_trace(chain: str) -> None:
    """An operation without a contract of its own is held against the general one."""
    whole = delivered("huawei/workspace-app/stop-server", chain)
    body = {
        **open_payload(whole, REGISTRY)[0].body,
        "service_type": "VPC",
        "trace_name": "deleteEip",
        "resource_type": "eip",
    }
    verdict = check_payload(carrying(whole, body), REGISTRY, Request())
    assert (verdict.status, verdict.event, verdict.name) == ("valid", "huawei/cts/trace", "deleteEip")


def test_a_damaged_mark_of_an_envelope_is_a_fault_and_no_reason_to_give_up() -> None:
    """A value that only makes an envelope likely is reported where it is wrong, and the event inside is named all the same."""
    payload = {
        **delivered("huawei/config/resource-changed", "smn-http+config--realistic"),
        "type": "notification",
    }
    verdict = check_payload(payload, REGISTRY, Request())
    assert (verdict.event, [(found.rule, found.pointer, found.hint) for found in verdict.errors]) == (
        "huawei/config/resource-changed",
        [("const", "/type", "did you mean 'Notification'?")],
    )


def test_a_name_that_only_the_general_contract_takes_is_told_if_another_is_near() -> None:
    """A misspelt operation is held against the general contract, with a warning that says which one was probably meant."""
    whole = delivered("huawei/workspace-app/stop-server", "cts-functiongraph")
    body = {**open_payload(whole, REGISTRY)[0].body, "trace_name": "stopServerr"}
    verdict = check_payload(carrying(whole, body), REGISTRY, Request())
    assert (verdict.status, verdict.event) == ("valid", "huawei/cts/trace")
    assert [(found.rule, found.severity, found.pointer) for found in verdict.findings] == [
        ("general-contract", "warning", "/cts/trace_name")
    ]
    assert str(verdict.findings[0].hint).startswith("did you mean 'stopServer'")


def test_an_event_is_named_by_a_second_place_where_the_first_is_empty() -> None:
    """The webhook repeats the name in its details: a delivery that lost the first is still named, and the loss is reported."""
    payload = delivered("alibaba/ecs/disk-stalled", "cloudmonitor-webhook")
    payload = {
        **payload,
        "alert": {key: value for key, value in payload["alert"].items() if key != "eventName"},
    }
    verdict = check_payload(payload, REGISTRY, Request())
    assert (verdict.event, [(found.rule, found.pointer, found.field) for found in verdict.errors]) == (
        "alibaba/ecs/disk-stalled",
        [("required", "/alert", "eventName")],
    )


def test_a_source_that_is_known_must_name_its_event() -> None:
    """Where the source is one of ours, a missing name is a fault of the payload, and a name of another type is too."""
    payload = delivered("jdcloud/vm/state-change", "cloud-events")
    for detail, rule, pointer in (
        ({}, "required", "/detail"),
        ({"eventAction": 5}, "type", "/detail/eventAction"),
    ):
        verdict = check_payload({**payload, "detail": detail}, REGISTRY, Request())
        assert (verdict.status, (rule, pointer)) == (
            "invalid",
            (verdict.errors[0].rule, verdict.errors[0].pointer),
        )


NEAR = {
    "an event's name": (
        {"eventAction": "StateChang", "eventTime": "x", "instanceId": "i-a"},
        "did you mean 'StateChange'?",
    ),
    "the key that names it": (
        {"eventaction": "StateChange", "eventTime": "x", "instanceId": "i-a"},
        "found 'eventaction': did you mean 'eventAction'?",
    ),
    "an envelope": (
        {"notification_type": "ResourceChanged", "detail": {}},
        "the closest match is huawei/config, but it lacks 'notification_creation_time', 'domain_id'",
    ),
    "an envelope's value": (
        {**delivered("jdcloud/vm/state-change", "cloud-events"), "source": "jd.vm"},
        "the closest match is jdcloud/cloud-events, but its 'source' is \"jd.vm\", not a string that starts with 'jcloud.'",
    ),
}


@pytest.mark.parametrize("case", NEAR.values(), ids=NEAR)
def test_what_is_near_is_named(case: tuple[Any, str]) -> None:
    """An unknown payload comes with what it was probably meant to be."""
    payload, hint = case
    assert [identity.hint for identity in identify_payload(payload, REGISTRY)] == [hint]


def test_a_record_of_a_function_is_opened_if_it_holds_a_notification() -> None:
    """What a function of JD Cloud receives is opened down to its events where Cloud Events called it; other triggers stay another product."""
    whole = delivered("jdcloud/vm/system-failure-fault", "function-record+cloud-events--several")
    verdict = check_payload(whole, REGISTRY, Request())
    assert (verdict.status, [part.pointer for part in verdict.parts]) == (
        "valid",
        ["/Records/0/detail/detail", "/Records/1/detail/detail"],
    )
    stored = {
        "Records": [
            {
                **whole["Records"][0],
                "source": "oss",
                "detail": {"eventName": "event-type", "s3": {}, "responseElements": {}},
            }
        ]
    }
    assert [found.rule for found in check_payload(stored, REGISTRY, Request()).findings] == ["other-product"]
    assert check_payload({"Records": []}, REGISTRY, Request()).status == "unidentified"


@pytest.mark.parametrize(
    "pack", [str, lambda text: b64encode(text.encode()).decode()], ids=["as-it-is", "base64"]
)
@pytest.mark.parametrize("kind", ["queue", "topic"])
def test_a_queue_in_between_is_opened_and_what_is_inside_decides(
    kind: str, pack: Callable[[str], str]
) -> None:
    """A message of a queue or topic is opened, in Base64 or not: its event is checked, with pointers into the text, and other text is unidentified."""
    whole = delivered("alibaba/ecs/instance-vswitch-changed", f"mns-{kind}-trigger+cloudmonitor")
    told = {}
    for name, text in {
        "sound": whole["data"]["messageBody"],
        "broken": whole["data"]["messageBody"].replace('"instanceId":"', '"instanceId":"x'),
        "text": "disk full",
        "cut": '{"id": ',
    }.items():
        verdict = check_payload(
            {**whole, "data": {**whole["data"], "messageBody": pack(text)}}, REGISTRY, Request()
        )
        told[name] = (verdict.status, [(found.rule, found.pointer) for found in verdict.findings])
    assert told == {
        "sound": ("valid", []),
        "broken": ("valid", [("pattern", "/data/messageBody/content/instanceId")]),
        "text": ("unidentified", [("plain-text", "/data/messageBody")]),
        "cut": ("unidentified", [("plain-text", "/data/messageBody")]),
    }


def test_a_chunk_carries_several_events() -> None:
    """A payload with a list of events has one verdict, with a part for each and pointers into the list."""
    chunk = json.loads(
        json.dumps(delivered("huawei/config/resource-changed", "config-chunk+config--several"))
    )
    del chunk["notification_items"][1]["detail"]["resource_id"]
    chunk["notification_items"][2]["notification_type"] = "Nothing"
    verdict = check_payload(chunk, REGISTRY, Request())
    assert [(part.pointer, part.status) for part in verdict.parts] == [
        ("/notification_items/0/detail", "valid"),
        ("/notification_items/1/detail", "invalid"),
        ("/notification_items/2/detail", "unidentified"),
    ]
    assert (verdict.status, verdict.event, verdict.envelopes) == (
        "invalid",
        None,
        ("huawei/config-chunk", "huawei/config"),
    )
    assert [(finding.rule, finding.pointer) for finding in verdict.errors] == [
        ("required", "/notification_items/1/detail"),
        ("unknown-event", "/notification_items/2/notification_type"),
    ]


def test_a_fault_of_one_item_is_none_of_its_siblings() -> None:
    """In a chunk, an item that is no object, or whose own envelope is broken, leaves the status of the others alone."""
    sound = delivered("huawei/config/resource-changed", "config")
    broken = {key: value for key, value in sound.items() if key != "domain_id"}
    verdict = check_payload({"notification_items": [sound, 3, broken, {"a": 1}, sound]}, REGISTRY, Request())
    assert [part.status for part in verdict.parts] == ["valid", "invalid", "invalid", "unidentified", "valid"]
    assert (verdict.status, verdict.event, verdict.envelopes) == ("invalid", None, ("huawei/config-chunk",))
    assert [(finding.rule, finding.pointer) for finding in verdict.errors] == [
        ("type", "/notification_items/1"),
        ("required", "/notification_items/2"),
        ("unknown-payload", "/notification_items/3"),
    ]


@pytest.mark.parametrize("value", [None, [], 1], ids=["null", "array", "number"])
def test_what_an_envelope_already_reports_is_not_said_twice(value: Any) -> None:
    """A slot of the wrong type is one fault, and gives one finding."""
    verdict = check_payload({**smn(""), "message": value}, REGISTRY, Request())
    assert (verdict.status, [(finding.rule, finding.pointer) for finding in verdict.findings]) == (
        "invalid",
        [("type", "/message")],
    )


XML = "this is XML, as queues and topics deliver by default: check the text inside (<MessageBody> or <Message>), or configure the subscription to deliver JSON"
STRANGE = {
    "text": "disk full",
    "JSON that nobody knows": '{"a": 1}',
    "an object that nobody knows": {"a": 1},
    "another product": '{"message_type": "alarm", "alarm_id": "al1", "alarm_status": "alarm", "metric_name": "m", "namespace": "SYS.ECS"}',
}


@pytest.mark.parametrize("message", STRANGE.values(), ids=STRANGE)
def test_an_envelope_around_what_nobody_knows_is_not_judged(message: Any) -> None:
    """Where identify says that it does not know what an envelope carries, validate says the same, whatever the envelope lacks."""
    payload = {key: value for key, value in smn("").items() if key != "unsubscribe_url"} | {
        "message": message
    }
    verdict = check_payload(payload, REGISTRY, Request(level="strict"))
    (identity,) = identify_payload(payload, REGISTRY)
    assert (verdict.status, identity.status) == ("unidentified", "unidentified")
    assert [(found.pointer, found.message, found.hint) for found in verdict.findings] == [
        ("/message", identity.message, identity.hint)
    ]


def test_an_envelope_with_a_list_is_judged_for_the_items_that_are_known() -> None:
    """Of a list, an item that nobody knows is left out, and a fault beside another one is still found."""
    payload = next(
        one.value
        for one in examples.of(REGISTRY, REGISTRY.contract("huawei/workspace-app/stop-server"), "delivered")
        if "smn-functiongraph" in one.file.stem
    )
    (record,) = payload["record"]
    faulty = {**record, "event_version": 1}
    text = {**faulty, "smn": {**record["smn"], "message": "disk full"}}
    verdict = check_payload({"record": [text, faulty, record]}, REGISTRY, Request())
    assert [(found.rule, found.pointer) for found in verdict.findings] == [
        ("type", "/record/1/event_version"),
        ("plain-text", "/record/0/smn/message"),
    ]
    assert [part.status for part in verdict.parts] == ["unidentified", "invalid", "valid"]


def test_an_unknown_event_is_told_below_an_object_in_the_place_of_text() -> None:
    """An envelope of which only the outer one is at fault does not hide that the event inside is not known."""
    inner = {**delivered("huawei/config/resource-changed", "config"), "notification_type": "Foo"}
    verdict = check_payload({**smn(""), "message": inner}, REGISTRY, Request())
    assert [(found.rule, found.pointer) for found in verdict.findings] == [
        ("type", "/message"),
        ("unknown-event", "/message/notification_type"),
    ]


@pytest.mark.parametrize("service", ["workspaceapp", "WorkSpaceApp", "Workspace_APP"])
def test_a_misspelt_service_of_a_trace_is_pointed_out(service: str) -> None:
    """A trace of an operation that another spelling of its service has gets that spelling as a hint."""
    payload = delivered("huawei/workspace-app/stop-server", "cts-functiongraph")
    (found,) = check_payload(
        {"cts": {**payload["cts"], "service_type": service}}, REGISTRY, Request()
    ).findings
    assert (found.rule, found.severity, found.pointer, found.hint) == (
        "general-contract",
        "warning",
        "/cts/service_type",
        "did you mean 'WorkspaceAPP'?",
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("disk full", None),
        ("<Message/>", XML),
        (
            "[ALARM] disk full",
            "if this is meant to be JSON: not JSON: unexpected character, expected a JSON value (line 1, column 2)",
        ),
        (
            json.dumps(json.dumps({"a": 1})),
            "this is JSON inside a JSON string: something in transit encoded it twice, so decode it once more",
        ),
    ],
)
def test_text_that_is_no_json_object_is_plain_text(text: str, hint: str | None) -> None:
    """Where text may stand, text is text; what might have been meant as JSON gets a hint."""
    (finding,) = check_payload(smn(text), REGISTRY, Request()).findings
    assert (finding.rule, finding.message, finding.hint) == (
        "plain-text",
        "huawei/smn-http contains plain text, which names no event",
        hint,
    )


def test_identify_says_what_is_missing_where_it_goes_no_further() -> None:
    """A delivery without what it should carry, or with something else in its place, is told from one that nobody knows."""
    without = {key: value for key, value in smn("x").items() if key != "message"}
    assert [one.message for one in identify_payload(without, REGISTRY)] == [
        "'message' is missing: it holds the content of huawei/smn-http"
    ]
    assert [one.message for one in identify_payload({**without, "message": None}, REGISTRY)] == [
        "the content of huawei/smn-http must be a JSON object"
    ]


def test_an_envelope_without_its_slot_is_never_clean(good_tree: Path) -> None:
    """Where the contract of an envelope does not insist on what it carries, a delivery without it is invalid all the same."""
    put("acme/_envelopes/webhook/1.0.0.json", "/required", ["id"])(good_tree)
    tree = Registry.load(good_tree)
    verdict = check_payload(
        {"id": "8c1f6a52-4d0e-4b7a-9c53-2f0f6f3f7a11", "sentAt": "2025-06-03T08:15:00Z", "type": "Disk.Full"},
        tree,
        Request(),
    )
    assert (
        verdict.status,
        verdict.event,
        [(finding.rule, finding.field) for finding in verdict.findings],
    ) == (
        "invalid",
        "acme/disk/disk-full",
        [("required", "data")],
    )


def test_two_events_that_nothing_tells_apart_are_both_named(good_tree: Path) -> None:
    """A delivery that two events claim is unidentified, and the finding names both."""
    put("acme/disk/snapshot-failed/event.json", "/match", {"name": "Disk.Full"})(good_tree)
    payload = json.loads(
        (good_tree / "acme/disk/disk-full/examples/2.0.0/delivered/webhook.json").read_bytes()
    )
    (finding,) = check_payload(payload, Registry.load(good_tree), Request()).findings
    assert (finding.rule, finding.message) == (
        "ambiguous",
        "several events match: acme/disk/disk-full, acme/disk/snapshot-failed",
    )


def test_an_empty_chunk_carries_nothing() -> None:
    """An envelope with an empty list is valid, carries no event, and says so."""
    verdict = check_payload({"notification_items": []}, REGISTRY, Request())
    assert (verdict.status, verdict.event, verdict.envelopes) == ("valid", None, ("huawei/config-chunk",))
    assert [(finding.rule, finding.severity) for finding in verdict.findings] == [("empty-envelope", "note")]
    assert [identity.status for identity in identify_payload({"notification_items": []}, REGISTRY)] == [
        "identified"
    ]


def test_nesting_is_bounded() -> None:
    """Envelopes inside each other are opened to a bound, so that no payload can send us down forever."""
    payload: Any = delivered("huawei/config/resource-changed", "config")
    for _ in range(MAX_NESTING + 1):
        payload = smn(json.dumps(payload))
    verdict = check_payload(payload, REGISTRY, Request())
    assert (verdict.status, [finding.rule for finding in verdict.findings]) == (
        "unidentified",
        ["too-nested"],
    )


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(payload=JSON)
def test_nothing_that_is_json_raises(payload: Any) -> None:
    """Any JSON value has a verdict, and drawn nonsense is never taken for an event."""
    verdict = check_payload(payload, REGISTRY, Request())
    assert (verdict.status, verdict.event) == ("unidentified", None)


@given(data=st.data(), junk=JSON)
def test_junk_in_any_place_of_a_delivery_raises_nothing(data: st.DataObject, junk: Any) -> None:
    """A delivery with any one of its values replaced has a verdict, and its findings point into the payload."""
    payload = json.loads(json.dumps(data.draw(st.sampled_from([payload for _, _, payload in DELIVERED]))))
    holder, key = data.draw(st.sampled_from(list(places(payload))))
    holder[key] = junk
    for finding in check_payload(payload, REGISTRY, Request(level="strict")).findings:
        assert leads_somewhere(payload, finding.pointer), finding


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the holder and the key of every value inside a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from places(inner)


def leads_somewhere(payload: Any, pointer: str) -> bool:
    """Follow a pointer, on through strings that hold JSON text."""
    for token in pointer.split("/")[1:]:
        step = token.replace("~1", "/").replace("~0", "~")
        if isinstance(payload, str):
            payload = json.loads(payload)
        if isinstance(payload, list):
            payload = payload[int(step)]
        elif step in payload:
            payload = payload[step]
        else:
            return False
    return True
