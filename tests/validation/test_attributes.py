"""What an envelope says of its event beside the name: the status at the end of a name, the kind of resource in an ARN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from attributing import STATUSES, cases
from signalbook import Registry, check
from signalbook.engine.levels import declared
from signalbook.validation.fast_path import FastPath
from signalbook.validation.validator import Request, check_payload

if TYPE_CHECKING:
    from signalbook.engine.levels import Level
    from signalbook.validation.findings import Verdict

CATALOGUE = Registry.load()
CASES = list(cases(CATALOGUE))
STATUS_CASES = [case for case in CASES if case.rule.name == "status"]
RESOURCE_CASES = [case for case in CASES if case.rule.name == "resource"]


def rules_at(verdict: Verdict, pointer: str) -> set[tuple[str, str]]:
    """Return the rules and severities of the findings at a place."""
    return {(found.rule, found.severity) for found in verdict.findings if found.pointer == pointer}


@pytest.mark.parametrize(
    ("level", "listed", "belongs"),
    [("tolerant", None, "note"), ("documented", "warning", "error"), ("strict", "error", "error")],
)
def test_the_status_of_a_name_is_one_of_its_events(level: Level, listed: str | None, belongs: str) -> None:
    """A documented status that the event does not list is news, any other is an error, and so is a status where none belongs; in every envelope."""
    assert len(STATUS_CASES) > 1_000
    for case in STATUS_CASES:
        known = () if case.rule.values == () else case.event.attributes.get("status", ())
        found = rules_at(check_payload(case.payload, CATALOGUE, Request(level=level)), case.pointer)
        if case.value in known:
            expected = set()
        elif not known:
            expected = {("pattern", belongs)}
        elif case.value in STATUSES:
            expected = {("unlisted-value", listed)} if listed else set()
        else:
            expected = {("enum", belongs)}
        assert found == expected, case


@pytest.mark.parametrize(
    ("level", "severity"), [("tolerant", None), ("documented", "warning"), ("strict", "error")]
)
def test_a_resource_of_another_kind_is_news(level: Level, severity: str | None) -> None:
    """The resource is known from samples only, so an ARN of another product or kind makes no received payload invalid."""
    for case in RESOURCE_CASES:
        if case.event.id.rpartition("/")[2].startswith("cloud-assistant"):
            continue
        kind = case.value.removeprefix("acs:ecs:cn-hangzhou:1698052376184930:").partition("/")[0]
        verdict = check_payload(case.payload, CATALOGUE, Request(level=level))
        expected = (
            {("unlisted-value", severity)}
            if severity and kind not in case.event.attributes["resource"]
            else set()
        )
        assert {one for one in rules_at(verdict, case.pointer) if one[0] == "unlisted-value"} == expected, (
            case
        )


def test_the_short_way_sees_attributes_too() -> None:
    """A verdict of the short way on a changed status or resource is the walk's."""
    for level in ("tolerant", "documented", "strict"):
        request = Request(level=level)
        express = FastPath(CATALOGUE, request)
        for case in CASES:
            quick = express.verdict(case.payload)
            assert quick is None or quick == check_payload(case.payload, CATALOGUE, request), case


def test_names_have_the_statuses_of_their_bodies() -> None:
    """An event lists for its name the statuses that its newest contract lists for `eventStatus`."""
    listed = {
        event.id: declared(event.newest.resolved).get("eventStatus", {}).get("x-known")
        for event in CATALOGUE.events.values()
    }
    assert {id_: tuple(known) for id_, known in listed.items() if known} == {
        id_: CATALOGUE.events[id_].attributes["status"] for id_, known in listed.items() if known
    }


def test_a_status_that_does_not_belong_is_explained() -> None:
    """The finding says what the name would be without it, and why."""
    case = next(
        one
        for one in STATUS_CASES
        if one.value == "Foo" and one.event.name == "Instance:StateChange" and one.pointer == "/name"
    )
    (found,) = check(case.payload).findings
    assert (found.message, found.expected, found.found) == (
        "unexpected status",
        '"Instance:StateChange"',
        '"Instance:StateChange:Foo"',
    )
    assert found.hint == "only system events of instances and disks have a status at the end of their name"


def test_a_status_that_differs_from_the_bodys_is_let_through() -> None:
    """The provider prints names with an earlier status than the body's, so the two are not compared."""
    differing = [
        one
        for one in STATUS_CASES
        if one.value in one.event.attributes.get("status", ()) and one.pointer == "/name"
    ]
    assert {
        check(one.payload, level="strict").status for one in differing if "debug" not in one.envelope.id
    } == {"valid"}
