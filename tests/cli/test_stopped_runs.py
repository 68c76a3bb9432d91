"""Runs that are stopped in the middle: by Ctrl-C, by a CI system, by force. What they leave is right as far as it goes, and says how far that is."""

from __future__ import annotations

import json
import os
import pty
import random
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from running import BAD_LINE, FORMS, LINE, PATIENCE, Started, objects, says_interrupted, told, until, waiting
from signalbook.cli.signals import Interrupts

OLD = "the report of the run before"
KILLS = 20


def asked(folder: Path) -> list[str]:
    """Return the options that ask for a report in every form, each of which has an older one in its place."""
    for form in FORMS:
        (folder / form).write_text(OLD, "utf-8")
    return [word for form in FORMS for word in ("--report", f"{form}={folder / form}")]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.parametrize(("form", "shown"), [(form, show) for form in FORMS for show in ("all", "findings")])
def test_a_stopped_run_reports_what_it_checked(
    form: str, shown: str, number: int, code: int, tmp_path: Path
) -> None:
    """Stopped by Ctrl-C, by a CI system or by a terminal that goes away, each report is whole, counts what was checked, and says that this is not all; the exit code says so too."""
    (tmp_path / "report").write_text(OLD, "utf-8")
    with Started(
        "-", "--format", "json", "--report", f"{form}={tmp_path / 'report'}", "--show", shown
    ) as started:
        started.write(LINE + BAD_LINE + LINE + BAD_LINE + b"{\n")
        started.read_until(b"\n", 3 if shown == "findings" else 5)
        started.send(number)
        ended, out, err = started.end()
    assert (ended, err) == (code, "")
    verdicts = [one for one in objects(out) if "summary" not in one]
    assert says_interrupted("json", out)
    counts = objects(out)[-1]["summary"]["payloads"]
    assert (counts["total"], counts["invalid"], counts["unreadable"]) == (5, 2, 1)
    assert sum(one["status"] != "valid" for one in verdicts) == 3
    text = (tmp_path / "report").read_text("utf-8")
    assert (says_interrupted(form, text), len(list(told(form, text)))) == (True, 3)
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


@pytest.mark.parametrize("form", FORMS)
def test_standard_output_of_a_stopped_run(form: str, tmp_path: Path) -> None:
    """Whatever the form, what a stopped run says on standard output is whole and says that it was stopped."""
    pipe = tmp_path / "pipe.ndjson"
    seen = tmp_path / "seen"
    os.mkfifo(pipe)
    os.mkfifo(seen)
    with (
        Started(pipe, "--format", form, "--report", f"json={seen}") as started,
        seen.open("rb") as reader,
        pipe.open("wb", buffering=0) as writer,
    ):
        writer.write(BAD_LINE * 3)
        # The report beside it, in a pipe, shows how far the run is; it is written in blocks, so many lines are needed.
        until(lambda: feed(writer, reader))
        started.send(signal.SIGINT)
        end = time.monotonic() + PATIENCE
        while (
            select.select([reader], [], [], 0.1)[0]
            and os.read(reader.fileno(), 1 << 16)
            and time.monotonic() < end
        ):
            continue
        code, out, err = started.end()
    assert (code, err, says_interrupted(form, out)) == (130, "", True)
    assert len(list(told(form, out))) > 3


def feed(writer: Any, reader: Any) -> bool:
    """Write some more lines, and say whether the report shows any by now."""
    writer.write(BAD_LINE * 20)
    return waiting(reader) > 0


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_workers_are_stopped_with_their_run(number: int, expected: int, tmp_path: Path) -> None:
    """What a terminal sends reaches all processes of a run: those that work finish what they do, and the report is whole."""
    with Started("-", "--format", "json", "--jobs", 2, *asked(tmp_path)) as started:
        until(lambda: fed(started))
        workers = started.children()
        started.send(number, group=True)
        code, out, err = started.end()
        assert len(workers) == 2
        until(lambda: not any(alive(worker) for worker in workers))
    verdicts = [one for one in objects(out) if "summary" not in one]
    assert (code, err, says_interrupted("json", out)) == (expected, "", True)
    assert objects(out)[-1]["summary"]["payloads"]["total"] == len(verdicts) > 0
    bad = sum(one["status"] != "valid" for one in verdicts)
    for form in FORMS:
        text = (tmp_path / form).read_text("utf-8")
        assert (says_interrupted(form, text), len(list(told(form, text)))) == (True, bad)


def test_workers_end_when_their_parent_is_killed() -> None:
    """No worker outlives a parent that was killed by force, although nobody tells them."""
    with Started("-", "--jobs", 3) as started:
        until(lambda: fed(started))
        workers = started.children()
        started.send(signal.SIGKILL)
        assert len(workers) == 3
        until(lambda: not any(alive(worker) for worker in workers))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_terminal_that_goes_away_leaves_a_whole_report(jobs: int, tmp_path: Path) -> None:
    """Where the terminal of a run is closed, nothing can be written to it any more; the report in a file is whole all the same."""
    os.mkfifo(tmp_path / "pipe.ndjson")
    report = tmp_path / "report"
    words = [
        "signalbook",
        "validate",
        str(tmp_path / "pipe.ndjson"),
        "--jobs",
        str(jobs),
        "--report",
        f"json={report}",
    ]
    number, terminal = pty.fork()
    if number == 0:
        os.execv(sys.executable, [sys.executable, "-m", *words])  # noqa: S606 - our own command
    try:
        with (tmp_path / "pipe.ndjson").open("wb", buffering=0) as writer:
            until(lambda: writer.write(BAD_LINE) and waiting(terminal) > 0)
            os.close(terminal)
            assert os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) == 129
    finally:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    assert says_interrupted("json", report.read_text("utf-8"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipe.ndjson", "report"]


def fed(started: Started) -> bool:
    """Write some more lines to a run, and say whether it reported any by now."""
    started.write(LINE + BAD_LINE)
    time.sleep(0.05)
    assert started.process.stdout
    return waiting(started.process.stdout) > 0


def alive(number: int) -> bool:
    """Whether there is a process, other than one that only waits to be counted."""
    try:
        return Path(f"/proc/{number}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_second_signal_kills(tmp_path: Path) -> None:
    """Where ending takes its time, because nobody reads the report, a second signal ends it at once; the older report file stays."""
    with Started("-", "--format", "junit", *asked(tmp_path)) as started:
        started.write((BAD_LINE * 2_000) + LINE)
        until(lambda: not started.process.stdin or (waiting_to_be_read(started) == 0))
        time.sleep(0.5)
        started.send(signal.SIGINT)
        assert started.process.stdout
        until(lambda: started.process.stdout and waiting(started.process.stdout) >= 1 << 15)
        assert started.process.poll() is None
        started.send(signal.SIGTERM)
        assert started.process.wait(PATIENCE) == -signal.SIGTERM
    assert {(tmp_path / form).read_text("utf-8") for form in FORMS} == {OLD}


def waiting_to_be_read(started: Started) -> int:
    """Return how much of what was written to a run it has not read yet."""
    assert started.process.stdin
    return waiting(started.process.stdin)


def test_no_half_report_is_left_by_force(tmp_path: Path) -> None:
    """A run that is killed at any moment leaves the report file that was there, or the new one, whole: never half of one, and never none."""
    (tmp_path / "a.ndjson").write_bytes((LINE + BAD_LINE) * 400)
    options = asked(tmp_path)
    whole: dict[str, str] = {}
    begun = time.monotonic()
    with Started(tmp_path / "a.ndjson", "--show", "none", *options) as started:
        assert started.finish()[0] == 1
    needed = time.monotonic() - begun
    for form in FORMS:
        whole[form] = (tmp_path / form).read_text("utf-8")
        assert len(list(told(form, whole[form]))) == 400
    chosen = random.Random(8)  # noqa: S311 - to be repeated
    for _ in range(KILLS):
        asked(tmp_path)
        with Started(tmp_path / "a.ndjson", "--show", "none", *options) as started:
            time.sleep(chosen.uniform(0.2, 1.05) * needed)
            started.send(signal.SIGKILL)
            started.process.wait(PATIENCE)
        for form in FORMS:
            assert (tmp_path / form).read_text("utf-8") in (OLD, whole[form])


def test_a_lost_worker_is_told(tmp_path: Path) -> None:
    """A worker that is killed, as by a system without memory left, ends the run with 2 and says so; the report is whole and says that it is not all."""
    with Started("-", "--format", "json", "--jobs", 2, *asked(tmp_path)) as started:
        until(lambda: fed(started))
        os.kill(started.children()[0], signal.SIGKILL)
        code, out, err = started.finish((LINE + BAD_LINE) * 20_000)
    assert code == 2
    assert err.startswith("signalbook: ")
    assert "Traceback" not in err
    assert "killed" in err
    assert says_interrupted("json", out)
    for form in FORMS:
        assert says_interrupted(form, (tmp_path / form).read_text("utf-8"))


def test_no_baseline_of_half_a_run(tmp_path: Path) -> None:
    """A stopped run leaves the baseline as it was, and says so."""
    (tmp_path / "old.json").write_text(OLD, "utf-8")
    with Started("-", "--format", "json", "--write-baseline", "old.json", cwd=tmp_path) as started:
        started.write(LINE + BAD_LINE)
        started.read_until(b"\n", 2)
        started.send(signal.SIGINT)
        code, _, err = started.end()
    assert (code, err) == (
        130,
        "signalbook: old.json was not written, because the run did not check everything\n",
    )
    assert (tmp_path / "old.json").read_text("utf-8") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["old.json"]


def test_a_stopped_run_does_not_call_its_ignores_useless(tmp_path: Path) -> None:
    """Of an ignore and of a baseline that met nothing so far, a stopped run says nothing."""
    os.mkfifo(tmp_path / "pipe.ndjson")
    (tmp_path / "signalbook.toml").write_text(
        'paths = ["pipe.ndjson"]\n[[ignore]]\nreason = "a test"\nuntil = 2999-12-31\nrule = "type"\n', "utf-8"
    )
    baseline = {
        "version": 1,
        "entries": [{"file": "pipe.ndjson", "rule": "enum", "contract": None, "pointer": "/a", "count": 3}],
    }
    (tmp_path / "old.json").write_text(json.dumps(baseline), "utf-8")
    for stop in (True, False):
        with (
            Started("--format", "json", "--baseline", "old.json", cwd=tmp_path) as started,
            (tmp_path / "pipe.ndjson").open("wb", buffering=0) as writer,
        ):
            writer.write(LINE)
            started.read_until(b"\n")
            if stop:
                started.send(signal.SIGINT)
            else:
                writer.close()
            code, _, err = started.end()
        assert (code, bool(err)) == ((130, False) if stop else (0, True))


def test_a_signal_waits_while_a_part_is_reported() -> None:
    """What comes between `hold` and `release` takes effect at `release`; afterwards signals are handled as before."""
    before = signal.getsignal(signal.SIGTERM)
    with Interrupts() as interrupts:
        interrupts.hold()
        os.kill(os.getpid(), signal.SIGTERM)
        assert interrupts.number == signal.SIGTERM
        with pytest.raises(KeyboardInterrupt):
            interrupts.release()
        assert interrupts.exit_code == 143
        assert signal.getsignal(signal.SIGTERM) == before
    with pytest.raises(KeyboardInterrupt), Interrupts():
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_hang_up_is_never_the_second_signal_that_kills() -> None:
    """A hang-up after another signal changes nothing, and one that was ignored before, as under nohup, stays ignored."""
    for ignored in (False, True):
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
        try:
            with Interrupts() as interrupts:
                interrupts.hold()
                for number in (
                    (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP)
                    if ignored
                    else (signal.SIGTERM, signal.SIGHUP, signal.SIGHUP)
                ):
                    os.kill(os.getpid(), number)
                assert interrupts.number == signal.SIGTERM
            assert signal.getsignal(signal.SIGHUP) == (signal.SIG_IGN if ignored else signal.SIG_DFL)
        finally:
            signal.signal(signal.SIGHUP, before)
