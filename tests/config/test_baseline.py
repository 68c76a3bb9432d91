"""The baseline: what was broken before does not count, what comes in addition does, with any number of processes."""

from __future__ import annotations

import json
import os
import pickle
from collections import Counter
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from signalbook import Finding, Verdict
from signalbook.config.baseline import REASON, Baseline, Entry, Recorder
from signalbook.errors import Unreadable
from signalbook.validation.findings import ABSENT

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads((ROOT / "src" / "signalbook" / "meta" / "baseline.schema.json").read_text("utf-8"))
FILE = "payloads.baseline.json"

PLACES = ("", "/id", "/items/0/id", "/Message/state\x1b", "/\ud800")
FINDINGS = st.tuples(
    st.sampled_from(["enum", "required", "unknown-event", "not-json"]),
    st.sampled_from(["error", "error", "warning", "note"]),
    st.sampled_from(PLACES),
    st.just("is wrong"),
    st.sampled_from([None, "id"]),
    st.sampled_from([None, "a/b/c@1.0.0", "a/b/c@1.1.0", "a/b"]),
).map(lambda drawn: Finding(*drawn[:5])._replace(contract=drawn[5]))
SOURCES = ("a.json", "deep/b.ndjson", "-", "../c.json", "no\udcff.json")


@st.composite
def runs(draw: st.DrawFn) -> list[Verdict]:
    """Draw the verdicts of a run, file by file, each with a line of its own."""
    out = []
    for source in draw(st.lists(st.sampled_from(SOURCES), unique=True)):
        for line, found in enumerate(
            draw(st.lists(st.lists(FINDINGS, max_size=3), min_size=1, max_size=4)), 1
        ):
            status: Any = "invalid" if any(one.severity == "error" for one in found) else "valid"
            out.append(Verdict(status, findings=tuple(found), source=source, line=line))
    return out


def recorded(run: list[Verdict], file: str = FILE) -> Recorder:
    """Return what a baseline notes of a run."""
    recorder = Recorder(file)
    for verdict in run:
        recorder.record(verdict)
    return recorder


def read(data: bytes, folder: Path) -> Baseline:
    """Return the baseline that bytes are, in a folder."""
    file = folder / FILE
    file.write_bytes(data)
    return Baseline.load(str(file))


@given(run=runs())
def test_what_was_recorded_counts_no_more(
    run: list[Verdict], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After a run was recorded, the same run has no errors left; warnings and notes are as before; nothing of the baseline is gone."""
    folder = tmp_path_factory.getbasetemp()
    moved = [
        one.located(os.path.relpath(folder / str(one.source)) if one.source != "-" else "-", one.line, None)
        for one in run
    ]
    baseline = read(recorded(moved, str(folder / FILE)).data(), folder)
    for verdict in moved:
        after = baseline.apply(verdict)
        assert after.errors == ()
        assert after.status == "valid"
        assert {found.ignored for found in after.ignored} <= {REASON}
        assert [one._replace(ignored=None) for one in after.ignored] == list(verdict.errors)
        assert after.findings == tuple(one for one in verdict.findings if one.severity != "error")
    assert baseline.gone() == 0


@given(run=runs(), data=st.data())
def test_files_may_be_shared_among_processes(run: list[Verdict], data: st.DataObject) -> None:
    """However whole files are shared among processes, and whichever reports first, verdicts and counts are those of one process; a recording may even cut files."""
    known = Counter(
        {entry: data.draw(st.integers(1, count)) for entry, count in recorded(run).counts.items()}
    )
    alone, parent = Baseline(FILE, known), Baseline(FILE, known)
    expected = [alone.apply(verdict) for verdict in run]
    workers: list[Baseline] = [pickle.loads(pickle.dumps(parent)) for _ in range(2)]  # noqa: S301 - our own
    share = {source: data.draw(st.integers(0, 1)) for source in SOURCES}
    assert [workers[share[str(verdict.source)]].apply(verdict) for verdict in run] == expected
    for worker in data.draw(st.permutations(workers)):
        parent.merge(worker.met, worker.files)
    assert (parent.met, parent.files, parent.gone()) == (alone.met, alone.files, alone.gone())
    cut = data.draw(st.integers(0, len(run)))
    recorder = recorded(run[cut:])
    recorder.merge(recorded(run[:cut]).counts)
    assert recorder.data() == recorded(run).data()


@given(run=runs())
def test_the_file_has_one_form(run: list[Verdict]) -> None:
    """A baseline is sorted, has an entry a line, keeps its JSON Schema, and does not depend on the order in which files were checked."""
    data = recorded(run).data()
    assert data == recorded(sorted(run, key=lambda verdict: str(verdict.source), reverse=True)).data()
    value = json.loads(data)
    jsonschema.Draft7Validator(SCHEMA).validate(value)
    lines = data.decode().splitlines()
    assert len([line for line in lines if line.startswith("    {")]) == len(value["entries"])
    entries = [
        Entry(one["file"], one["rule"], one["contract"] or "", one["pointer"], one.get("field", ""))
        for one in value["entries"]
    ]
    assert entries == sorted(set(entries))


def error(pointer: str = "/id", version: str = "1.0.0", rule: str = "enum") -> Finding:
    """Return an error."""
    return Finding(rule, "error", pointer, "is wrong", contract=f"a/b/c@{version}")


def verdict(*found: Finding, source: str = "a.ndjson", line: int | None = None) -> Verdict:
    """Return a verdict with findings."""
    return Verdict("invalid" if found else "valid", findings=found, source=source, line=line)


def test_new_errors_count() -> None:
    """Above the count of its place an error is new, as is one in another place, of another rule, of another contract or in another file."""
    baseline = Baseline(FILE, recorded([verdict(error(), error())]).counts)
    after = baseline.apply(verdict(error(), error("/name"), error(rule="type"), error(), error()))
    assert (len(after.ignored), [(one.pointer, one.rule) for one in after.findings]) == (
        2,
        [("/name", "enum"), ("/id", "type"), ("/id", "enum")],
    )
    assert baseline.apply(verdict(error(), source="b.ndjson")).status == "invalid"
    assert baseline.apply(verdict(error()._replace(contract="a/b/d@1.0.0"), line=9)).status == "invalid"


def test_what_changes_elsewhere_moves_nothing() -> None:
    """Neither another line nor a new version of the contract makes an old error new."""
    baseline = Baseline(FILE, recorded([verdict(error(), line=3), verdict(error("/name"), line=7)]).counts)
    moved = [
        verdict(error("/name", "2.0.0"), line=1),
        verdict(line=2),
        verdict(error(version="2.0.0"), line=90),
    ]
    assert [baseline.apply(one).status for one in moved] == ["valid", "valid", "valid"]


def test_a_file_named_twice_is_old_twice() -> None:
    """The second time a file is checked in a run its old errors are as old as the first time; no count is used up."""
    baseline = Baseline(FILE, recorded([verdict(error(), source="a.json"), verdict(error(), line=2)]).counts)
    assert [baseline.apply(verdict(error(), source="a.json")).status for _ in range(3)] == ["valid"] * 3
    assert [baseline.apply(verdict(error(), line=line)).status for line in (1, 2, 1, 2)] == [
        "valid",
        "invalid",
    ] * 2
    assert baseline.gone() == 0


def test_what_is_gone_is_told_of_files_that_were_checked(tmp_path: Path) -> None:
    """Errors that no longer occur are counted in the files of the run, and in files that are no more; of files that were left out nothing is known."""
    for name in ("mended.json", "left-out.json"):
        (tmp_path / name).touch()
    names = ("mended.json", "left-out.json", "deleted.json")
    run = [verdict(error(), error("/name"), source=str(tmp_path / name)) for name in names]
    file = str(tmp_path / FILE)
    baseline = Baseline(file, recorded(run, file).counts)
    baseline.begin(str(tmp_path / "mended.json"))
    baseline.begin(str(tmp_path / "other.json"))
    assert baseline.gone() == 4
    assert [str(note) for note in baseline.notes(complete=True)] == [
        f"note: {file}: 4 errors in the baseline no longer occur: update it with --write-baseline {file}"
    ]
    assert list(baseline.notes(complete=False)) == []


def test_only_files_of_the_baseline_need_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`holds` names the files with old errors, however they are spelt, and no other; a verdict that came from no file is none of them."""
    monkeypatch.chdir(tmp_path)
    baseline = Baseline(FILE, recorded([verdict(error(), source="deep/a.json")]).counts)
    held = {
        source: baseline.holds(source)
        for source in (
            "deep/a.json",
            "./deep/../deep/a.json",
            str(tmp_path / "deep/a.json"),
            "a.json",
            "-",
            None,
        )
    }
    assert held == dict.fromkeys(list(held)[:3], True) | dict.fromkeys(list(held)[3:], False)
    assert baseline.apply(Verdict("invalid", findings=(error(),))).status == "invalid"


@pytest.mark.parametrize("rule", sorted(ABSENT))
def test_nothing_to_look_at_is_never_old(rule: str) -> None:
    """That a file is not there is a fault of the run: no baseline holds it."""
    assert recorded([verdict(Finding(rule, "error", "", "is not there"))]).counts == {}


def test_an_unreadable_file_can_be_old() -> None:
    """A fixture that is broken on purpose may stand in a baseline, and is then as good as a valid one."""
    broken = Verdict(
        "unreadable", findings=(Finding("not-json", "error", "", "not JSON", line=3),), source="a.json"
    )
    assert Baseline(FILE, recorded([broken]).counts).apply(broken).status == "valid"


@pytest.mark.parametrize(
    ("data", "said", "fix"),
    [
        (None, "cannot be read: No such file", "create one with --write-baseline FILE"),
        (b"{", "is not a valid baseline: not JSON", "version control"),
        (b"[]", "is not a valid baseline: wrong type", "create a new one"),
        (b"{}", "is not a valid baseline: ", "create a new one"),
        (
            b'{"version": 2, "entries": 0}',
            "is a baseline of version 2, but this signalbook reads version 1",
            "newer signalbook",
        ),
        (
            b'{"version": 1, "entries": [{"file": "a"}]}',
            "#/entries/0: is not a valid baseline: ",
            "create a new one",
        ),
    ],
)
def test_a_broken_baseline_says_so(data: bytes | None, said: str, fix: str, tmp_path: Path) -> None:
    """What cannot be used as a baseline is an error that says where and what to do, never an empty baseline."""
    file = tmp_path / FILE
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(Unreadable) as unreadable:
        Baseline.load(str(file))
    assert said in str(unreadable.value)
    assert fix in unreadable.value.fix
