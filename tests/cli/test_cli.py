"""The command as a user runs it: every way in, every exit code, and no traceback for anything a file can hold."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from conftest import ROOT, Run
from signalbook.engine.schema_validator import Checker, Library
from signalbook.reading import strict_json
from signalbook.registry.tree_reader import META

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Command = "Callable[..., Run]"
GOOD = (ROOT / "demo" / "jdcloud-state-change.json").read_bytes()
COMPACT = json.dumps(json.loads(GOOD)).encode()


def lines(run: Run) -> list[dict[str, Any]]:
    """Return the objects of a run with `--format json`, each checked against its JSON Schema."""
    kind = "identity" if '"why"' in run.out else "verdict"
    checker = Checker(Library({}).resolve(strict_json.loads((META / f"{kind}.schema.json").read_bytes())))
    found = [json.loads(line) for line in run.out.splitlines()]
    assert [problem for one in found for problem in checker.problems(one)] == []
    return found


def test_the_demo_shows_every_kind_of_verdict(signalbook: Callable[..., Run]) -> None:
    """The demo's report is the one kept in tests/transcripts: what a newcomer sees is reviewed like code."""
    run = signalbook("validate", "demo")
    assert (run.code, run.err) == (1, "")
    assert run.out == (ROOT / "tests" / "transcripts" / "demo.txt").read_text("utf-8")


BAD: dict[str, tuple[str, bytes, str, str]] = {
    "not JSON": ("a.json", b"hello", "not-json", "line 1, column 1"),
    "empty": ("a.json", b"", "empty", "the document is empty"),
    "white space": ("a.json", b" \n", "empty", "the document is empty"),
    "not UTF-8": ("a.json", b'{\n"a": "\xff"}', "not-utf8", "line 2, column 7"),
    "UTF-16": ("a.json", '{"a": 1}'.encode("utf-16"), "not-utf8", "line 1, column 1"),
    "NaN": ("a.json", b'{"a": NaN}', "not-json", "line 1, column 7"),
    "a duplicate key": ("a.json", b'{"a": 1,\n "a": 2}', "duplicate-key", "line 2, column 2"),
    "a trailing comma": ("a.json", b'{"a": 1,}', "not-json", "trailing comma"),
    "10,000 levels": ("a.json", b"[" * 10_000 + b"]" * 10_000, "too-deep", "10,000 levels"),
    "a huge number": ("a.json", b'{"a": [1e400]}', "number-range", "line 1, column 8"),
    "two documents": ("a.json", b"{}\n{}\n", "not-json", "line 2, column 1"),
    "truncated gzip": ("a.json.gz", gzip.compress(GOOD)[:60], "gzip", "is truncated"),
    "an empty array": ("a.json", b"[]", "no-payload", "contains no payloads"),
    "a bad line": ("a.ndjson", COMPACT + b"\n{\n", "not-json", "line 2, column 2"),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_bad_input_gives_one_finding_and_the_rest_is_checked(
    case: tuple[str, bytes, str, str], tmp_path: Path, signalbook: Callable[..., Run]
) -> None:
    """A file that cannot be read gives one finding with its place and what is wrong, and the file after it is still checked."""
    name, data, rule, part = case
    (tmp_path / name).write_bytes(data)
    (tmp_path / "z.json").write_bytes(GOOD)
    run = signalbook("validate", "--format", "json", tmp_path)
    *_, bad, good = lines(run)
    assert (run.code, run.err) == (1, "")
    assert (bad["source"], bad["status"]) == (str(tmp_path / name), "unreadable")
    assert [finding["rule"] for finding in bad["findings"]] == [rule]
    assert part in bad["findings"][0]["message"]
    assert (good["source"], good["status"]) == (str(tmp_path / "z.json"), "valid")


@pytest.mark.parametrize(
    ("path", "rule"), [("nowhere.json", "no-file"), ("void", "no-payload"), ("void/*.json", "no-payload")]
)
def test_a_path_without_payloads_is_a_finding(
    path: str, rule: str, tmp_path: Path, signalbook: Callable[..., Run]
) -> None:
    """A missing file, an empty folder and a glob without matches are findings that name the path."""
    (tmp_path / "void").mkdir()
    run = signalbook(
        "validate", "--format", "json", path, ROOT / "demo" / "jdcloud-state-change.json", cwd=tmp_path
    )
    bad, good = lines(run)
    assert (run.code, bad["source"], bad["findings"][0]["rule"], good["status"]) == (1, path, rule, "valid")


STDIN = {
    "one document": (GOOD, [None], [None]),
    "a payload a line": (COMPACT + b"\n\n" + COMPACT, [1, 3], [None, None]),
    "an array": (b"[" + COMPACT + b"," + COMPACT + b"]", [None, None], [0, 1]),
    "gzip": (gzip.compress(GOOD), [None], [None]),
    "a payload a line, the first with a byte order mark": (
        b"\xef\xbb\xbf" + COMPACT + b"\n" + COMPACT,
        [1, 2],
        [None, None],
    ),
    "an array a line": (b"[" + COMPACT + b"]\n[" + COMPACT + b"]", [1, 2], [0, 0]),
}


@pytest.mark.parametrize("case", STDIN.values(), ids=STDIN)
def test_standard_input(
    case: tuple[bytes, list[int | None], list[int | None]], signalbook: Callable[..., Run]
) -> None:
    """`-` reads a document, a payload a line, an array, or gzip."""
    data, numbers, places = case
    run = signalbook("validate", "--format", "json", "-", stdin=data)
    found = lines(run)
    assert (run.code, [one["source"] for one in found]) == (0, ["-"] * len(found))
    assert ([one["line"] for one in found], [one["index"] for one in found]) == (numbers, places)
    assert {one["status"] for one in found} == {"valid"}


def test_a_bad_line_of_standard_input_stops_no_other(signalbook: Callable[..., Run]) -> None:
    """One line of a stream that is not JSON is unreadable; the lines around it have their verdicts."""
    found = lines(signalbook("validate", "--format", "json", "-", stdin=COMPACT + b"\nnot json\n" + COMPACT))
    assert [(one["line"], one["status"]) for one in found] == [(1, "valid"), (2, "unreadable"), (3, "valid")]


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_closed_standard_stream_is_no_bug_of_ours(closed: str) -> None:
    """A process that was started without a standard stream, as schedulers do, ends without a traceback."""
    command = f"{sys.executable} -m signalbook validate - {closed}"
    done = subprocess.run(command, shell=True, capture_output=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S602 - the shell closes the stream
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)


def test_show_explains_envelopes_too(signalbook: Callable[..., Run]) -> None:
    """An envelope that a report names can be looked up."""
    run = signalbook("show", "huawei/smn-http")
    assert run.code == 0
    assert (
        "known by    4 of these keys: type, topic_urn, message_id, message, signature, unsubscribe_url"
        in run.out
    )
    assert json.loads(signalbook("show", "jdcloud/bare-vm", "--format", "json").out)["bare"] is True


USAGE = {
    "no command": [],
    "an unknown command": ["verify"],
    "no path": ["validate"],
    "an unknown level": ["validate", "--level", "lax", "-"],
    "an unknown event": ["validate", "--event", "jdcloud/vm/state-chang", "-"],
    "an unknown version": ["validate", "--version", "9.9.9", "-"],
    "an unknown id": ["show", "jdcloud/vm/state-chang"],
    "an unknown version of an id": ["show", "jdcloud/vm/state-change@2.0.0"],
}


@pytest.mark.parametrize("words", USAGE.values(), ids=USAGE)
def test_a_wrong_use_exits_with_2(words: list[str], signalbook: Callable[..., Run]) -> None:
    """What the caller got wrong is said on standard error, in a line or two, with exit code 2."""
    run = signalbook(*words)
    assert (run.code, run.out) == (2, "")
    assert "Traceback" not in run.err
    assert "signalbook" in run.err


def test_a_near_miss_is_named(signalbook: Callable[..., Run]) -> None:
    """An id that is nearly one names the one."""
    assert "did you mean 'jdcloud/vm/state-change'" in signalbook("show", "jdcloud/vm/state-chang").err


@pytest.mark.parametrize(
    "command",
    [["validate", "-"], ["identify", "-"], ["list"], ["show", "x"], ["lint"], ["build", "--check"]],
    ids=lambda words: words[0],
)
def test_a_missing_registry_exits_with_3(
    command: list[str], signalbook: Callable[..., Run], tmp_path: Path
) -> None:
    """Every command says what is wrong with `--schemas` and exits with 3."""
    run = signalbook(*command, "--schemas", tmp_path / "nowhere")
    assert (run.code, run.out) == (3, "")
    assert "no such folder" in run.err
    assert "Traceback" not in run.err


def test_a_registry_of_ones_own(good_tree: Path, signalbook: Callable[..., Run]) -> None:
    """`--schemas` reads another tree: its events are known and ours are not."""
    delivered = sorted(good_tree.rglob("delivered/*.json"))
    run = signalbook("validate", "--schemas", good_tree, "--format", "json", "--version", "any", *delivered)
    assert (run.code, {one["event"].split("/")[0] for one in lines(run)}) == (0, {"acme"})
    assert signalbook("validate", "--schemas", good_tree, "demo/jdcloud-state-change.json").code == 1


def test_identify_prints_why(signalbook: Callable[..., Run]) -> None:
    """`identify` exits with 0 where all is known, with 1 where something is not, and its JSON keeps its schema."""
    assert [
        one["event"]
        for one in lines(signalbook("identify", "--format", "json", "demo/jdcloud-state-change.json"))
    ] == ["jdcloud/vm/state-change"]
    run = signalbook("identify", "demo/broken/jdcloud-unknown-event.json")
    assert run.code == 1
    assert "did you mean 'StateChange'?" in run.out
    unreadable = signalbook("identify", "--format", "json", "-", stdin=b"{")
    assert (unreadable.code, [one["status"] for one in lines(unreadable)]) == (1, ["unreadable"])


def test_control_characters_do_not_reach_the_terminal(signalbook: Callable[..., Run]) -> None:
    """A payload cannot steer the terminal of whoever looks at the report."""
    payload = {
        **json.loads(GOOD),
        "\x1b[2J": "\x1b]0;x\x07",
        "detail": {"eventAction": "\x1b[31mStateChange\x07\u202e"},
    }
    for command in ("validate", "identify"):
        run = signalbook(command, "-", stdin=json.dumps(payload, ensure_ascii=False).encode())
        assert [char for char in run.out if not char.isprintable() and char != "\n"] == []


def test_no_colour_where_nobody_asked_for_it(signalbook: Callable[..., Run]) -> None:
    """Into a pipe, the report is plain text."""
    assert "\x1b" not in signalbook("validate", "demo").out


def test_a_reader_that_goes_away_is_no_fault() -> None:
    """`signalbook list | head` ends quietly."""
    command = f"{sys.executable} -m signalbook validate --format json {ROOT}/schemas/jdcloud {ROOT}/schemas/jdcloud | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, check=False)  # noqa: S602 - a pipe is what is tested
    assert (done.stderr, done.stdout.count(b"\n")) == (b"", 1)


def test_the_version_of_the_kit(signalbook: Callable[..., Run]) -> None:
    """`--version` prints the version of the distribution."""
    run = signalbook("--version")
    assert (run.code, run.out) == (0, "signalbook 0.1.0\n")
