"""The command against hostile files: never a traceback, never a hang, never more memory than is stated, and nothing raw in any report.

Stated, as address space, which counts libraries too, for one process and one form of report: `DEFAULT_SPACE` with the limits that hold by default,
`SMALL_SPACE` with `--max-size 1000000 --max-keys 100000`; but a file of up to 1 MiB that is an array of half a million faults takes `DEFAULT_SPACE` there too,
because what is said of a small file is kept until all of it is said.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conftest import NIGHTLY
from running import FORMS, LINE, environment, told, words
from signalbook import Registry
from signalbook.cli import main
from signalbook.registry import examples
from signalbook.registry.lint.rule import contracts
from signalbook.validation.validator import Request, check_payload
from twisting import VALUES, twisted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REGISTRY = Registry.load()
DELIVERED = [
    value
    for contract in contracts(REGISTRY)
    for value in examples.readable(examples.of(REGISTRY, contract, "delivered"))
]
KEYS = [
    "a",
    "cts",
    "Message",
    "record",
    "notification_items",
    "\x1b[31m",
    "\u202e",
    "::error::x",
    "##[error]x",
    "a/b~",
    "]]>",
    "<a>",
    '"',
    "\x00",
    "é",
    "😀",
]
GENEROUS = 10
"""Seconds that a small hostile file may take, on a machine that does other things besides."""
MIB = 1 << 20
DEFAULT_SPACE, SMALL_SPACE = 1024 * MIB, 256 * MIB
COMMAND = re.compile(r"::(error|warning|notice) [^\r\n]*")


@contextmanager
def watchdog() -> Iterator[None]:
    """Fail where something takes longer than is generous."""

    def bark(*_: object) -> None:
        raise TimeoutError(f"it hangs, or takes more than {GENEROUS} s")

    before = signal.signal(signal.SIGALRM, bark)
    signal.setitimer(signal.ITIMER_REAL, GENEROUS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def called(arguments: list[str], stdin: bytes = b"") -> tuple[int, bytes, str]:
    """Call the command in this process; return its exit code, the bytes of its standard output, and its standard error."""
    before = sys.stdin, sys.stdout, sys.stderr
    out, err = io.BytesIO(), io.BytesIO()
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(stream, "utf-8", newline="\n") for stream in (io.BytesIO(stdin), out, err)
    )
    try:
        with watchdog():
            code = main.main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        return code, out.getvalue(), err.getvalue().decode()
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def assert_harmless(form: str, text: str) -> int:
    """Check that a report steers nothing, and is whole; return how many payloads are not valid by it."""
    raw = {char for char in text if not char.isprintable() and char != "\n"}
    assert not raw
    for line in text.split("\n"):
        assert "##[" not in line
        assert "##vso[" not in line
        assert not line.lstrip().startswith("::") or (form == "github" and COMMAND.fullmatch(line))
    return len(list(told(form, text)))


def held(files: dict[bytes, bytes], asked: list[str], stdin: bytes | None = None) -> int:
    """Run the command on some files with a report in every form, check them all, and return the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        for file, data in files.items():
            with open(os.path.join(os.fsencode(folder / "in"), file), "wb") as stream:  # noqa: PTH118, PTH123 - a name that is no text
                stream.write(data)
        reports = [word for form in FORMS for word in ("--report", f"{form}={folder / form}")]
        code, out, err = called(
            [
                "validate",
                "--no-config",
                *asked,
                *reports,
                *([str(folder / "in")] if files else []),
                *(["-"] if stdin is not None else []),
            ],
            stdin or b"",
        )
        assert (code in (0, 1), err) == (True, "")
        form = asked[asked.index("--format") + 1] if "--format" in asked else "text"
        shown = assert_harmless(form, out.decode())
        bad = {one: assert_harmless(one, (folder / one).read_text("utf-8")) for one in FORMS}
        assert bad["json"] == bad["junit"] == bad["text"] == bad["github"]
        assert (bad["sarif"] > 0) == (bad["json"] > 0) == (code == 1)
        assert shown in (0, bad[form])
        return code


def _flipped(data: bytes, at: int, mask: int) -> bytes:
    return (
        data[: at % len(data)] + bytes([data[at % len(data)] ^ mask]) + data[at % len(data) + 1 :]
        if data
        else data
    )


def _doubled(data: bytes, at: int, size: int) -> bytes:
    at %= len(data) + 1
    return data[:at] + data[at : at + size] * 2 + data[at + size :]


TOKENS: tuple[bytes, ...] = (
    *(
        b"[" * 400,
        b'{"a":' * 200,
        b"]" * 50,
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x00",
        b"\x1b[2J\x1b]0;x\x07",
        b"\xc0\xa2",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
    ),
    *(
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"\\u0000\\u001b[31m"',
        b"1e999",
        b"1e-999",
        b"9" * 500,
        b"-0",
        b"NaN",
        b'"\\u202e"',
        b"\r",
        b"\r\n",
        b"\n",
        b"\n::error::x\n",
    ),
    *(
        '"\u2028\u2029\u202e\u200b\u0085"'.encode(),
        b'"' + b"x" * 70_000 + b'"',
        b'"\\',
        b'{"a":1,"a":2}',
        b"##[error]x",
        b"##vso[task.setvariable]x",
        b"]]><a>",
        b"\x1f\x8b",
    ),
    *(
        b"[" + b"[]," * 3_000 + b"1]",
        b'{"' + b'x":1,"' * 300 + b'y":2}',
        b"{}" * 3,
        b"product=ECS&name=%1b%5b",
        b'"{\\"a\\":1,\\"a\\":2}"',
        b",",
    ),
)
CODECS = ["utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig"]


@st.composite
def texts(draw: Callable[..., Any]) -> bytes:
    """Draw one text: real payloads with awkward changes, written in some way, then damaged."""
    value = draw(twisted(DELIVERED, KEYS) | VALUES)
    indent, plain = draw(st.sampled_from([None, None, 2])), draw(st.booleans())
    # A lone surrogate cannot be written in UTF-8.
    data = json.dumps(value, indent=indent, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        ways: dict[str, Callable[[], bytes]] = {
            "flipped": lambda data=data, at=at: _flipped(data, at, draw(st.integers(1, 255))),  # type: ignore[misc]
            "cut off": lambda data=data, at=at: data[:at],  # type: ignore[misc]
            "a beginning lost": lambda data=data, at=at: data[at:],  # type: ignore[misc]
            "with a token": lambda data=data, at=at: data[:at] + draw(st.sampled_from(TOKENS)) + data[at:],  # type: ignore[misc]
            "a part twice": lambda data=data, at=at: _doubled(data, at, draw(st.integers(1, 200))),  # type: ignore[misc]
            "spliced": lambda data=data, at=at: (
                data[:at] + json.dumps(draw(st.sampled_from(DELIVERED))).encode()[at:]
            ),  # type: ignore[misc]
            "in other bytes": lambda data=data: data.decode("utf-8", "replace").encode(
                draw(st.sampled_from(CODECS)), "replace"
            ),  # type: ignore[misc]
        }
        data = ways[draw(st.sampled_from(sorted(ways)))]()
    return data


@st.composite
def contents(draw: Callable[..., Any]) -> bytes:
    """Draw what a file holds: a text, lines of texts, an array of them, any bytes; compressed, again compressed, damaged."""
    some = draw(st.lists(texts(), min_size=1, max_size=4))
    ends = draw(st.sampled_from([b"\n", b"\r\n", b"\r", b"\n\n", b" \n\x0b\n", b"\x85"]))
    data: bytes = draw(
        st.sampled_from(
            [
                some[0],
                ends.join(some),
                ends.join(some) + ends,
                b"[" + b",".join(some) + b"]",
                b"\xef\xbb\xbf" + some[0],
            ]
        )
        | st.binary(max_size=60)
    )
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        packed = gzip.compress(data, mtime=0)
        data = draw(
            st.sampled_from(
                [
                    packed,
                    packed + packed,
                    packed[:-3],
                    packed + b"\0" * 9,
                    packed + b"rest",
                    _flipped(packed, len(packed) // 2, 4),
                ]
            )
        )
    return data


NAMES = st.sampled_from(["a.json", "b.ndjson", "c.jsonl", "d.json.gz", "e.ndjson.gz"]).map(str.encode) | st.sampled_from([
    *(b"\x1b[31mred.json", b"::error file=x::y.json", b"##[error]z.ndjson", "\u202etxt.json".encode(), b"\xff\xfe.json", b"new\nline.json", b"tab\t.ndjson"),
    *(b"\x07.jsonl.gz", b'<&">.json', b"]]>.json", "\u2028.json".encode(), b"%0A.json", b"-.json", b"a,b:c.json", b"](x).json", b"\r.json"),
])  # fmt: skip
ASKED = st.sampled_from([
    *([], ["--format", "json"], ["--format", "junit"], ["--format", "sarif"], ["--format", "github"], ["--summary"], ["--show", "findings", "--summary"]),
    *(["--level", "strict"], ["--level", "tolerant", "--format", "json", "--summary"], ["--at", "payload"], ["--version", "any"], ["--event", "CreateImage"]),
    *(["--max-depth", "3"], ["--max-size", "100"], ["--max-string", "5"], ["--max-keys", "4"], ["--max-expansion", "1"], ["--color", "never"], ["--show", "none"]),
])  # fmt: skip


@settings(
    max_examples=settings().max_examples * 3,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(files=st.dictionaries(NAMES, contents(), min_size=1, max_size=3), asked=ASKED)
def test_hostile_files(files: dict[bytes, bytes], asked: list[str]) -> None:
    """Whatever files hold and are called, the exit code is 0 or 1, every report is whole and harmless, and all count the same."""
    held(files, asked)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=contents() | st.binary(max_size=200), asked=ASKED)
@example(data=b"\x1f\x8b", asked=[])
@example(data=b"\xef\xbb\xbf", asked=[])
@example(data=b"\xff\xfe", asked=["--format", "json"])
@example(data=b"{}\n" + gzip.compress(b"{}"), asked=[])
def test_hostile_standard_input(data: bytes, asked: list[str]) -> None:
    """Of standard input, whose name says nothing about what it holds, the same is true."""
    held({}, asked, stdin=data)


@pytest.mark.parametrize("token", TOKENS)
def test_each_token_in_a_payload(token: bytes) -> None:
    """Each awkward token alone, in a list, as a value, between lines, and in a string, is told without harm."""
    string = json.dumps(token.decode("utf-8", "replace")).encode()
    files = {
        b"a.json": token,
        b"b.json": b"[" + token + b"]",
        b"c.json": b'{"a":' + token + b"}",
        b"d.ndjson": LINE + token + b"\n" + LINE,
    }
    names = {
        b"e.json": LINE.replace(b'"running"', string),
        b"f.json": LINE.replace(b'"instanceId"', string),
        b"g.ndjson": LINE.replace(b'"StateChange"', string),
    }
    assert held({**files, **names}, ["--summary"]) == 1


def limited(
    space: int,
    *arguments: object,
    stdin: Any = subprocess.DEVNULL,
    patience: float = 120,
    cwd: Path | None = None,
) -> tuple[int, str]:
    """Run the command with so much address space; return its exit code and standard output. What it says on standard error is nothing."""
    done = subprocess.run(
        words(*arguments, "--no-config"),
        stdin=stdin,
        capture_output=True,
        check=False,
        timeout=patience,
        cwd=cwd,
        env=environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (space, space)),
    )
    assert done.stderr.decode() == ""
    return done.returncode, done.stdout.decode()


def packed(part: bytes, times: int) -> bytes:
    """Return a large text compressed, without making it first."""
    maker = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(maker.compress(part) for _ in range(times)), maker.flush()])


BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zeros, compressed": ("a.json.gz", lambda: packed(b"\0" * MIB, 100), "too-large"),
    "line ends, compressed": ("a.ndjson.gz", lambda: packed(b"\n" * MIB, 100), "too-large"),
    "brackets, compressed": ("a.json.gz", lambda: packed(b"[" * MIB, 100), "too-deep"),
    "one long line, compressed": ("a.ndjson.gz", lambda: packed(b"[" * MIB, 100), "too-large"),
    "compressed many times": (
        "a.json.gz",
        lambda: gzip.compress(gzip.compress(gzip.compress(packed(b"\0" * MIB, 100)))),
        "not-utf8",
    ),
    "open arrays": ("a.json", lambda: b"[" * (64 * MIB), "too-deep"),
    "a million keys": (
        "a.json",
        lambda: b"{" + b",".join(b'"k%d":1' % number for number in range(1_000_000)) + b"}",
        "unknown-payload",
    ),
    "over a million keys": (
        "a.json",
        lambda: b"{" + b",".join(b'"k%d":1' % number for number in range(1_000_001)) + b"}",
        "too-many-keys",
    ),
    "a key a million times": (
        "a.json",
        lambda: b"{" + b",".join([b'"k":1'] * 1_000_000) + b"}",
        "duplicate-key",
    ),
    "a long string": ("a.json", lambda: b'{"a":"' + b"x" * (60 * MIB) + b'"}', "too-long-string"),
    "a long line": ("a.ndjson", lambda: b'{"a":"' + b"x" * (70 * MIB) + b'"}\n' + LINE, "too-large"),
    "too large": ("a.json", lambda: b'{"a":1}' + b" " * (64 * MIB), "too-large"),
    "a payload with a million fields": (
        "a.json",
        lambda: LINE.rstrip(b"}\n") + b"".join(b',"k%d":1' % number for number in range(900_000)) + b"}",
        "unknown-field",
    ),
    "many small things": ("a.json", lambda: b"[" + b"[]," * 30_000 + b"1]", "unknown-payload"),
}
LARGE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "open objects": ("a.json", lambda: b'{"a":' * (64 * MIB // 5), "too-deep"),
    "digits": ("a.json", lambda: b"1" * (64 * MIB), "number-range"),
    "escapes": ("a.json", lambda: b'"' + b"\\u0000" * (64 * MIB // 6 - 1) + b'"', "too-long-string"),
    "backslashes": ("a.json", lambda: b'"' + b"\\\\" * (32 * MIB - 1) + b'"', "too-long-string"),
    "a megabyte of items": ("a.json", lambda: b"[" + b"1," * 524_000 + b"1]", "unknown-payload"),
    "a megabyte of lines": ("a.ndjson", lambda: b"1\n" * 524_000, "unknown-payload"),
    "many empty arrays": ("a.json", lambda: b"[" + b"[]," * 2_000_000 + b"1]", "unknown-payload"),
}
EVERY_BOMB = BOMBS | LARGE


@pytest.mark.parametrize("name", EVERY_BOMB if NIGHTLY else BOMBS)
def test_bombs_within_the_stated_memory(name: str, tmp_path: Path) -> None:
    """What is made to burst the memory, or to take for ever, is told by its rule, within the address space that is stated; what follows it is checked."""
    file, made, rule = EVERY_BOMB[name]
    (tmp_path / file).write_bytes(made())
    (tmp_path / "b.ndjson").write_bytes(LINE)
    code, out = limited(
        DEFAULT_SPACE, file, "b.ndjson", "--format", "json", cwd=tmp_path, patience=900 if NIGHTLY else 120
    )
    first, *_, last = out.splitlines()
    assert (code, json.loads(last)["status"]) == (0 if rule == "unknown-field" else 1, "valid")
    assert {found["rule"] for found in json.loads(first)["findings"]} == {rule}


@pytest.mark.parametrize(
    "name", [name for name in (EVERY_BOMB if NIGHTLY else BOMBS) if name != "a megabyte of items"]
)
def test_small_limits_need_little_memory(name: str, tmp_path: Path) -> None:
    """With `--max-size 1000000 --max-keys 100000` a quarter of that address space is enough."""
    file, made, _ = EVERY_BOMB[name]
    (tmp_path / file).write_bytes(made())
    (tmp_path / "b.ndjson").write_bytes(LINE)
    asked = (
        "--format",
        "json",
        "--max-size",
        1_000_000,
        "--max-keys",
        100_000,
        "--show",
        "findings",
        "--summary",
    )
    code, out = limited(SMALL_SPACE, file, "b.ndjson", *asked, cwd=tmp_path, patience=900 if NIGHTLY else 120)
    assert (code, json.loads(out.splitlines()[-1])["summary"]["payloads"]["valid"] > 0) == (1, True)


@pytest.mark.parametrize("form", FORMS)
def test_a_long_stream_of_faults_needs_little_memory(form: str, tmp_path: Path) -> None:
    """A stream of which every line is another fault is reported in bounded memory, in every form, and names and keys that it makes up are not kept."""
    with (tmp_path / "a.ndjson").open("wb") as stream:
        for number in range(4_000):
            long = f"{number}" * 1_000
            stream.write(
                json.dumps({"eventAction": long, "eventTime": long, "instanceId": "i-1", long: 1}).encode()
                + b"\n"
            )
    code, out = limited(256 * MIB, "a.ndjson", "--format", form, cwd=tmp_path)
    assert (code, assert_harmless(form, out)) == (1, 4_000)


CARRYING = [
    value
    for value in DELIVERED
    if isinstance(value, dict) and ("notification_items" in value or "record" in value)
][:: 1 if NIGHTLY else 4]


@pytest.mark.skipif(
    not NIGHTLY, reason="it measures time, which a machine with much else to do makes unreliable"
)
@pytest.mark.parametrize("carrier", CARRYING, ids=[f"carrier {number}" for number in range(len(CARRYING))])
@pytest.mark.parametrize("change", ["nothing", "one field more", "another name", "nothing inside"])
def test_time_grows_as_the_list_of_an_envelope_does(carrier: Any, change: str) -> None:
    """An envelope that carries four times as many things takes about four times as long, valid or not: never sixteen times."""
    (key,) = {"notification_items", "record"} & set(carrier)
    item = carrier[key][0]
    items = {
        "nothing": item,
        "one field more": {**item, "new": 1},
        "another name": {**item, "notification_type": "Unheard"},
        "nothing inside": dict.fromkeys(item, ""),
    }
    times = []
    for count in (1_500, 6_000):
        value = {**carrier, key: [items[change]] * count}
        begun = time.process_time()
        check_payload(value, REGISTRY, Request())
        times.append(time.process_time() - begun)
    assert times[1] < 10 * times[0] + 0.1


@pytest.mark.parametrize("times", [2, 8, 50, 120])
def test_envelopes_nested_many_times(times: int, tmp_path: Path) -> None:
    """Envelopes that hold each other, as objects 50 deep and more or as text in text, are opened as far as is sensible, and no further."""
    carrier = next(value for value in DELIVERED if "notification_items" in value)
    payload: Any = LINE.decode()
    for _ in range(times):
        payload = {
            "notification_items": [{**carrier["notification_items"][0], "detail": payload}, payload]
            if times < 9
            else [payload]
        }
    texts: Any = {}
    smn = next(value for value in DELIVERED if value.get("type") == "Notification" and "topic_urn" in value)
    for _ in range(min(times, 16)):
        texts = {**smn, "message": json.dumps(texts)}
    (tmp_path / "a.json").write_text(json.dumps(payload), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps(texts), "utf-8")
    begun = time.monotonic()
    code, out = limited(DEFAULT_SPACE, "a.json", "b.json", "--format", "json", cwd=tmp_path)
    assert (code, len(out.splitlines())) == (1, 2)
    assert time.monotonic() - begun < GENEROUS
    if times > 60:
        assert "too-deep" in out.splitlines()[0]
    elif times > 8:
        assert "too-nested" in out


def test_folders_that_never_end(tmp_path: Path) -> None:
    """Folders that link to themselves, links in a circle, pipes that nobody writes to and sockets are not waited for; what is good is checked."""
    deep = tmp_path
    for _ in range(60):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "good.ndjson").write_bytes(LINE)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (deep / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "one.json").symlink_to("other.json")
    (tmp_path / "other.json").symlink_to("one.json")
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "null.json").symlink_to("/dev/zero")
    code, out = limited(DEFAULT_SPACE, ".", "--format", "json", cwd=tmp_path)
    found = [(json.loads(line)["status"], json.loads(line)["source"]) for line in out.splitlines()]
    assert (code, sorted(found)) == (
        1,
        [("unreadable", "one.json"), ("unreadable", "other.json"), ("valid", f"{'d/' * 60}good.ndjson")],
    )


@pytest.mark.parametrize(
    "name", ["/dev/zero", "/dev/urandom", "/dev/tty", "/proc/self/mem", "/dev/fd/0", "link.json"]
)
def test_devices_are_not_read_for_ever(name: str, tmp_path: Path) -> None:
    """A device that is named, or linked to, is a finding, at once; standard input by another name is read, and is empty."""
    (tmp_path / "link.json").symlink_to("/dev/zero")
    code, out = limited(DEFAULT_SPACE, name, "--format", "json", cwd=tmp_path)
    assert (code, [found["severity"] for found in json.loads(out)["findings"]]) == (1, ["error"])


def test_an_endless_stream_ends_with_its_reader() -> None:
    """Standard input that never ends and never ends a line is told as too large, and read no further than it must."""
    endless_text = "while True: print('[1,')"
    with subprocess.Popen(
        [sys.executable, "-c", endless_text], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as endless:
        try:
            code, out = limited(
                DEFAULT_SPACE,
                "-",
                "--format",
                "json",
                "--max-size",
                1_000_000,
                "--max-depth",
                60,
                stdin=endless.stdout,
            )
        finally:
            endless.kill()
    assert (code, json.loads(out.splitlines()[-1])["status"]) == (1, "unreadable")
