"""`signalbook validate` as a user runs it: the same report with any number of processes, in every form, with all that a project may say about it."""

from __future__ import annotations

import gzip
import json
import os
import pty
import random
import subprocess
import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from conftest import ROOT
from running import (
    BAD_LINE,
    FORMS,
    GOOD,
    LINE,
    PATIENCE,
    Started,
    environment,
    objects,
    says_interrupted,
    told,
    waiting,
    words,
)
from signalbook import Registry, check
from signalbook.cli import main
from signalbook.registry import examples
from signalbook.registry.lint.rule import contracts

if TYPE_CHECKING:
    from pathlib import Path

BROKEN_LINES = (
    b"{",
    b'{"a":1,"a":2}',
    b'{"x":"\xff"}',
    b"",
    b"   ",
    b"[]",
    b"17",
    b'{"unheard": "of"}',
    b'[{"no": 1}, 2]',
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with payloads in every form that can be read: a folder of small files, long NDJSON, large arrays, compressed ones."""
    folder = tmp_path_factory.mktemp("project")
    registry = Registry.load()
    kinds: tuple[examples.Kind, ...] = ("valid", "delivered", "invalid")
    shown = [
        value
        for contract in contracts(registry)
        for kind in kinds
        for value in examples.readable(examples.of(registry, contract, kind))
    ]
    chosen = random.Random(8)  # noqa: S311 - to be repeated
    few = chosen.sample(shown, 150)
    (folder / "small" / "deeper").mkdir(parents=True)
    for number, value in enumerate(few):
        (folder / "small" / ("deeper" if number % 5 == 0 else "") / f"{number:03}.json").write_text(
            json.dumps(value, indent=2), "utf-8"
        )
    for number, data in enumerate(BROKEN_LINES):
        (folder / "small" / f"broken-{number}.json").write_bytes(data)
    valid = [value for value in shown if check(value, registry=registry).ok]
    many = [
        json.dumps(value).encode() for value in chosen.choices(valid, k=2_200) + chosen.choices(shown, k=300)
    ]
    chosen.shuffle(many)
    lines = [line + chosen.choice([b"\n", b"\n", b"\r\n"]) for line in many] + [
        line + b"\n" for line in BROKEN_LINES
    ]
    chosen.shuffle(lines)
    (folder / "stream.ndjson").write_bytes(b"".join(lines))
    (folder / "stream.ndjson.gz").write_bytes(gzip.compress(b"".join(lines[:900])))
    (folder / "array.json").write_bytes(b"[\n" + b",\n".join(many[:1_500]) + b"\n]")
    (folder / "array.json.gz").write_bytes(gzip.compress(b"[" + b",".join(many[:400]) + b"]"))
    assert min((folder / name).stat().st_size for name in ("stream.ndjson", "array.json")) > 1 << 20
    (folder / "signalbook.toml").write_text(
        'paths = ["small", "stream.ndjson"]\n[[ignore]]\nreason = "as they were recorded"\nuntil = 2999-12-31\nrule = "type"\n'
        '[[ignore]]\nreason = "a test"\nuntil = 2999-12-31\nrule = "unknown-payload"\npath = "small/**"\n',
        "utf-8",
    )
    # No baseline holds that there is nothing in an array.
    assert (
        run(folder, "small", "stream.ndjson", "array.json", "--write-baseline", "old.json", "--no-config")[0]
        == 1
    )
    old = json.loads((folder / "old.json").read_text("utf-8"))
    # Half of what was there is forgiven, so that there is something left to say.
    (folder / "old.json").write_text(json.dumps(old | {"entries": old["entries"][::2]}), "utf-8")
    return folder


ALL = (
    "small",
    "stream.ndjson",
    "stream.ndjson.gz",
    "array.json",
    "array.json.gz",
    "small/001.json",
    "stream.ndjson",
    "missing.json",
)


def run(
    folder: Path, *arguments: object, stdin: bytes = b"", env: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Run the command in a folder; return its exit code and what it said."""
    done = subprocess.run(
        words(*arguments),
        input=stdin,
        capture_output=True,
        check=False,
        timeout=4 * PATIENCE,
        cwd=folder,
        env=environment(**(env or {})),
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def reports(folder: Path, tmp_path: Path, *arguments: object) -> tuple[int, dict[str, str]]:
    """Run the command once with a report in every form; return its exit code and the texts, of standard output and error too."""
    asked = [word for form in FORMS for word in ("--report", f"{form}={tmp_path / form}")]
    code, out, err = run(folder, *arguments, *asked)
    return code, {"out": out, "err": err, **{form: (tmp_path / form).read_text("utf-8") for form in FORMS}}


WAYS: dict[str, tuple[str, ...]] = {
    "plainly": ("--no-config", "--summary"),
    "with ignores": ("--summary", "--show", "findings"),
    "with a baseline": ("--no-config", "--baseline", "old.json", "--show", "findings"),
    "with both, strictly": ("--baseline", "old.json", "--summary", "--show", "none", "--level", "strict"),
}


@pytest.mark.parametrize("way", WAYS)
def test_any_number_of_processes_gives_the_same_reports(way: str, project: Path, tmp_path: Path) -> None:
    """One, two and three processes say the same to the byte, in every form, of folders, streams, arrays and what is compressed."""
    found = []
    for jobs in (1, 2, 3):
        (tmp_path / str(jobs)).mkdir()
        found.append(reports(project, tmp_path / str(jobs), *ALL, *WAYS[way], "--jobs", jobs))
    assert found[0] == found[1] == found[2]
    assert found[0][0] == 1
    statuses = sorted(told("json", found[0][1]["json"]))
    assert (
        sorted(told("junit", found[0][1]["junit"])) == statuses == sorted(told("text", found[0][1]["text"]))
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_report_file_is_what_standard_output_says(form: str, project: Path, tmp_path: Path) -> None:
    """A report in a file is, to the byte, what the command says in that form, whatever else is asked for beside it."""
    code, texts = reports(project, tmp_path, "small", "array.json", "--summary")
    beside = run(
        project,
        "small",
        "array.json",
        "--summary",
        "--format",
        form,
        "--report",
        f"json={tmp_path / 'other'}",
    )
    assert (code, texts[form], texts["err"]) == beside
    if form in {"text", "json"}:
        assert run(project, "small", "array.json", "--summary", "--format", form)[1] == texts[form]


@pytest.mark.parametrize("jobs", [1, 2])
def test_standard_input_is_read_like_a_file(jobs: int, project: Path) -> None:
    """A stream on standard input, compressed or not, has the verdicts of the file, but for the name."""
    asked = ("--no-config", "--format", "json", "--summary", "--jobs", jobs)
    for name in ("stream.ndjson", "stream.ndjson.gz", "array.json"):
        code, out, err = run(project, name, *asked)
        piped = run(project, "-", *asked, stdin=(project / name).read_bytes())
        assert piped == (code, out.replace(f'"source":"{name}"', '"source":"-"'), err)


def test_counts_are_those_of_the_payloads(project: Path) -> None:
    """The summary counts what the lines before it say, by status, event, version and rule; and each verdict keeps its schema."""
    _, out, _ = run(project, *ALL, "--no-config", "--format", "json", "--summary", "--jobs", 2)
    *verdicts, last = objects(out)
    counts = last["summary"]
    assert counts["payloads"]["total"] == len(verdicts)
    for status in ("valid", "invalid", "unidentified", "unreadable"):
        assert counts["payloads"][status] == sum(one["status"] == status for one in verdicts)
    parts = [part for one in verdicts for part in (one["parts"] or [one])]
    for row in counts["events"]:
        assert row["payloads"] == sum(
            (part["event"], part["version"], part["status"]) == (row["event"], row["version"], row["status"])
            for part in parts
        )
    assert sum(row["payloads"] for row in counts["events"]) == len(parts)
    findings = [found for one in verdicts for found in one["findings"]]
    for row in counts["rules"]:
        assert row["findings"] == sum(
            (found["rule"], found["severity"]) == (row["rule"], row["severity"]) for found in findings
        )
    assert counts["files"] == len({one["source"] for one in verdicts if one["source"] != "missing.json"}) + 2


def test_the_order_is_that_of_the_arguments_and_lines(project: Path) -> None:
    """Verdicts come in the order of the paths, and within a file in the order of lines and items."""
    _, out, _ = run(
        project, "stream.ndjson", "small", "array.json", "--no-config", "--format", "json", "--jobs", 3
    )
    seen = [(one["source"], one["line"] or 0, one["index"] or 0) for one in objects(out)]
    order = {"stream.ndjson": 0, "array.json": 2}
    assert seen == sorted(seen, key=lambda one: (order.get(one[0], 1), *one))


def test_show_says_which_payloads_are_seen(tmp_path: Path) -> None:
    """`all` shows every payload, `findings` those about which there is something to say, `none` only the counts; the exit code is the same."""
    (tmp_path / "a.ndjson").write_bytes(LINE + BAD_LINE + LINE)
    asked = ("a.ndjson", "--format", "json", "--summary", "--show")
    shown = {show: run(tmp_path, *asked, show) for show in ("all", "findings", "none")}
    assert {show: [one.get("line") for one in objects(out)] for show, (_, out, _) in shown.items()} == {
        "all": [1, 2, 3, None],
        "findings": [2, None],
        "none": [None],
    }
    assert {code for code, _, _ in shown.values()} == {1}
    assert len({json.dumps(objects(out)[-1]) for _, out, _ in shown.values()}) == 1


def test_the_forms_of_a_known_run(tmp_path: Path) -> None:
    """One wrong time in the second line is, in each form that tools read, one failure at its line and column."""
    (tmp_path / "a.ndjson").write_bytes(LINE + BAD_LINE)
    column = BAD_LINE.index(b'"eventTime"') + 1
    code, texts = reports(tmp_path, tmp_path, "a.ndjson")
    assert code == 1
    suites = ET.fromstring(texts["junit"])  # noqa: S314 - our own
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("2", "1", "0")
    case = suites.findall("testsuite[@name='a.ndjson']/testcase")[1]
    failure = case.find("failure")
    assert failure is not None
    assert (case.get("file"), case.get("line"), failure.get("type")) == ("a.ndjson", "2", "invalid")
    (result,) = json.loads(texts["sarif"])["runs"][0]["results"]
    where = result["locations"][0]["physicalLocation"]
    assert (result["ruleId"], result["level"], where["artifactLocation"]["uri"]) == (
        "type",
        "error",
        "a.ndjson",
    )
    assert where["region"] == {"startLine": 2, "startColumn": column}
    annotation = texts["github"].splitlines()[0]
    assert annotation.startswith(
        f"::error file=a.ndjson,line=2,col={column},title=type in jdcloud/vm/state-change 1.0.0::"
    )
    assert texts["text"].endswith("2 payloads: 1 valid, 1 invalid; 1 error\n")
    assert f"a.ndjson:2:{column}\n" in texts["text"]
    assert objects(texts["json"])[1]["findings"][0]["column"] == column


COLOURS = [
    (("--color", "always"), {}, True),
    (("--color", "always"), {"NO_COLOR": "1"}, True),
    (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ((), {}, False),
    ((), {"FORCE_COLOR": "1"}, True),
    ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ((), {"FORCE_COLOR": "0"}, False),
    (("--format", "json", "--color", "always"), {}, False),
    (("--format", "junit", "--color", "always"), {}, False),
]


@pytest.mark.parametrize(("asked", "env", "coloured"), COLOURS)
def test_colours_where_they_are_wanted(
    asked: tuple[str, ...],
    env: dict[str, str],
    coloured: bool,  # noqa: FBT001 - a column
    tmp_path: Path,
) -> None:
    """The option goes before the variables, NO_COLOR before FORCE_COLOR; a pipe and a form for tools have none; nor has a report file."""
    (tmp_path / "a.ndjson").write_bytes(LINE + BAD_LINE)
    _, out, _ = run(tmp_path, "a.ndjson", *asked, "--report", "text=report.txt", env=env)
    assert ("\x1b[31m" in out) == coloured
    assert "\x1b" not in (tmp_path / "report.txt").read_text("utf-8")


CODES = {
    "clean": ((LINE,), (), 0),
    "a warning": ((LINE.replace(b"{", b'{"new": 1, ', 1),), (), 0),
    "the same, strictly": ((LINE.replace(b"{", b'{"new": 1, ', 1),), ("--level", "strict"), 1),
    "a finding": ((LINE, BAD_LINE), (), 1),
    "nothing to read": ((b"",), (), 1),
    "no file": ((), (), 1),
    "an unknown form": ((LINE,), ("--format", "html"), 2),
    "an unknown form of a file": ((LINE,), ("--report", "html=a"), 2),
    "a limit that is none": ((LINE,), ("--max-depth", "0"), 2),
    "too deep a limit": ((LINE,), ("--max-depth", "255"), 2),
    "a version and a day": ((LINE,), ("--version", "any", "--at", "2024-01-01"), 2),
    "no day": ((LINE,), ("--at", "2024-02-30"), 2),
    "no baseline": ((LINE,), ("--baseline", "none.json"), 2),
    "no configuration": ((LINE,), ("--config", "none.toml"), 2),
    "no registry": ((LINE,), ("--schemas", "none"), 3),
}


@pytest.mark.parametrize("name", CODES)
def test_exit_codes(name: str, tmp_path: Path) -> None:
    """0 is clean, 1 findings, 2 wrong use, 3 a broken registry; what is wrong with the use is said, and nothing is reported then."""
    lines, asked, expected = CODES[name]
    for data in lines[:1]:
        (tmp_path / "a.ndjson").write_bytes(data + b"".join(lines[1:]))
    code, out, err = run(tmp_path, "a.ndjson", *asked)
    assert (code, bool(err), "Traceback" in err) == (expected, expected > 1, False)
    assert bool(out) == (expected < 2)


@pytest.mark.parametrize("where", ["no/folder/report.xml", ".", "a.ndjson/report.xml"])
def test_a_report_that_cannot_be_written_is_told_at_once(where: str, tmp_path: Path) -> None:
    """What cannot be written is an error before anything is read: here nothing ever comes to be read. The other reports stay as they were."""
    (tmp_path / "a.ndjson").write_bytes(LINE)
    (tmp_path / "old.json").write_text("old", "utf-8")
    with Started("-", "--report", "json=old.json", "--report", f"junit={where}", cwd=tmp_path) as started:
        code, out, err = started.end()
    assert (code, out, "Traceback" in err) == (2, "", False)
    assert err.startswith("signalbook: ")
    assert (tmp_path / "old.json").read_text("utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ndjson", "old.json"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("report", "report"), ("report", "./report"), ("linked", "report"), ("linked", "folder/../report")],
)
def test_two_reports_in_one_file_are_refused(one: str, other: str, tmp_path: Path) -> None:
    """Two reports that would overwrite each other are told at once, under whatever name; what no file is, like a terminal, takes several."""
    (tmp_path / "report").write_text("old", "utf-8")
    (tmp_path / "linked").symlink_to("report")
    (tmp_path / "folder").mkdir()
    with Started("-", "--report", f"json={one}", "--report", f"junit={other}", cwd=tmp_path) as started:
        code, out, err = started.end()
    assert (code, out, "same file" in err) == (2, "", True)
    assert (tmp_path / "report").read_text("utf-8") == "old"
    (tmp_path / "a.json").write_bytes(GOOD)
    assert run(tmp_path, "a.json", "--report", "json=/dev/null", "--report", "text=/dev/null")[0] == 0


def test_a_baseline_forgives_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    """With the baseline just written all is clean, a line further down too; one more fault of the kind is not."""
    (tmp_path / "a.ndjson").write_bytes(LINE + BAD_LINE + b"{\n")
    assert run(tmp_path, "a.ndjson")[0] == 1
    code, _, err = run(tmp_path, "a.ndjson", "--write-baseline", "old.json")
    assert (code, err) == (0, "signalbook: old.json: 2 errors recorded in the baseline\n")
    (tmp_path / "a.ndjson").write_bytes(LINE * 3 + BAD_LINE + b"{\n")
    code, out, _ = run(tmp_path, "a.ndjson", "--baseline", "old.json")
    assert (code, out.splitlines()[-1]) == (0, "5 payloads: 5 valid; 2 ignored")
    (tmp_path / "a.ndjson").write_bytes(LINE + BAD_LINE + b"{\n" + BAD_LINE)
    assert run(tmp_path, "a.ndjson", "--baseline", "old.json")[0] == 1
    assert run(tmp_path, "a.ndjson", "--baseline", "old.json", "--jobs", "2")[0] == 1


def test_the_configuration_is_found_upward_and_flags_go_before_it(tmp_path: Path) -> None:
    """The nearest configuration counts, its paths are relative to it, and what the command line says goes before what it says."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "a.json").write_bytes(LINE.replace(b"{", b'{"new": 1, ', 1))
    (tmp_path / "signalbook.toml").write_text(
        'paths = ["a.json"]\nlevel = "strict"\nshow = "none"\n', "utf-8"
    )
    inside = tmp_path / "deep" / "er"
    assert run(inside) == (1, "1 payload: 1 invalid; 1 error\n", "")
    code, out, _ = run(inside, "--level", "documented", "--show", "all")
    assert (code, out.splitlines()[-1]) == (0, "1 payload: 1 valid; 1 warning")
    assert "a.json" in out
    assert run(inside, "--no-config")[0] == 2
    (inside / "signalbook.toml").write_text('paths = ["none.json"]\n', "utf-8")
    assert "no-file" in run(inside)[1]
    assert run(inside, "--config", "../../signalbook.toml")[0] == 1


def test_a_day_and_pins_ask_for_older_versions(tmp_path: Path) -> None:
    """An archived payload is valid as of its day, by `--at`, by its own word, and by a pin; today it is out of date, and says so."""
    registry = Registry.load()
    event = registry.events["alibaba/ecs/snapshot-create-snapshot-completed"]
    old, new = event.versions["1.0.0"], event.newest
    value = next(
        value
        for value in examples.readable(examples.of(registry, old, "delivered"))
        if any(found.rule == "out-of-date" for found in check(value, registry=registry).findings)
    )
    (tmp_path / "a.json").write_text(json.dumps(value), "utf-8")
    code, out, _ = run(tmp_path, "a.json", "--format", "json")
    (now,) = objects(out)
    assert (code, now["version"], "out-of-date" in {found["rule"] for found in now["findings"]}) == (
        1,
        new.version,
        True,
    )
    (tmp_path / "signalbook.toml").write_text(f'[pins]\n"{event.id}" = "1.0.0"\n', "utf-8")
    for asked in (
        (),
        ("--at", old.first_seen, "--no-config"),
        ("--version", "1.0.0", "--no-config"),
        ("--version", "any", "--no-config"),
    ):
        code, out, _ = run(tmp_path, "a.json", "--format", "json", *asked)
        assert (code, objects(out)[0]["version"]) == (0, "1.0.0"), asked


def test_live_input_is_reported_as_it_comes(tmp_path: Path) -> None:
    """Of a stream that stays open each line is reported when it is complete, without waiting for more; so of standard input, so of a pipe."""
    pipe = tmp_path / "pipe.ndjson"
    os.mkfifo(pipe)
    with Started("-", "--format", "json") as started:
        started.write(LINE + LINE)
        for number in range(2, 5):
            assert started.read_until(b"\n", number).count(b"\n") == number
            started.write(LINE)
        assert started.finish()[0] == 0
    with Started(pipe, "--format", "json") as started, pipe.open("wb", buffering=0) as writer:
        for number in range(1, 4):
            writer.write(BAD_LINE)
            started.read_until(b"\n", number)
        writer.close()
        assert started.end()[0] == 1


def test_live_input_of_several_processes_is_not_held_back_for_long() -> None:
    """Several processes report what is done when more comes, and do not wait until all of them are busy."""
    with Started("-", "--format", "json", "--jobs", 2) as started:
        started.write(LINE + LINE)
        end = time.monotonic() + PATIENCE
        while not started.out and time.monotonic() < end:
            started.write(LINE)
            time.sleep(0.2)
            if started.process.stdout and waiting(started.process.stdout):
                started.read_until(b"\n")
            assert started.process.poll() is None
        assert started.finish()[0] == 0


def test_progress_is_shown_to_a_person_and_taken_away() -> None:
    """On a terminal a long run says how far it is; at the end nothing of that is left, and a pipe never sees it."""
    controller, terminal = pty.openpty()
    try:
        with Started("-", "--show", "none", stderr=terminal) as started:
            started.write(LINE + BAD_LINE)
            seen = b""
            end = time.monotonic() + PATIENCE
            os.set_blocking(controller, False)
            while b"not valid" not in seen and time.monotonic() < end:
                time.sleep(0.3)
                started.write(LINE)
                seen += read_now(controller)
            assert b" payloads checked, 1 not valid" in seen
            code, out, _ = started.finish()
            seen += read_now(controller)
    finally:
        os.close(controller)
        os.close(terminal)
    assert code == 1
    assert "checked" not in out
    # What a terminal shows in the end: each return goes back to the beginning of the line.
    assert seen.decode().split("\r")[-1] == ""
    assert not seen.decode().split("\r")[-2].strip()


def read_now(terminal: int) -> bytes:
    """Return what a terminal was told since."""
    try:
        return os.read(terminal, 1 << 16)
    except BlockingIOError:
        return b""


def test_the_reader_of_standard_output_may_leave(tmp_path: Path) -> None:
    """Where nobody reads standard output any more (`| head`), the run ends quietly, and report files are whole all the same."""
    (tmp_path / "a.ndjson").write_bytes((LINE + BAD_LINE) * 4_000)
    for jobs in (1, 2):
        with Started(
            "a.ndjson", "--report", "junit=report.xml", "--format", "json", "--jobs", jobs, cwd=tmp_path
        ) as started:
            started.read_until(b"\n")
            assert started.process.stdout
            started.process.stdout.close()
            assert started.process.wait(PATIENCE) == 1
            assert started.process.stderr
            assert started.process.stderr.read() == b""
        text = (tmp_path / "report.xml").read_text("utf-8")
        assert (len(list(told("junit", text))), says_interrupted("junit", text)) == (4_000, False)
        with Started("a.ndjson", "--format", "json", "--jobs", jobs, cwd=tmp_path) as started:
            started.read_until(b"\n")
            assert started.process.stdout
            started.process.stdout.close()
            assert started.process.wait(PATIENCE) == 1
            assert started.process.stderr
            assert started.process.stderr.read() == b""


def test_the_same_in_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`cli.main` does what the command does: the same exit code and the same text, again and again in one process."""
    (tmp_path / "a.ndjson").write_bytes(LINE + BAD_LINE)
    (tmp_path / "b.json").write_bytes(GOOD)
    monkeypatch.chdir(tmp_path)
    for form in FORMS:
        code, out, err = run(tmp_path, "a.ndjson", "b.json", "--format", form)
        for _ in range(2):
            assert main.main(["validate", "a.ndjson", "b.json", "--format", form]) == code == 1
            assert capsys.readouterr() == (out, err)


def test_reports_name_files_from_the_root_of_the_repository(tmp_path: Path) -> None:
    """Forms that tools read name files from the root of the repository, wherever the command runs; text names them as they were named."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.json").write_bytes(BAD_LINE)
    _, texts = reports(tmp_path / "deep", tmp_path, "a.json")
    assert "file=deep/a.json," in texts["github"]
    assert '"uri":"deep/a.json"' in texts["sarif"]
    assert 'file="deep/a.json"' in texts["junit"]
    assert "  a.json\n" in texts["text"]
    assert ROOT.name not in texts["text"]
