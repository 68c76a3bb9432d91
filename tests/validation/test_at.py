"""What was true then: the versions that a day, a payload's own time and pins ask for."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mutants import carrying
from signalbook import Registry, UnknownContract
from signalbook.envelopes.opener import open_payload
from signalbook.reading import pointers
from signalbook.registry import examples
from signalbook.validation import dates
from signalbook.validation.contracts import ANY, PAYLOAD, Request, day_of
from signalbook.validation.validator import check_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Contract, Envelope, Event

REGISTRY = Registry.load()
STATE_CHANGE = "alibaba/ecs/instance-state-change"
VERSIONED = [
    *REGISTRY.events.values(),
    *(envelope for envelope in REGISTRY.envelopes.values() if envelope.versions),
]


@given(what=st.sampled_from(VERSIONED), day=st.dates().map(str))
def test_a_day_asks_for_the_newest_version_of_that_day(what: Event | Envelope, day: str) -> None:
    """On a day the newest version that was known counts; before there was any, the oldest; in the future the newest."""
    known = [contract for contract in what.oldest_first() if contract.first_seen <= day]
    assert Request(at=day).contract_of(what) == (known or what.oldest_first()[:1])[-1]


def test_every_version_has_its_first_day() -> None:
    """On the first day of a version it is the one that holds; where a correction of ours has the same day, the newest of that day."""
    for one in VERSIONED:
        for contract in one.versions.values():
            newest = [other for other in one.oldest_first() if other.first_seen == contract.first_seen][-1]
            assert str(Request.of(REGISTRY, at=contract.first_seen).contract_of(_of(contract))) == str(newest)


def _of(contract: Contract) -> Event | Envelope:
    return REGISTRY.events.get(contract.of) or REGISTRY.envelopes[contract.of]


@given(moment=st.datetimes(timezones=st.just(UTC)), minutes=st.integers(-14 * 60, 14 * 60))
def test_one_moment_is_one_day(moment: datetime, minutes: int) -> None:
    """A time means the day that it is in UTC then, whatever offset it is written with."""
    try:
        there = moment.astimezone(timezone(timedelta(minutes=minutes)))
    except OverflowError:
        return
    assert (
        day_of(there.isoformat())
        == day_of(moment.isoformat().replace("+00:00", "Z"))
        == moment.date().isoformat()
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2024-02-30",
        "2024-5-1",
        "20240501",
        "2024-W01-1",
        "2024-05-01T10:00:00",
        "0001-01-01T00:00:00+08:00",
        "٢٠٢٤-٠١-٠١",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    """A day has one form, so that it is never guessed; the message holds the text, or an example of one that is right."""
    with pytest.raises(ValueError, match="day") as refused:
        day_of(text)
    assert repr(text) in str(refused.value)


def test_a_version_and_a_day_exclude_each_other() -> None:
    """Both say which contract holds, so asking for both is refused."""
    with pytest.raises(ValueError, match="cannot both be asked for"):
        Request.of(REGISTRY, version="1.0.0", at="2024-01-01")


def test_what_is_asked_for_more_exactly_wins() -> None:
    """A version goes before a pin, and a pin before a day."""
    event = REGISTRY.event(STATE_CHANGE)
    pins = {STATE_CHANGE: "1.1.0"}
    assert Request.of(REGISTRY, version="1.0.0", pins=pins).contract_of(event).version == "1.0.0"
    assert Request.of(REGISTRY, at="2019-02-01", pins=pins).contract_of(event).version == "1.1.0"
    assert (
        Request.of(REGISTRY, at="2019-02-01", pins={"alibaba/cloudmonitor": "1.0.0"})
        .contract_of(event)
        .version
        == "1.0.0"
    )
    assert (
        Request.of(REGISTRY, pins=pins).contract_of(REGISTRY.event("huawei/cts/trace"))
        == REGISTRY.event("huawei/cts/trace").newest
    )


@pytest.mark.parametrize(
    ("pin", "version", "wanted", "near"),
    [
        ("alibaba/ecs/instance-state-chnge", "1.0.0", "alibaba/ecs/instance-state-chnge", STATE_CHANGE),
        (STATE_CHANGE, "3.0.0", f"{STATE_CHANGE}@3.0.0", f"{STATE_CHANGE}@1.2.0"),
        ("alibaba/cloudmonitr", ANY, "alibaba/cloudmonitr", "alibaba/cloudmonitor"),
        ("jdcloud/bare-vm", ANY, "jdcloud/bare-vm", ""),
    ],
)
def test_a_pin_names_what_there_is(pin: str, version: str, wanted: str, near: str) -> None:
    """A pin of an event or a version that the registry has not is an error that names the nearest; a bare form has no version to pin."""
    with pytest.raises(UnknownContract) as unknown:
        Request.of(REGISTRY, pins={pin: version})
    assert unknown.value.wanted == wanted
    assert not near or near in unknown.value.nearest


def archived() -> Iterator[tuple[Contract, Any]]:
    """Yield deliveries that today's contract rejects and that of its own time accepts, with that contract: all that the examples give."""
    for event in REGISTRY.events.values():
        for contract in event.older():
            delivery = next(
                example.value
                for example in examples.of(REGISTRY, contract, "delivered")
                if example.file.stem in ROUTES
            )
            for example in examples.of(REGISTRY, contract, "valid"):
                if not event.newest.checker.problems(example.value):
                    continue
                whole = carrying(delivery, example.value)
                for name in ("time", "aliyunpublishtime"):
                    if name in whole:
                        whole[name] = f"{contract.first_seen}T12:00:00Z"
                if check_payload(whole, REGISTRY, Request()).status == "invalid":
                    yield contract, whole


ROUTES = ("eventbridge", "eventgrid", "config")
ARCHIVED = list(archived())


def test_the_examples_hold_archived_payloads() -> None:
    """The tests below have something to look at: payloads of old versions of several events, which the newest rejects."""
    assert {str(contract) for contract, _ in ARCHIVED} >= {
        f"{STATE_CHANGE}@1.1.0",
        "alibaba/ecs/snapshot-create-snapshot-completed@1.0.0",
        "alibaba/ecs/cloud-assistant-task-completed@1.0.0",
    }


@pytest.mark.parametrize("how", ["day", PAYLOAD, "pin"])
@pytest.mark.parametrize(
    ("contract", "payload"),
    [pytest.param(*one, id=f"{number}-{one[0]}") for number, one in enumerate(ARCHIVED)],
)
def test_an_archived_payload_is_held_against_its_own_time(contract: Contract, payload: Any, how: str) -> None:
    """What the newest version rejects is valid by the version of its day: given as a day, taken from the payload, or pinned; no note says that it is old."""
    asked: dict[str, Any] = (
        {"pins": {contract.of: contract.version}}
        if how == "pin"
        else {"at": contract.first_seen if how == "day" else PAYLOAD}
    )
    verdict = check_payload(payload, REGISTRY, Request.of(REGISTRY, **asked))
    assert (verdict.status, verdict.version) == ("valid", contract.version), verdict.errors
    assert {"out-of-date", "undated"} & {found.rule for found in verdict.findings} == set()


def test_a_day_that_was_asked_for_is_kept() -> None:
    """Asked for a day, a payload of another is invalid, and no note tells of the version that would take it: nobody asked."""
    contract, payload = ARCHIVED[0]
    verdict = check_payload(payload, REGISTRY, Request.of(REGISTRY, at="2100-01-01"))
    assert (verdict.status, verdict.version) == ("invalid", _of(contract).newest.version)
    assert "out-of-date" not in {found.rule for found in verdict.findings}


def test_a_pinned_event_may_stand_in_an_archived_envelope() -> None:
    """Around a pinned event any version of an envelope will do, unless the envelope has a pin too; around others the newest counts."""
    event, envelope = REGISTRY.event(STATE_CHANGE), REGISTRY.envelopes["alibaba/cloudmonitor"]
    assert Request(pins={event.id: "1.0.0"}).around(envelope, [None, event]).asked(envelope) == ANY
    assert (
        Request(pins={event.id: "1.0.0", envelope.id: "1.0.0"}).around(envelope, [event]).asked(envelope)
        == "1.0.0"
    )
    assert (
        Request(pins={event.id: "1.0.0"})
        .around(envelope, [REGISTRY.event("huawei/cts/trace")])
        .asked(envelope)
        is None
    )
    assert Request(version="1.0.0").around(envelope, []).asked(envelope) == ANY


def demo(name: str) -> Any:
    """Return a delivered example of the catalogue: event and file."""
    event, _, file = name.rpartition("/")
    return next(
        one.value
        for one in examples.of(REGISTRY, REGISTRY.event(event).newest, "delivered")
        if one.file.stem == file
    )


@pytest.mark.parametrize(
    ("name", "place", "written", "day"),
    [
        (f"{STATE_CHANGE}/cloudmonitor", ("eventTime",), "20190409T001826.922+0800", "2019-04-08"),
        (
            f"{STATE_CHANGE}/mns-http+cloudmonitor",
            ("Message", "eventTime"),
            "20190409T121826.922+0800",
            "2019-04-09",
        ),
        (f"{STATE_CHANGE}/eventbridge", ("time",), "2018-11-19T21:04:42+08:00", "2018-11-19"),
        (f"{STATE_CHANGE}/cloudmonitor-webhook", ("time",), 1552199984000, "2019-03-10"),
        (f"{STATE_CHANGE}/cloudmonitor-webhook-form", ("time",), "1552199984000", "2019-03-10"),
        ("jdcloud/vm/state-change/cloud-events", ("time",), "2021-03-18T11:40:38+0800", "2021-03-18"),
        (
            "huawei/config/resource-changed/config",
            ("notification_creation_time",),
            "2020-08-12T07:14:47.192Z",
            "2020-08-12",
        ),
    ],
)
def test_the_time_of_a_payload_is_that_of_its_innermost_envelope(
    name: str, place: tuple[str, ...], written: Any, day: str
) -> None:
    """The envelope next to the body says when it was sent, in whatever form its provider writes times."""
    payload = demo(name)
    texts = [json.loads(payload["Message"])] if place[0] == "Message" else [payload]
    texts[0][place[-1]] = written
    whole = {**payload, "Message": json.dumps(texts[0])} if place[0] == "Message" else payload
    assert [dates.day(one) for one in open_payload(whole, REGISTRY)] == [day]


def test_a_body_alone_says_its_own_time() -> None:
    """Without an envelope the earliest time of the body counts; one without an offset gives the day that it says."""
    bare = {
        "eventAction": "StateChange",
        "eventTime": "2021-02-25 23:59:52",
        "instanceId": "i-a1",
        "instanceLastState": "",
        "instanceCurrentState": "running",
    }
    assert [dates.day(one) for one in open_payload(bare, REGISTRY)] == ["2021-02-25"]
    trace = next(examples.of(REGISTRY, REGISTRY.event("huawei/cts/trace").newest, "valid")).value
    (opened,) = open_payload({**trace, "time": 1700000000000, "record_time": "1600000000000"}, REGISTRY)
    assert dates.day(opened) == "2020-09-13"


def test_where_no_time_can_be_read_the_newest_version_counts() -> None:
    """A payload without a time is held against the newest version, and a note says so where there are others; no reading of a time ever fails."""
    payload = demo(f"{STATE_CHANGE}/eventbridge")
    values: tuple[Any, ...] = (
        "",
        "soon",
        None,
        [],
        {},
        True,
        10**30,
        -(10**30),
        "9" * 5000,
        "0001-01-01T00:00:00+08:00",
    )
    for value in values:
        undated = {**copy.deepcopy(payload), "time": value, "aliyunpublishtime": value}
        (opened,) = open_payload(undated, REGISTRY)
        verdict = check_payload(undated, REGISTRY, Request.of(REGISTRY, at=PAYLOAD))
        notes = [(one.severity, one.pointer) for one in verdict.findings if one.rule == "undated"]
        known = dates.day(opened) is not None
        assert (notes == []) == known, value
        assert known or (notes, verdict.version) == (
            [("note", pointers.join(opened.path))],
            REGISTRY.event(STATE_CHANGE).newest.version,
        )
