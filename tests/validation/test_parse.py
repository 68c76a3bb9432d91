"""Typed parsing: `signalbook.parse` gives models, at a level, and one error that carries the verdict."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signalbook_models.alibaba.ecs import InstanceStateChange
from signalbook_models.alibaba.ecs.snapshot_create_snapshot_completed import v1_0 as old_snapshot
from signalbook_models.alibaba.envelopes import Cloudmonitor, CloudmonitorWebhookForm, MnsHttp
from signalbook_models.huawei.config import ResourceChanged
from signalbook_models.huawei.envelopes import Config, ConfigChunk
from signalbook_models.jdcloud.vm import StateChange

import signalbook
from conftest import ROOT
from modelling import body_class
from mutants import REGISTRY, changed
from signalbook import Delivery, ParseError
from signalbook.reading import strict_json
from signalbook.registry import examples

NESTED = (ROOT / "demo" / "alibaba-state-change-through-mns.json").read_bytes()
DELIVERED = [
    pytest.param(example.value, id=f"{contract}-{example.file.stem}")
    for contract in REGISTRY.event_contracts()
    for example in examples.of(REGISTRY, contract, "delivered")
    if "debug" not in example.file.stem
]


def stored() -> dict[str, Any]:
    """Return a stored chunk with two notifications."""
    file = next(
        ROOT.glob("schemas/huawei/config/resource-changed/examples/*/delivered/config-chunk+config.json")
    )
    chunk: dict[str, Any] = strict_json.loads(file.read_bytes())
    other = changed(chunk["notification_items"][0], ("detail", "event_type"), lambda _: "UPDATE")
    return {**chunk, "notification_items": [chunk["notification_items"][0], other]}


def state(name: str) -> bytes:
    """Return the nested payload with another state."""
    return json.dumps(changed(json.loads(NESTED), ("Message", "content", "state"), lambda _: name)).encode()


def test_a_nested_payload_gives_its_body_and_its_envelopes() -> None:
    """The body is the class of its event, and the envelopes stand from the outside in, each with what it says."""
    delivery = signalbook.parse(NESTED)
    assert (delivery.event, delivery.version, delivery.name) == (
        "alibaba/ecs/instance-state-change",
        "1.2.0",
        "Instance:StateChange",
    )
    assert (delivery.pointer, delivery.verdict.ok) == ("/Message/content", True)
    outer, inner = delivery.envelopes
    assert (type(delivery.body), type(outer), type(inner)) == (InstanceStateChange, MnsHttp, Cloudmonitor)
    assert isinstance(inner, Cloudmonitor)
    assert inner.event_time == datetime.fromisoformat("2024-09-10T10:41:17.365+08:00")


def test_a_handler_matches_on_classes_and_fields() -> None:
    """What the documentation promises: match, case, class, field."""

    def handled(delivery: Delivery) -> str:
        match delivery.body:
            case InstanceStateChange(state="Stopped", resource_id=instance):
                return f"{instance} stopped"
            case InstanceStateChange(state=other):
                return other
            case _:
                return "another event"

    assert handled(signalbook.parse(state("Stopped"))).endswith("stopped")
    assert handled(signalbook.parse(state("Running"))) == "Running"
    assert (
        handled(signalbook.parse((ROOT / "demo" / "jdcloud-state-change.json").read_bytes()))
        == "another event"
    )


@pytest.mark.parametrize("payload", DELIVERED)
def test_every_delivered_example_is_parsed_and_given_back(payload: dict[str, Any]) -> None:
    """Every envelope around every event is typed, and what stands outermost gives back the whole payload."""
    found = signalbook.parse_all(payload, version="any")
    for delivery in found:
        outermost = delivery.envelopes[0] if delivery.envelopes else delivery.body
        assert outermost.to_payload() == payload


def test_a_new_state_is_read_unless_the_contract_is_asked_for() -> None:
    """A value that is not listed: read and given back where a handler parses, an error that says what is listed at the level of the contract."""
    body = signalbook.parse(state("Hibernated")).body
    assert isinstance(body, InstanceStateChange)
    assert (body.state, body.to_payload()["state"]) == ("Hibernated", "Hibernated")
    with pytest.raises(ParseError) as caught:
        signalbook.parse(state("Hibernated"), level="documented")
    assert [(one.rule, one.pointer) for one in caught.value.verdict.errors] == [
        ("enum", "/Message/content/state")
    ]
    assert "/Message/content/state" in str(caught.value)


def test_a_form_that_is_not_documented_is_read_unless_the_contract_is_asked_for() -> None:
    """An id of another form, and a time that is ISO 8601 but not the provider's: both read at the level of a handler, refused at that of the contract."""
    payload = changed(json.loads(NESTED), ("Message", "eventTime"), lambda _: "2019-04-09T12:18:26+08:00")
    payload = changed(payload, ("Message", "content", "resourceId"), lambda _: "instance 7")
    delivery = signalbook.parse(payload)
    assert isinstance(delivery.body, InstanceStateChange)
    assert isinstance(delivery.envelopes[1], Cloudmonitor)
    assert (delivery.body.resource_id, delivery.envelopes[1].event_time.isoformat()) == (
        "instance 7",
        "2019-04-09T12:18:26+08:00",
    )
    assert delivery.envelopes[1].to_payload() == json.loads(payload["Message"])
    with pytest.raises(ParseError):
        signalbook.parse(payload, level="documented")


def test_what_breaks_a_guarantee_is_one_error_with_every_finding() -> None:
    """A missing field and a wrong type: not parsed at any level, and the verdict is what `check` says."""
    payload = changed(
        json.loads(NESTED),
        ("Message", "content"),
        lambda _: {"resourceId": 7, "resourceType": "ALIYUN::ECS::Instance"},
    )
    with pytest.raises(ParseError) as caught:
        signalbook.parse(payload)
    assert caught.value.verdict == signalbook.check(payload, level="tolerant")
    assert {(one.rule, one.field) for one in caught.value.verdict.errors} == {
        ("required", "state"),
        ("type", None),
    }


def test_a_time_that_nobody_can_read_is_an_error_of_its_own() -> None:
    """A note at the tolerant level, but no datetime: the error says where, and `check` is not contradicted silently."""
    payload = changed(json.loads(NESTED), ("Message", "eventTime"), lambda _: "yesterday")
    assert signalbook.check(payload, level="tolerant").ok
    with pytest.raises(ParseError) as caught:
        signalbook.parse(payload)
    assert [(one.rule, one.pointer) for one in caught.value.verdict.errors] == [
        ("untyped", "/Message/eventTime")
    ]


def test_a_list_gives_several_deliveries_and_parse_refuses_to_choose() -> None:
    """A stored chunk: one delivery an item, each in its own envelopes; `parse` says how many there are and keeps them."""
    chunk = stored()
    found = signalbook.parse_all(chunk)
    assert len(found) > 1
    assert [type(one.body) for one in found] == [ResourceChanged] * len(found)
    assert [[type(one) for one in delivery.envelopes] for delivery in found] == [[ConfigChunk, Config]] * len(
        found
    )
    with pytest.raises(ParseError, match=f"the payload carries {len(found)} events") as caught:
        signalbook.parse(chunk)
    assert caught.value.deliveries == found


def test_a_list_of_texts_is_what_the_list_of_their_values_is() -> None:
    """A batch as a function trigger hands it over, JSON texts in a list, holds out what the values do, to `check`, `identify` and `parse_all`."""
    one = json.loads(NESTED)
    values = [one, stored(), changed(one, ("Message", "content", "state"), lambda _: "Asleep")]
    texts = [json.dumps(values[0]), values[1], json.dumps(values[2], indent=1)]
    for batch in (texts, json.dumps(texts), json.dumps(texts).encode()):
        verdict = signalbook.check(batch)
        assert verdict == signalbook.check(values)
        assert [(found.rule, found.pointer) for found in verdict.errors] == [
            ("enum", "/2/Message/content/state")
        ]
        assert [part.pointer for part in verdict.parts[:2]] == [
            "/0/Message/content",
            "/1/notification_items/0/detail",
        ]
        assert signalbook.identify(batch) == signalbook.identify(values)
        found, wanted = signalbook.parse_all(batch), signalbook.parse_all(values)
        assert [(one.pointer, one.body) for one in found] == [(one.pointer, one.body) for one in wanted]
        assert len(found) == len(verdict.parts)


def test_of_a_list_with_a_broken_item_the_others_are_kept() -> None:
    """Nothing is lost: the error carries the deliveries that could be parsed."""
    chunk = stored()
    whole = signalbook.parse_all(chunk)
    broken = changed(chunk, ("notification_items", 0, "detail"), lambda old: {**old, "resource_id": None})
    with pytest.raises(ParseError) as caught:
        signalbook.parse_all(broken)
    assert [one.body for one in caught.value.deliveries] == [one.body for one in whole[1:]]


def test_an_empty_list_carries_no_event() -> None:
    """`parse_all` gives nothing, `parse` says so."""
    chunk = stored()
    empty = {**chunk, "notification_items": []}
    assert signalbook.parse_all(empty) == ()
    with pytest.raises(ParseError, match="the payload carries no event"):
        signalbook.parse(empty)


def test_masked_values_are_not_typed() -> None:
    """A dry run is checked for its structure only, and has nothing that a class could hold."""
    example = next(
        ROOT.glob(
            "schemas/alibaba/ecs/instance-state-change/examples/1.2.0/delivered/cloudmonitor-debug.json"
        )
    )
    with pytest.raises(ParseError, match="the values are masked") as caught:
        signalbook.parse(example.read_bytes())
    assert [one.rule for one in caught.value.verdict.errors] == ["untyped"]


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"7", b'"text"', b"{}", b'{"a": 1, "a": 2}', b"\xff", b'{"event": "Nobody.Knows"}'],
)
def test_what_is_no_payload_is_a_parse_error(text: bytes) -> None:
    """Unreadable and unidentified payloads raise the same error, with the verdict that `check` gives."""
    with pytest.raises(ParseError) as caught:
        signalbook.parse(text)
    assert caught.value.verdict == signalbook.check(text, level="tolerant")


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(text: bytes) -> None:
    """Whatever arrives, a handler has one error to catch."""
    with pytest.raises(ParseError):
        signalbook.parse(text)


def test_an_archived_payload_is_typed_as_its_own_version() -> None:
    """A field is always there since 1.1.0: an older payload is read by the class of 1.0.0, which stays importable."""
    example = next(
        ROOT.glob(
            "schemas/alibaba/ecs/snapshot-create-snapshot-completed/examples/1.0.0/delivered/cloudmonitor.json"
        )
    ).read_bytes()
    delivery = signalbook.parse(example, version="any")
    assert (delivery.version, type(delivery.body)) == ("1.0.0", old_snapshot.SnapshotCreateSnapshotCompleted)


def test_an_envelope_can_be_typed_with_its_body() -> None:
    """Without the kit's recognition: `Cloudmonitor[InstanceStateChange]` reads frame and body at once."""
    text = json.loads(NESTED)["Message"]
    read = Cloudmonitor[InstanceStateChange].model_validate_json(text)
    assert (read.content.state, read.to_payload()) == (json.loads(text)["content"]["state"], json.loads(text))
    assert Cloudmonitor.model_validate_json(text).content == json.loads(text)["content"]


def test_an_object_in_a_string_is_typed_and_written_letter_by_letter() -> None:
    """A form's alert is JSON text: it is read as a class, and given back as it was spelt; a changed one is written anew."""
    payload = json.loads((ROOT / "demo" / "alibaba-maintenance-webhook-form.json").read_bytes())
    payload["alert"] = json.dumps(json.loads(payload["alert"]), indent=3)
    form = CloudmonitorWebhookForm.model_validate(payload)
    assert (form.alert.product, form.to_payload()) == ("ECS", payload)
    changed_form = form.model_copy(update={"alert": form.alert.model_copy(update={"product": "Disk"})})
    assert json.loads(changed_form.to_payload()["alert"])["product"] == "Disk"
    assert form.model_copy().to_payload() == payload


def test_unknown_fields_stay_and_names_of_ours_are_not_the_providers() -> None:
    """A field nobody knows is kept, also one that is called as an attribute is; absent stays absent."""
    payload: dict[str, Any] = {
        "eventAction": "StateChange",
        "eventTime": "2021-02-25 11:00:30",
        "instanceId": "i-eiuciglbqp",
        "instanceCurrentState": "running",
    }
    payload |= {"instanceLastState": "", "instance_id": "another", "更多": [1, {"a": None}]}
    read = StateChange.model_validate(payload)
    assert (read.instance_id, read.model_extra) == (
        "i-eiuciglbqp",
        {"instance_id": "another", "更多": [1, {"a": None}]},
    )
    assert read.to_payload() == payload


def test_models_are_made_by_the_names_of_their_attributes() -> None:
    """A test of a handler writes Python's names, with datetimes, and gets the provider's JSON in the provider's spelling."""
    read = signalbook.parse(NESTED).envelopes[1]
    assert isinstance(read, Cloudmonitor)
    at = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=timezone(timedelta(hours=8)))
    later = read.model_copy(update={"event_time": at})
    assert later.to_payload()["eventTime"] == "20260102T030405.678+0800"
    body = InstanceStateChange(resource_id="i-bp1", resource_type="ALIYUN::ECS::Instance", state="Stopped")
    assert body.to_payload() == {
        "resourceId": "i-bp1",
        "resourceType": "ALIYUN::ECS::Instance",
        "state": "Stopped",
    }
    assert at.astimezone(UTC) < datetime.now(UTC) + timedelta(days=36500)


def test_models_never_change() -> None:
    """An event is a fact: assigning to a field is an error."""
    body = signalbook.parse(NESTED).body
    with pytest.raises(ValueError, match="frozen"):
        setattr(body, "state", "Running")  # noqa: B010 - a type checker would refuse the assignment


def test_types_that_are_not_there_are_the_callers_fault() -> None:
    """Another package is asked for and does not exist: the error says which module, and how to make it."""
    with pytest.raises(signalbook.MissingModels, match=r"(?s)nowhere_models.*signalbook build"):
        signalbook.parse(NESTED, models="nowhere_models")


def test_threads_that_start_together_all_get_their_events() -> None:
    """In a fresh process, where the types are imported by the first payloads: no thread waits for another for ever, none gets half a module."""
    code = """
import sys, threading, pathlib, signalbook
payloads = [path.read_bytes() for path in map(pathlib.Path, sys.argv[1:])]
found, start = [], threading.Barrier(16)
def run(payload):
    start.wait()
    found.append(signalbook.parse(payload).event)
threads = [threading.Thread(target=run, args=(payloads[number % len(payloads)],)) for number in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(found))
"""
    events = (
        "instance-state-change",
        "disk-stalled",
        "snapshot-create-snapshot-completed",
        "network-interface-private-ip-assigned",
    )
    paths = [
        next(
            (ROOT / "schemas" / "alibaba" / "ecs" / event / "examples").glob("*/delivered/cloudmonitor.json")
        )
        for event in events
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, paths[:2])],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("16\n", "")


def test_what_stands_around_a_list_is_read_once() -> None:
    """Each delivery of a stored chunk shares its envelope, so that a large chunk takes no more than its items."""
    chunk = stored()
    found = signalbook.parse_all({**chunk, "notification_items": chunk["notification_items"] * 50})
    assert len({id(one.envelopes[0]) for one in found}) == 1


def test_a_time_that_was_calculated_is_a_datetime_like_any_other() -> None:
    """It is copied and sent to another process, alone and inside a model, and is written in the provider's form."""
    frame = signalbook.parse(NESTED).envelopes[1]
    assert isinstance(frame, Cloudmonitor)
    later = frame.event_time.astimezone(UTC) + timedelta(hours=1)
    moved = frame.model_copy(update={"event_time": later})
    for copy in (pickle.loads(pickle.dumps(moved)), deepcopy(moved), moved.model_copy(deep=True)):  # noqa: S301 - our own
        assert (copy, copy.to_payload()["eventTime"]) == (moved, "20240910T034117.365+0000")
    assert pickle.loads(pickle.dumps(frame)).to_payload() == frame.to_payload()  # noqa: S301 - our own


def test_by_attribute_none_is_absent() -> None:
    """What a model says of an absent field can be said to one that is made by hand; in a payload, null is refused."""
    given = {"resource_id": "i-bp1", "resource_type": "ALIYUN::ECS::Instance", "state": "Stopped"}
    body = InstanceStateChange(**given, instance_name=None)
    assert (body, InstanceStateChange(**dict(body))) == (InstanceStateChange(**given), body)
    assert "instance_name" not in repr(body)
    with pytest.raises(ValueError, match="may be absent, but not null"):
        InstanceStateChange.model_validate({**body.to_payload(), "instanceName": None})


def test_a_copy_takes_the_providers_names_too() -> None:
    """Nothing is lost silently: both names replace the same field."""
    body = InstanceStateChange(resource_id="i-bp1", resource_type="ALIYUN::ECS::Instance", state="Stopped")
    assert body.model_copy(update={"instanceName": "web"}) == body.model_copy(update={"instance_name": "web"})


def test_the_text_that_a_model_was_read_from_does_not_count() -> None:
    """Two alerts that say the same are equal, however they were spelt."""
    alert = CloudmonitorWebhookForm.model_validate_json(
        (ROOT / "demo" / "alibaba-maintenance-webhook-form.json").read_bytes()
    ).alert
    assert alert == type(alert).model_validate(alert.to_payload())


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_every_class_has_a_json_schema(mode: Literal["validation", "serialization"]) -> None:
    """For web frameworks, which describe what they take and give by it; a time is what the provider writes."""
    for event in REGISTRY.events.values():
        schema = body_class(REGISTRY, event.newest).model_json_schema(mode=mode)
        assert set(schema["required"]) <= set(schema["properties"]) != set(), event.id
    form = CloudmonitorWebhookForm.model_json_schema(mode=mode)
    assert form["$defs"]["EpochMs"] == {"type": "integer"}


def test_bytes_may_come_in_any_wrapping() -> None:
    """As bytes, bytearray, memoryview, text or a dict: one delivery."""
    assert {
        repr(signalbook.parse(one))
        for one in (NESTED, bytearray(NESTED), memoryview(NESTED), NESTED.decode(), json.loads(NESTED))
    } == {repr(signalbook.parse(NESTED))}
