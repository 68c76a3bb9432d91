"""The package as a library: what it exports, and that its functions say what the command says."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import uuid

import pytest

import signalbook
from conftest import ROOT

PAYLOAD = (ROOT / "demo" / "jdcloud-state-change.json").read_bytes()
BROKEN = (ROOT / "demo" / "broken" / "huawei-inside-smn.json").read_bytes()


def test_exports_are_sorted_and_hide_no_room() -> None:
    """`__all__` is sorted and complete, and no exported name is that of a module."""
    assert signalbook.__all__ == sorted(signalbook.__all__)
    assert [name for name in signalbook.__all__ if not hasattr(signalbook, name)] == []
    rooms = {path.stem for path in (ROOT / "src" / "signalbook").iterdir()}
    assert set(signalbook.__all__) & rooms == set()


@pytest.mark.parametrize(
    "payload", [PAYLOAD, PAYLOAD.decode(), json.loads(PAYLOAD)], ids=["bytes", "text", "value"]
)
def test_check_takes_bytes_text_and_values(payload: signalbook.Payload) -> None:
    """One payload has one verdict, in whichever of the three forms it comes."""
    verdict = signalbook.check(payload)
    assert (verdict.ok, verdict.event, verdict.envelopes) == (
        True,
        "jdcloud/vm/state-change",
        ("jdcloud/cloud-events",),
    )


def test_check_never_raises_for_a_payload() -> None:
    """What is wrong with a payload is in the verdict."""
    assert signalbook.check(b"{").status == "unreadable"
    assert signalbook.check("\ud800").status == "unreadable"
    assert signalbook.check({}).status == "unidentified"
    assert signalbook.identify(b"[")[0].status == "unreadable"
    assert signalbook.identify(PAYLOAD)[0].event == "jdcloud/vm/state-change"


@pytest.mark.parametrize(
    "value",
    [
        dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        uuid.UUID(int=1),
        {1, 2},
        float("nan"),
        object(),
        "\ud800",
        [[]] * 1,
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_and_its_text_have_one_verdict(value: object) -> None:
    """What JSON text cannot hold makes a payload unreadable, whatever library could write it; what it can hold is checked as text is."""
    verdict = signalbook.check({**json.loads(PAYLOAD), "pin": value})
    assert verdict.status == ("invalid" if isinstance(value, list) else "unreadable")


def test_a_level_there_is_not_is_the_callers_fault() -> None:
    """A misspelt level is refused at once, and not only where a payload has a fault."""
    with pytest.raises(ValueError, match="level is one of tolerant, documented, strict"):
        signalbook.check(PAYLOAD, level="lax")  # type: ignore[arg-type]


def test_check_leaves_the_payload_alone() -> None:
    """A payload given as a value is not changed, though its strings are opened."""
    value = json.loads(BROKEN)
    before = copy.deepcopy(value)
    assert signalbook.check(value).status == "invalid"
    assert value == before


def test_check_raises_for_what_the_caller_got_wrong() -> None:
    """An event or a version that is not there is the caller's fault, and the error names what comes nearest."""
    with pytest.raises(signalbook.UnknownContract, match=r"did you mean .jdcloud/vm/state-change"):
        signalbook.check(PAYLOAD, event="jdcloud/vm/state-chage")
    with pytest.raises(signalbook.UnknownContract, match=r"1\.0\.0"):
        signalbook.check(PAYLOAD, event="jdcloud/vm/state-change", version="7.0.0")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            signalbook.BrokenRegistry((signalbook.Fault("a.json", "/b", "is wrong", "mend it"),)),
            ["a.json#/b", "is wrong", "mend it"],
        ),
        (signalbook.UnknownContract("a/b/c", ("a/b/d",)), ["a/b/c", "a/b/d"]),
        (signalbook.CannotCompose("a/b/c", "a/d", "it is a string"), ["a/b/c", "a/d", "it is a string"]),
        (signalbook.MissingExtra("types", "ruff"), ["pip install 'signalbook[types]'", "ruff"]),
        (
            signalbook.MissingModels("a_models.b", "No module named 'a_models'"),
            ["a_models.b", "No module named 'a_models'", "signalbook build"],
        ),
        (signalbook.ParseError(signalbook.Verdict("invalid", name="Some.Event")), ["Some.Event", "invalid"]),
        (signalbook.NotJSON("not-json", "not JSON", 1, 2, "write JSON"), ["not JSON"]),
    ],
    ids=lambda value: "" if isinstance(value, list) else type(value).__name__,
)
def test_errors_are_values(error: Exception, said: list[str]) -> None:
    """An error equals its twin, can be hashed and sent to another process, and its text holds its data."""
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (twin, hash(twin), str(twin)) == (error, hash(error), str(error))
    assert [one for one in said if one not in str(error)] == []
