"""What is seen of a handler's reading: every place that it asks for, by whichever decoder we know, and nothing that the kit itself reads."""

from __future__ import annotations

import copy
import gzip
import json
import pickle
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from signalbook_models.alibaba.ecs import InstanceStateChange

import signalbook
from signalbook.testing.calls import Handler
from signalbook.testing.strategies import sampler
from signalbook.testing.tracing import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook.testing.sampler import Sample

STATE_CHANGE = "alibaba/ecs/instance-state-change"


def made(event: str, route: str) -> Sample:
    """Return a payload as the first example of a route shows it."""
    return next(sampler().recipes(event, None, route)[0].cases("documented"))


def read(function: Callable[[Any], Any], sample: Sample, form: Any = "bytes") -> set[tuple[str | int, ...]]:
    """Return what a handler reads of a sample."""
    outcome = Handler(function, form).call(sample, {})
    assert outcome.error is None
    assert outcome.trace
    return outcome.trace.read


def nested(loads: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a handler that decodes twice."""
    return lambda body: loads(loads(body)["Message"])["content"]["state"]


PATHS = {("Message",), ("Message", "content"), ("Message", "content", "state")}


def with_orjson(text: Any) -> Any:
    """Decode, looking the decoder up when it is called."""
    return orjson.loads(text)


def with_a_decoder(text: Any) -> Any:
    """Decode with a decoder of one's own."""
    return json.JSONDecoder(strict=False).decode(text)


@pytest.mark.parametrize("loads", [json.loads, with_orjson, with_a_decoder])
def test_decoders_are_watched(loads: Callable[[Any], Any]) -> None:
    """What is read of the JSON text inside a payload is noted too."""
    assert read(nested(loads), made(STATE_CHANGE, "mns-http"), "text") == PATHS
    assert loads is with_a_decoder or read(nested(loads), made(STATE_CHANGE, "mns-http"), "bytes") == PATHS


def test_decoders_are_left_as_they_were() -> None:
    """After a call, nothing is watched any more."""
    before = (json.JSONDecoder.decode, orjson.loads)
    read(nested(json.loads), made(STATE_CHANGE, "mns-http"))
    with pytest.raises(KeyError), Trace({}).watching():
        raise KeyError
    assert (json.JSONDecoder.decode, orjson.loads) == before
    assert type(json.loads("{}")) is dict


def test_forms_and_compressed_payloads_are_watched() -> None:
    """Texts are known by what they say, however they were taken out of the bytes."""
    form = read(
        lambda body: json.loads(parse_qs(body.decode())["alert"][0])["eventName"],
        made(STATE_CHANGE, "cloudmonitor-webhook-form"),
    )
    assert form == {("alert", "eventName")}
    chunk = read(
        lambda body: json.loads(gzip.decompress(body))["notification_items"][0]["detail"],
        made("huawei/config/resource-changed", "config-chunk"),
    )
    assert chunk == {("notification_items",), ("notification_items", 0), ("notification_items", 0, "detail")}


def test_what_is_read_of_base64_is_watched() -> None:
    """Of JSON text in Base64, a handler's reading is noted by the same paths as of the text itself."""
    sample = made("alibaba/ecs/instance-vswitch-changed", "mns-queue-trigger+cloudmonitor")
    payload = {
        **sample.value,
        "data": {"messageBody": b64encode(sample.value["data"]["messageBody"].encode()).decode()},
    }
    trace = Trace(payload)
    with trace.watching():
        body = json.loads(json.dumps(payload))
        assert json.loads(b64decode(body["data"]["messageBody"]))["content"]["vpcId"]
    assert trace.found() == {
        ("data",),
        *(("data", "messageBody", *rest) for rest in ((), ("content",), ("content", "vpcId"))),
    }


def test_models_are_watched() -> None:
    """Of a typed delivery, the fields are noted that a handler asks for, by their names in the payload."""

    def handle(body: bytes) -> None:
        for delivery in signalbook.parse_all(body):
            match delivery.body:
                case InstanceStateChange(state=str()) as changed:
                    assert changed.instance_name

    assert read(handle, made(STATE_CHANGE, "mns-http")) == {
        ("Message", "content"),
        ("Message", "content", "state"),
        ("Message", "content", "instanceName"),
    }


@pytest.mark.parametrize(
    "route",
    ["mns-http", "cloudmonitor-webhook-form", "cloudmonitor-webhook", "eventbridge", "cloudmonitor-api"],
)
@pytest.mark.parametrize("function", [signalbook.parse_all, signalbook.check, signalbook.identify])
@pytest.mark.parametrize("form", ["bytes", "json"])
def test_what_the_kit_reads_is_not_the_handlers(
    function: Callable[[Any], Any], route: str, form: str
) -> None:
    """A handler that only asks the kit has read nothing itself."""
    assert read(function, made(STATE_CHANGE, route), form) == set()


VALUES = st.recursive(
    st.none() | st.integers(-(2**63), 2**63) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES))
def test_watched_values_are_values(value: dict[str, Any]) -> None:
    """A watched value is equal to a plain one, is written like one, and gives plain ones where it is copied."""
    watched = Trace(value).whole()
    assert watched == value
    assert json.dumps(watched) == json.dumps(value)
    assert orjson.loads(orjson.dumps(watched)) == orjson.loads(orjson.dumps(value))
    assert [
        type(one)
        for one in (copy.deepcopy(watched), pickle.loads(pickle.dumps(watched)), watched.copy(), {**watched})  # noqa: S301
    ] == [dict] * 4
    assert {**watched} == copy.deepcopy(watched) == pickle.loads(pickle.dumps(watched)) == value  # noqa: S301


READS: list[tuple[Callable[[Any], Any], set[tuple[str | int, ...]]]] = [
    (lambda it: it["a"], {("a",)}),
    (lambda it: it.get("x"), {("x",)}),
    (lambda it: "x" in it, {("x",)}),
    (lambda it: it["a"]["b"], {("a",), ("a", "b")}),
    (lambda it: it["l"][-1], {("l",), ("l", 2)}),
    (lambda it: it["l"][:2], {("l",), ("l", 0), ("l", 1)}),
    (lambda it: len(it["l"]), {("l",)}),
    (lambda it: list(it["l"]), {("l",), ("l", 0), ("l", 1), ("l", 2)}),
    (lambda it: next(iter(it["l"])), {("l",), ("l", 0)}),
    (lambda it: it["l"].pop(), {("l",), ("l", 2)}),
    (lambda it: list(reversed(it["l"])), {("l",), ("l", 0), ("l", 1), ("l", 2)}),
    (lambda it: dict(it["a"].items()), {("a",), ("a", "b")}),
    (lambda it: [*it["a"]], {("a",), ("a", "b")}),
    (lambda it: {**it["a"]}, {("a",), ("a", "b")}),
    (lambda it: it.pop("a", None), {("a",)}),
    (lambda it: it.setdefault("y", 1), {("y",)}),
    (bool, set()),
]


@pytest.mark.parametrize(("ask", "noted"), READS)
def test_each_way_of_asking_is_noted(ask: Callable[[Any], Any], noted: set[tuple[str | int, ...]]) -> None:
    """A key, an item, a slice, a loop, an unpacking: what it asked for, and nothing else."""
    trace = Trace({"a": {"b": 1}, "l": [1, {"c": 2}, 3]})
    ask(trace.whole())
    assert trace.read == noted
