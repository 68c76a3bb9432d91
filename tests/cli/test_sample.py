"""`signalbook sample` as a user runs it: what is made, how it is printed, written, changed and sent, and what is said where it cannot be."""

from __future__ import annotations

import gzip
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from conftest import GOOD, ROOT, Run
from signalbook import check
from signalbook.cli.arguments import parser
from signalbook.testing import sending
from signalbook.testing.sampler import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signalbook import Registry

Command = "Callable[..., Run]"
STATE_CHANGE = "alibaba/ecs/instance-state-change"
TRACE = "huawei/cts/trace"
CONFIG = "huawei/config/resource-changed"
EVENTS = (STATE_CHANGE, TRACE, "jdcloud/vm/state-change")


@dataclass
class Receiver:
    """A receiver on this machine: its address, and the path, the headers and the body of each request it met."""

    url: str
    met: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes what is posted to /taken, fails at /fail, and sends on what comes to /moved."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.met.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, text = {"/taken": (204, b""), "/moved": (302, b"elsewhere")}.get(
                self.path, (500, b"no \x1b[31mroom\n" + b"x" * 300 + b"\n" * 9)
            )
            self.send_response(status)
            if self.path == "/moved":
                self.send_header("Location", f"{here.url}/taken")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing: what a test shows is what the command says."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here = Receiver(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield here
        server.shutdown()


@contextmanager
def saying(answer: bytes | None) -> Iterator[str]:
    """Give the address of something that says these bytes to whoever connects, whatever they ask, and hangs up; None says nothing and stays."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                if answer is None:
                    over.wait(10)
                else:
                    connection.sendall(answer)

        over = threading.Event()
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        over.set()
        thread.join()


def free() -> str:
    """Return an address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def described(run: Run) -> list[dict[str, Any]]:
    """Return the objects of a run with `--format described`."""
    assert (run.code, run.err) == (0, "")
    return [json.loads(line) for line in run.out.splitlines()]


def test_the_command_offers_every_kind() -> None:
    """The command lists the kinds of payloads itself, because importing them would slow every start."""
    for kind in KINDS:
        assert parser().parse_args(["sample", "x", "--kind", kind]).kind == kind


@pytest.mark.parametrize("event", EVENTS)
def test_one_payload_is_printed_for_people_and_keeps_its_contract(
    event: str, signalbook: Callable[..., Run]
) -> None:
    """Without options it is one documented payload as indented JSON, on the first route."""
    run = signalbook("sample", event)
    verdict = check(json.loads(run.out))
    assert (run.code, run.err, verdict.status, verdict.event) == (0, "", "valid", event)
    assert run.out == json.dumps(json.loads(run.out), indent=2, ensure_ascii=False) + "\n"
    (one,) = described(signalbook("sample", event, "--format", "described"))
    assert one["payload"] == json.loads(run.out)
    assert list(verdict.envelopes) == (
        []
        if one["route"] == "bare"
        else [f"{event.partition('/')[0]}/{word}" for word in one["route"].split("+")]
    )


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("kind", KINDS)
def test_equal_seeds_make_equal_payloads(event: str, kind: str, signalbook: Callable[..., Run]) -> None:
    """Two runs with one seed print the same bytes, whatever order sets have; another seed prints others; more payloads begin with those of fewer."""
    words = ("sample", event, "--kind", kind, "--envelope", "any", "--format", "described")
    first = signalbook(*words, "-n", 8, env={"PYTHONHASHSEED": "1"})
    assert len(described(first)) == 8
    assert signalbook(*words, "-n", 8, env={"PYTHONHASHSEED": "2"}) == first
    assert signalbook(*words, "-n", 3).out.splitlines() == first.out.splitlines()[:3]
    assert signalbook(*words, "-n", 8, "--seed", -7).out != first.out


@pytest.mark.parametrize("event", EVENTS)
def test_several_payloads_go_into_validate(event: str, signalbook: Callable[..., Run]) -> None:
    """Several are NDJSON, so that documented ones pass the command that validates, and the payloads come on every route."""
    words = ("sample", event, "--envelope", "any", "-n", 30)
    checked = signalbook("validate", "--format", "json", "-", stdin=signalbook(*words).out.encode())
    assert checked.code == 0, checked.out
    assert {json.loads(line)["event"] for line in checked.out.splitlines()} == {event}
    assert len({one["route"] for one in described(signalbook(*words, "--format", "described"))}) > 1


@pytest.mark.parametrize("event", EVENTS)
def test_tomorrows_payloads_are_tolerated(event: str, signalbook: Callable[..., Run]) -> None:
    """What may come tomorrow is valid at the level tolerant; where the event has a new name, that name is told and the payload is not identified."""
    words = ("sample", event, "--kind", "tomorrow", "-n", 30)
    made = described(signalbook(*words, "--format", "described"))
    checked = signalbook(
        "validate", "--level", "tolerant", "--format", "json", "-", stdin=signalbook(*words).out.encode()
    )
    verdicts = [json.loads(line) for line in checked.out.splitlines()]
    assert len(verdicts) == len(made) == 30
    for one, verdict in zip(made, verdicts, strict=True):
        assert one["kind"] == "tomorrow"
        assert one["why"] != []
        assert verdict["status"] == "valid" or (verdict["status"], verdict["name"]) == (
            "unidentified",
            one["name"],
        )
    assert "valid" in {verdict["status"] for verdict in verdicts}


@pytest.mark.parametrize("event", EVENTS)
def test_broken_payloads_are_found(event: str, signalbook: Callable[..., Run]) -> None:
    """Each broken payload says what is wrong with it and where, and validating it exits with 1."""
    words = ("sample", event, "--kind", "broken", "-n", 10)
    made = described(signalbook(*words, "--format", "described"))
    checked = signalbook("validate", "--format", "json", "-", stdin=signalbook(*words).out.encode())
    assert (checked.code, {json.loads(line)["status"] for line in checked.out.splitlines()} & {"valid"}) == (
        1,
        set(),
    )
    assert all(one["why"] and one["fault"]["kind"] and one["fault"]["rules"] for one in made)


def test_a_route_and_a_version_can_be_asked_for(signalbook: Callable[..., Run]) -> None:
    """`--envelope` and `@VERSION` say which payloads; the provider's name for an event is as good as its id."""
    words = ("--envelope", "mns-http+cloudmonitor", "--format", "described")
    (one,) = described(signalbook("sample", "Instance:StateChange@1.0.0", *words))
    assert (one["event"], one["version"], one["route"]) == (STATE_CHANGE, "1.0.0", "mns-http+cloudmonitor")
    assert one["headers"] == {"Content-Type": "application/json", "x-mns-version": "2015-06-06"}
    (bare,) = described(signalbook("sample", TRACE, "--envelope", "bare", "--format", "described"))
    assert bare["route"] == "bare"


def test_a_registry_of_ones_own_is_sampled(signalbook: Callable[..., Run]) -> None:
    """`--schemas` takes the payloads from another tree."""
    run = signalbook("sample", "acme/disk/disk-full", "-n", 5, "--envelope", "any", "--schemas", GOOD)
    assert signalbook("validate", "--schemas", GOOD, "-", stdin=run.out.encode()).code == 0, run.err


def test_output_is_utf8_in_any_terminal(signalbook: Callable[..., Run]) -> None:
    """What a program is to read does not depend on the encoding of the terminal: no character is replaced."""
    words = ("sample", TRACE, "-n", 20)
    plain = signalbook(*words)
    assert not plain.out.isascii()
    assert signalbook(*words, env={"PYTHONIOENCODING": "ascii"}) == plain


def out_of(*words: object) -> bytes:
    """Return the bytes that a run prints."""
    done = subprocess.run(
        [sys.executable, "-m", "signalbook", "sample", *map(str, words)],
        capture_output=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    return done.stdout


def test_the_bytes_that_arrive_can_be_printed() -> None:
    """`--format bytes` prints a form as a form and compressed data compressed, and nothing more."""
    form = out_of(STATE_CHANGE, "--envelope", "cloudmonitor-webhook-form", "--format", "bytes")
    assert set(parse_qs(form.decode("ascii"), strict_parsing=True)) >= {"alert", "userInfo"}
    packed = out_of(CONFIG, "--envelope", "config-chunk+config", "--format", "bytes")
    assert check(gzip.decompress(packed)).event == CONFIG
    assert (check(form).status, check(packed).status) == ("valid", "valid")


# --set


def test_a_value_is_set_inside_json_text(signalbook: Callable[..., Run]) -> None:
    """A pointer leads on through strings of JSON text, which stay strings of JSON text; a value is JSON where it reads as JSON, else text."""
    words = ("sample", TRACE, "--envelope", "smn-http", "--format", "described")
    (before,) = described(signalbook(*words))
    run = signalbook(
        *words, "--set", "/message/resource_name=a=b", "--set", "/message/code=204", "--set", '/subject="7"'
    )
    (after,) = described(run)
    inner = json.loads(after["payload"]["message"])
    assert (inner["resource_name"], inner["code"], after["payload"]["subject"]) == ("a=b", 204, "7")
    assert after["why"][-3:] == [
        '/message/resource_name was set to "a=b"',
        "/message/code was set to 204",
        '/subject was set to "7"',
    ]
    same = {
        "payload": {**before["payload"], "message": after["payload"]["message"], "subject": "7"},
        "why": after["why"],
    }
    assert after == {**before, **same}
    assert json.loads(before["payload"]["message"]).keys() == inner.keys()


def test_json_text_is_folded_as_it_was_written(signalbook: Callable[..., Run]) -> None:
    """Setting what is there already changes no byte, also where the text stands in a text, in a form, in a list, or with spaces."""
    for event, envelope, pointer in (
        (STATE_CHANGE, "cloudmonitor-webhook-form", "/alert/meta/sysEventMeta/regionId"),
        (TRACE, "smn-functiongraph", "/record/0/smn/message/trace_name"),
        (CONFIG, "smn-http+config", "/message/detail/resource_id"),
    ):
        words = ("sample", event, "--envelope", envelope, "--seed", 5, "--format", "described")
        (one,) = described(signalbook(*words))
        node: Any = one["payload"]
        for step in pointer.split("/")[1:]:
            node = json.loads(node) if isinstance(node, str) else node
            node = node[int(step)] if isinstance(node, list) else node[step]
        (again,) = described(signalbook(*words, "--set", f"{pointer}={json.dumps(node)}"))
        assert again["payload"] == one["payload"]


def test_what_is_set_in_the_place_of_json_text_is_json_text(signalbook: Callable[..., Run]) -> None:
    """An object in the place of JSON text is written as such; text that is none is put there as it is."""
    words = ("sample", TRACE, "--envelope", "smn-http", "--set")
    assert json.loads(signalbook(*words, '/message={"trace_name": "x"}').out)["message"] in (
        '{"trace_name":"x"}',
        '{"trace_name": "x"}',
    )
    assert json.loads(signalbook(*words, "/message=hello").out)["message"] == "hello"


def test_a_form_stays_a_form(signalbook: Callable[..., Run]) -> None:
    """The fields of a form are texts, whatever is set."""
    run = signalbook(
        "sample",
        STATE_CHANGE,
        "--envelope",
        "cloudmonitor-webhook-form",
        "--set",
        "/userId=12",
        "--set",
        "/extra=[1]",
    )
    payload = json.loads(run.out)
    assert (payload["userId"], payload["extra"], {type(value) for value in payload.values()}) == (
        "12",
        "[1]",
        {str},
    )


def test_an_older_version_is_judged_as_what_it_is(signalbook: Callable[..., Run]) -> None:
    """What was set is held against the version that was asked for."""
    run = signalbook("sample", f"{STATE_CHANGE}@1.0.0", "--set", "/content/state=Pending")
    assert (run.code, run.err) == (0, "")
    assert (
        "in alibaba/ecs/instance-state-change@1.2.0"
        in signalbook("sample", STATE_CHANGE, "--set", "/content/state=Pending").err
    )


def test_a_payload_that_is_no_longer_valid_is_told_and_printed(signalbook: Callable[..., Run]) -> None:
    """The first findings stand on standard error, once for all payloads that have them, and the payloads are printed all the same."""
    run = signalbook(
        "sample", STATE_CHANGE, "-n", 4, "--envelope", "cloudmonitor", "--set", "/content/state=Stoping"
    )
    assert (run.code, [json.loads(line)["content"]["state"] for line in run.out.splitlines()]) == (
        0,
        ["Stoping"] * 4,
    )
    assert run.err.startswith("signalbook: after --set, payload 1 is\ninvalid       payload\n")
    assert run.err.count("/content/state: is not a documented value") == 1
    assert "did you mean 'Stopping'?" in run.err


def test_a_new_field_is_allowed_and_told(signalbook: Callable[..., Run]) -> None:
    """The last step of a pointer may be a new key; the warning about it shows a misspelling."""
    run = signalbook("sample", STATE_CHANGE, "--set", "/content/stat=Stopped")
    assert (run.code, json.loads(run.out)["content"]["stat"]) == (0, "Stopped")
    assert "/content/stat: unknown field 'stat'" in run.err


def test_a_broken_payload_is_not_told_again(signalbook: Callable[..., Run]) -> None:
    """What was wrong before anything was set is no news."""
    run = signalbook(
        "sample",
        "jdcloud/vm/state-change",
        "--kind",
        "broken",
        "-n",
        5,
        "--envelope",
        "cloud-events",
        "--set",
        "/pin=northwind",
    )
    assert (run.code, run.err) == (0, "")


NOWHERE = {
    "a key": (
        "/contnt/state=x",
        "--set /contnt/state: does not exist in payload 1 (cloudmonitor): the payload has no 'contnt'; it has ",
        "/content?",
    ),
    "a key below": (
        "/content/stat/x=1",
        "/content has no 'stat'; it has 'resourceId'",
        "did you mean /content/state?",
    ),
    "a text": ("/level/x=1", '/level is "', "has no members"),
}


@pytest.mark.parametrize("case", NOWHERE.values(), ids=NOWHERE)
def test_a_pointer_that_leads_nowhere_is_told(
    case: tuple[str, str, str], signalbook: Callable[..., Run]
) -> None:
    """The message says where it stopped, what is there, and what was probably meant; nothing is printed."""
    word, why, fix = case
    run = signalbook("sample", STATE_CHANGE, "--set", word)
    assert (run.code, run.out) == (2, "")
    assert why in run.err
    assert fix in run.err


@pytest.mark.parametrize("index", ["1", "-1", "00", "x", "9" * 40, "²"])
def test_a_list_has_the_items_it_has(index: str, signalbook: Callable[..., Run]) -> None:
    """An index is a number of an item that is there; a list does not grow."""
    run = signalbook(
        "sample", TRACE, "--envelope", "smn-functiongraph", "--set", f"/record/{index}/smn/subject=x"
    )
    assert (run.code, run.out) == (2, "")
    assert f"/record is a list without an item {index!r}; it has 0\n" in run.err


# Errors

USAGE = {
    "an unknown event": (["nope"], "'nope' is not in the registry"),
    "a misspelt event": (["Instance:StateChanged"], "did you mean"),
    "an unknown version": ([f"{STATE_CHANGE}@9.9.9"], "instance-state-change@9.9.9"),
    "an unknown envelope": (
        [STATE_CHANGE, "--envelope", "cloudmoniter"],
        "did you mean 'alibaba/cloudmonitor'",
    ),
    "a route that it does not take": (
        [STATE_CHANGE, "--envelope", "cloudmonitor+mns-http"],
        "cannot generate payloads for",
    ),
    "an envelope": (["huawei/smn-http"], "is an envelope"),
    "an unknown kind": ([STATE_CHANGE, "--kind", "odd"], "invalid choice"),
    "no payloads": ([STATE_CHANGE, "-n", "0"], "'0' is not a valid number of payloads"),
    "fewer than none": ([STATE_CHANGE, "-n", "-3"], "'-3' is not a valid number of payloads"),
    "not a number": ([STATE_CHANGE, "-n", "1e3"], "'1e3' is not a valid number of payloads"),
    "a seed in words": ([STATE_CHANGE, "--seed", "x"], "invalid int value"),
    "a value without a place": ([STATE_CHANGE, "--set", "state=Stopped"], "is not a pointer and a value"),
    "a place without a value": ([STATE_CHANGE, "--set", "/content/state"], "is not a pointer and a value"),
    "the whole payload": ([STATE_CHANGE, "--set", "={}"], "is not a pointer and a value"),
    "bytes of several": ([STATE_CHANGE, "-n", "2", "--format", "bytes"], "--out DIR"),
    "described in files": (
        [STATE_CHANGE, "--out", "x", "--format", "described"],
        "cannot be combined with --out",
    ),
    "described in a request": (
        [STATE_CHANGE, "--send", "http://127.0.0.1:1/", "--format", "described"],
        "cannot be combined with --send",
    ),
    "files and requests": ([STATE_CHANGE, "--send", "http://127.0.0.1:1/", "--out", "x"], "not allowed with"),
    "a header for nothing": ([STATE_CHANGE, "--header", "a: b"], "--send URL"),
    "no header": (
        [STATE_CHANGE, "--send", "http://127.0.0.1:1/", "--header", "a b: c"],
        "is not a valid ASCII header",
    ),
    "a header with a line break": (
        [STATE_CHANGE, "--send", "http://127.0.0.1:1/", "--header", "a: b\r\nc: d"],
        r"--header a: b\r\nc: d: is not a valid ASCII header",
    ),
    "another scheme": (
        [STATE_CHANGE, "--send", "file:///etc/passwd"],
        "does not begin with http:// or https://",
    ),
    "no scheme": ([STATE_CHANGE, "--send", "127.0.0.1:80/hook"], "does not begin with http:// or https://"),
    "no host": ([STATE_CHANGE, "--send", "http:///hook"], "names no host"),
    "no port": ([STATE_CHANGE, "--send", "http://127.0.0.1:port/"], "is no URL"),
    "a URL with a user": ([STATE_CHANGE, "--send", "http://me:secret@127.0.0.1/"], "holds a user name"),
    "a URL with a space": ([STATE_CHANGE, "--send", "http://127.0.0.1/a b"], "holds a character"),
    "a URL in another script": ([STATE_CHANGE, "--send", "http://127.0.0.1/钩"], "holds a character"),
}


@pytest.mark.parametrize("case", USAGE.values(), ids=USAGE)
def test_wrong_words_are_told(
    case: tuple[list[str], str], signalbook: Callable[..., Run], tmp_path: Path
) -> None:
    """A wrong use exits with 2, says what is wrong, and prints, writes and sends nothing."""
    words, told = case
    run = signalbook("sample", *words, cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert told in run.err
    assert "Traceback" not in run.err
    assert list(tmp_path.iterdir()) == []


def test_a_value_that_is_not_utf8_is_told() -> None:
    """The words of a command line are bytes; those that are no text cannot stand in a payload."""
    words: list[str | bytes] = [
        sys.executable,
        "-m",
        "signalbook",
        "sample",
        STATE_CHANGE,
        "--set",
        b"/content/state=\xff",
    ]
    done = subprocess.run(words, capture_output=True, check=False, timeout=60)
    assert (done.returncode, b"is not valid UTF-8" in done.stderr, done.stdout) == (2, True, b"")


# --out


def test_payloads_are_written_to_files(signalbook: Callable[..., Run], tmp_path: Path) -> None:
    """Each payload has a file in the canonical format; a second run changes none, and more payloads add theirs."""
    words = ("sample", STATE_CHANGE, "--out", "made", "--kind", "documented")
    run = signalbook(*words, "-n", 2, cwd=tmp_path)
    assert (run.code, run.out, run.err) == (0, "made: 2 of 2 files written\n", "")
    names = ["instance-state-change-documented-001.json", "instance-state-change-documented-002.json"]
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == names
    assert signalbook(*words, "-n", 3, cwd=tmp_path).out == "made: 1 of 3 files written\n"
    assert (tmp_path / "made" / names[0]).read_text("utf-8") == signalbook("sample", STATE_CHANGE).out
    assert signalbook("validate", "made", cwd=tmp_path).code == 0


def test_exact_bytes_are_written_with_their_endings(signalbook: Callable[..., Run], tmp_path: Path) -> None:
    """A form is written as `.form` and compressed data as `.json.gz`, and `validate` reads both."""
    for event, envelope, name in (
        (STATE_CHANGE, "cloudmonitor-webhook-form", "instance-state-change-documented-001.form"),
        (CONFIG, "config-chunk+config", "resource-changed-documented-001.json.gz"),
        (STATE_CHANGE, "eventbridge", "instance-state-change-documented-001.json"),
    ):
        run = signalbook("sample", event, "--envelope", envelope, "--format", "bytes", "--out", tmp_path)
        assert (run.code, run.out) == (0, f"{tmp_path}: 1 of 1 file written\n")
        assert (tmp_path / name).read_bytes() == out_of(event, "--envelope", envelope, "--format", "bytes")
        assert signalbook("validate", tmp_path / name).code == 0


def test_a_file_of_somebody_else_is_left_alone(signalbook: Callable[..., Run], tmp_path: Path) -> None:
    """Where a file of that name holds something else, nothing at all is written, and no other file is removed."""
    theirs = tmp_path / "state-change-documented-002.json"
    theirs.write_text("mine", "utf-8")
    (tmp_path / "other.json").write_text("mine too", "utf-8")
    run = signalbook("sample", "jdcloud/vm/state-change", "-n", 3, "--out", tmp_path)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"signalbook: {theirs}: already exists with different content\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.json", theirs.name]
    assert theirs.read_text("utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_left_alone(signalbook: Callable[..., Run], tmp_path: Path) -> None:
    """A link is a file of somebody, also where what it leads to is gone."""
    link = tmp_path / "state-change-documented-001.json"
    link.symlink_to(tmp_path / "gone")
    assert signalbook("sample", "jdcloud/vm/state-change", "--out", tmp_path).code == 2
    assert link.is_symlink()


def test_a_folder_that_cannot_be_written_to_is_told(signalbook: Callable[..., Run], tmp_path: Path) -> None:
    """A file in the place of the folder is a wrong use, without a traceback."""
    (tmp_path / "file").write_text("x", "utf-8")
    run = signalbook("sample", STATE_CHANGE, "--out", tmp_path / "file")
    assert (run.code, "file" in run.err, "Traceback" in run.err) == (2, True, False)


# --send


def test_payloads_are_posted_with_the_headers_of_the_provider(
    receiver: Receiver, signalbook: Callable[..., Run], registry: Registry
) -> None:
    """SMN's headers say what the body says, also where that was set; a header of the caller's own comes along, or in the place of theirs."""
    words = (
        "--envelope",
        "smn-http",
        "--set",
        "/message_id=abc",
        "--header",
        "X-Test: 1",
        "--header",
        "content-type:text/plain",
    )
    run = signalbook("sample", TRACE, *words, "--send", f"{receiver.url}/taken")
    ((path, headers, body),) = receiver.met
    payload = json.loads(body)
    assert (run.code, path, check(body).event) == (0, "/taken", TRACE)
    assert headers["x-smn-message-type"] == payload["type"]
    assert headers["x-smn-topic-urn"] == payload["topic_urn"]
    assert headers["x-smn-message-id"] == payload["message_id"] == "abc"
    assert (headers["x-test"], headers["content-type"], headers["content-length"]) == (
        "1",
        "text/plain",
        str(len(body)),
    )
    first, *_, status, last = run.out.splitlines()
    assert (
        first
        == f"1  documented {TRACE} {registry.event(TRACE).newest.version} in smn-http, {len(body)} bytes"
    )
    assert '   /message_id was set to "abc"' in run.out.splitlines()
    assert status.startswith("   204 No Content after ")
    assert last == "1 payload sent: 1 accepted, 0 not"


def test_forms_and_compressed_data_are_posted_as_they_arrive(
    receiver: Receiver, signalbook: Callable[..., Run]
) -> None:
    """What is sent are the bytes that the provider sends, with the type of their content."""
    assert (
        signalbook(
            "sample",
            STATE_CHANGE,
            "--envelope",
            "cloudmonitor-webhook-form",
            "--send",
            f"{receiver.url}/taken",
        ).code
        == 0
    )
    assert (
        signalbook(
            "sample", CONFIG, "--envelope", "config-chunk+config", "--send", f"{receiver.url}/taken"
        ).code
        == 0
    )
    (_, of_form, form), (_, of_packed, packed) = receiver.met
    assert of_form["content-type"] == "application/x-www-form-urlencoded"
    assert form == out_of(STATE_CHANGE, "--envelope", "cloudmonitor-webhook-form", "--format", "bytes")
    assert of_packed["content-type"] == "application/gzip"
    assert check(gzip.decompress(packed)).event == CONFIG


def test_several_are_posted_one_after_the_other(receiver: Receiver, signalbook: Callable[..., Run]) -> None:
    """Each payload is told with what is special about it; proxies that the environment names are passed by."""
    proxy = f"http://{free()}"
    run = signalbook(
        *(
            "sample",
            "jdcloud/vm/state-change",
            "--kind",
            "broken",
            "-n",
            3,
            "--send",
            f"{receiver.url}/taken",
        ),
        env={"http_proxy": proxy, "HTTP_PROXY": proxy, "all_proxy": proxy, "no_proxy": ""},
    )
    assert (run.code, len(receiver.met), run.out.splitlines()[-1]) == (
        0,
        3,
        "3 payloads sent: 3 accepted, 0 not",
    )
    made = described(
        signalbook("sample", "jdcloud/vm/state-change", "--kind", "broken", "-n", 3, "--format", "described")
    )
    assert [json.loads(body) for _, _, body in receiver.met] == [one["payload"] for one in made]
    assert all(f"   {why}" in run.out for one in made for why in one["why"])


def test_an_answer_that_is_not_good_is_told(receiver: Receiver, signalbook: Callable[..., Run]) -> None:
    """The exit code is 1; the first lines of the answer are shown, cut and without control characters, and the next payload is sent."""
    run = signalbook("sample", "jdcloud/vm/state-change", "-n", 2, "--send", f"{receiver.url}/fail")
    assert (run.code, run.err, len(receiver.met)) == (1, "", 2)
    assert "   500 Internal Server Error after " in run.out
    assert "   | no \\x1b[31mroom\n" in run.out
    assert f"   | {'x' * 199}…\n" in run.out
    assert run.out.count("   | …\n") == 2
    assert run.out.endswith("2 payloads sent: 0 accepted, 2 not\n")


def test_a_redirect_is_shown_and_not_followed(receiver: Receiver, signalbook: Callable[..., Run]) -> None:
    """A payload goes where it was sent, and nowhere else."""
    run = signalbook("sample", "jdcloud/vm/state-change", "--send", f"{receiver.url}/moved")
    assert (run.code, [path for path, _, _ in receiver.met]) == (1, ["/moved"])
    assert f"; it leads to {receiver.url}/taken, which was not followed\n" in run.out


def test_nobody_listening_is_told_once(signalbook: Callable[..., Run]) -> None:
    """Where nobody is there to take a payload, the next ones are not tried."""
    where = free()
    run = signalbook("sample", "jdcloud/vm/state-change", "-n", 3, "--send", f"http://{where}/hook")
    assert (run.code, run.err) == (1, "")
    assert f"nobody listens at {where}\n" in run.out
    assert run.out.endswith("1 payload sent: 0 accepted, 1 not; 2 not sent\n")


ANSWERS = {
    "nothing": (b"", "closed the connection without an answer", True),
    "not HTTP": (b"hello\r\n\r\n", "answers is not HTTP: BadStatusLine", True),
    "silence": (None, "gave no sign within 0.3 seconds", True),
}


@pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_none_is_a_problem(case: tuple[bytes | None, str, bool]) -> None:
    """Whatever a receiver does is told in words, and raises nothing."""
    answer, told, reached = case
    with saying(answer) as url:
        found = sending.post(url, b"{}", {}, timeout=0.3)
    assert told in (found.problem or "")
    assert (found.status, found.is_good, found.reached) == (None, False, reached)


def test_an_answer_without_an_end_is_cut() -> None:
    """Of an answer that breaks off, what came is kept; its status counts."""
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nfine") as url:
        found = sending.post(url, b"{}", {}, timeout=5)
    assert (found.status, found.body, found.is_good) == (200, b"fine", True)
    with saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\nzz\r\n") as url:
        found = sending.post(url, b"{}", {}, timeout=5)
    assert (found.status, found.body, found.is_good) == (200, b"fine", True)
    with saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000) as url:
        assert len(sending.post(url, b"{}", {}, timeout=5).body) == 4096


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://no-such-host.invalid/", "no address is known for no-such-host.invalid"),
        (f"http://{'a' * 70}.invalid/", "no address is known for"),
        ("http://a..invalid/", "no address is known for"),
    ],
)
def test_a_host_that_is_not_there_is_a_problem(url: str, told: str) -> None:
    """A name without an address is told as such, and nobody was reached."""
    found = sending.post(url, b"{}", {}, timeout=5)
    assert (told in (found.problem or ""), found.reached) == (True, False)


def test_tls_where_none_is_spoken_is_a_problem(receiver: Receiver) -> None:
    """A receiver that speaks http is told in words."""
    found = sending.post(receiver.url.replace("http:", "https:"), b"{}", {}, timeout=5)
    assert "does not speak TLS as it should" in (found.problem or "")
    assert not found.reached


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`signalbook sample … | head -1` ends quietly."""
    words = [sys.executable, "-m", "signalbook", "sample", TRACE, "-n", "2000"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()
        assert (process.stderr.read(), process.wait(60)) == (b"", 0)
