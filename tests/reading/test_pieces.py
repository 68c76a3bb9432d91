"""Pieces: however a text is cut on its way in, the documents are those of the whole; memory stays bounded; a bomb is stopped."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import threading
from hashlib import md5
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signalbook.reading.arrays import items
from signalbook.reading.decoding import payloads, read, value_of
from signalbook.reading.documents import Document, Lines, Reading
from signalbook.reading.files import guessed
from signalbook.reading.gzip_stream import unpacked
from signalbook.reading.json_text import DEFAULT_LIMITS, Limits, NotJSON
from signalbook.reading.ndjson import blocks
from signalbook.reading.paths import documents, expand
from signalbook.reading.strict_json import loads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOW = Reading(DEFAULT_LIMITS, 0)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Return data cut at places, without empty parts, as reading gives them."""
    bounds = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(bounds)]


cuts = st.lists(st.integers(0, 10_000), max_size=12)
ndjson = st.lists(
    st.sampled_from(
        [
            b"{}",
            b'{"a": 1}',
            b"[1]",
            b"nope",
            b" ",
            b"\r",
            b"\n",
            b"\r\n",
            b"\n\n",
            b"\xef\xbb\xbf",
            b"\xe4\xbd\xa0",
            b"x" * 40,
        ]
    )
).map(b"".join)


def as_lines(data: bytes) -> list[tuple[int, bytes]]:
    """Return the numbered lines of a text that hold something, read all at once."""
    lines = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n")
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


@given(ndjson, cuts, st.sampled_from([4, 30, 10_000]))
def test_lines_do_not_depend_on_where_blocks_end(data: bytes, places: list[int], most: int) -> None:
    """Whatever the blocks, the lines and their numbers are those of the whole; and a block stands where it says it does."""
    found = list(blocks("x", cut(data, places), most, placed=True))
    taken: list[tuple[int, bytes]] = []
    for piece in found:
        if isinstance(piece, Lines):
            assert piece.offset is not None
            assert data[piece.offset : piece.offset + piece.length] == piece.read()
            taken += piece.numbered()
    wanted = as_lines(data)
    assert [number for number, _ in taken] == [number for number, _ in wanted]
    for (_, one), (_, other) in zip(taken, wanted, strict=True):
        # What is cut is still too long, and so are its words: no end is lost in silence.
        assert one == other or (most < len(one) and other.startswith(one.removesuffix(b"\r")))
    assert [piece.problem.rule for piece in found if isinstance(piece, Document) and piece.problem] == (
        [] if wanted else ["empty"]
    )


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r\n{}"])
def test_a_line_end_does_not_count(end: bytes) -> None:
    """A line may have as many bytes as a document, whatever ends it; one more is too many."""

    def first_line(line: bytes) -> bytes:
        blocks_of = (piece for piece in blocks("x", [line + end], 9, placed=True) if isinstance(piece, Lines))
        return next(next(blocks_of).numbered())[1]

    assert first_line(b"x" * 9) == b"x" * 9
    assert len(first_line(b"x" * 12)) > 9


def lines_of(found: Iterator[Document | Lines]) -> list[tuple[int | None, bytes]]:
    """Return line and content of all documents of some pieces."""
    return [(one.line, one.data) for piece in found for one in expand(piece)]


@given(ndjson, cuts)
def test_a_stream_is_read_the_same_however_it_comes(data: bytes, places: list[int]) -> None:
    """A stream that trickles in has the documents of one that is there at once."""
    assert lines_of(guessed("-", iter(cut(data, places)), HOW)) == lines_of(
        guessed("-", iter(cut(data, [])), HOW)
    )


def test_lines_in_utf_16_are_one_problem(tmp_path: Path) -> None:
    """A byte order mark of UTF-16 says that line ends are not where bytes say so: the file is one text, and `jsontext` names what it is."""
    (tmp_path / "a.ndjson").write_bytes('{"a": 1}\n{"a": 2}\n'.encode("utf-16"))
    (only,) = documents([str(tmp_path)])
    with pytest.raises(NotJSON, match="UTF-8"):
        payloads(only)


def test_a_stream_of_lines_is_passed_on_as_it_comes() -> None:
    """Of a stream that waits after each line, each line is passed on before the next is asked for; the first waits for the second."""
    asked = 0

    def coming() -> Iterator[bytes]:
        nonlocal asked
        for _ in range(5):
            asked += 1
            yield b'{"a": 1}\n'

    seen = [(piece.first, asked) for piece in guessed("-", coming(), HOW) if isinstance(piece, Lines)]
    assert seen == [(1, 2), (3, 3), (4, 4), (5, 5)]


def test_a_pipe_that_stays_open_gives_its_lines(tmp_path: Path) -> None:
    """A named pipe that is named is read, and its lines come out while its writer still writes."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    goes_on = threading.Event()

    def write() -> None:
        with pipe.open("wb", buffering=0) as stream:
            stream.write(b'{"a": 1}\n{"a": 2}\n')
            assert goes_on.wait(30)
            stream.write(b'{"a": 3}')

    writer = threading.Thread(target=write)
    writer.start()
    found = documents([str(pipe)])
    first = [next(found), next(found)]
    goes_on.set()
    assert [(one.line, one.data) for one in [*first, *found]] == [
        (1, b'{"a": 1}'),
        (2, b'{"a": 2}'),
        (3, b'{"a": 3}'),
    ]
    writer.join(30)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
spaces = st.sampled_from([b"", b"", b" ", b"\n", b"\r\n", b"\r", b"\t  \n"])


@st.composite
def arrays(draw: st.DrawFn) -> bytes:
    """Draw the text of an array, with white space and a byte order mark where they may stand."""
    parts = []
    for value in draw(st.lists(values, min_size=1, max_size=6)):
        text = json.dumps(
            value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1]))
        ).encode("utf-8", "replace")
        parts.append(draw(spaces) + text + draw(spaces))
    return (
        draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
        + draw(spaces)
        + b"["
        + b",".join(parts)
        + b"]"
        + draw(spaces)
    )


def streamed(data: bytes, places: list[int], how: Reading = HOW) -> list[Document]:
    """Return the documents of an array that is read item by item, and that comes in parts; a byte order mark comes in one, as reading sees to."""
    return list(items("x", cut(data, [place + 3 for place in places if place + 3 < len(data)]), how))


def whole(data: bytes) -> list[tuple[int | None, Any]] | NotJSON:
    """Return the payloads of an array that is read at once, or what is wrong with it."""
    try:
        return payloads(Document("x", data=data))
    except NotJSON as problem:
        return problem


def offset_of(data: bytes, place: tuple[int, int]) -> int:
    """Return the offset of a place in a text, counted another way: character by character."""
    text = data.decode().removeprefix("\ufeff")
    line, column = 1, 1
    for at, character in enumerate(text):
        if (line, column) == place:
            return len(data) - len(text[at:].encode())
        ends = character == "\n" or (character == "\r" and text[at + 1 : at + 2] != "\n")
        line, column = (line + 1, 1) if ends else (line, column + 1)
    return len(data)


@given(arrays(), cuts)
def test_an_array_item_by_item_is_the_array(data: bytes, places: list[int]) -> None:
    """Each item has the value and the index that it has in the whole, and stands where it says it does."""
    found = streamed(data, places)
    assert repr([payloads(one)[0] for one in found]) == repr(whole(data))
    # As another process gets them.
    assert repr([payloads(pickle.loads(pickle.dumps(one)))[0] for one in found]) == repr(whole(data))  # noqa: S301 - our own
    for one in found:
        assert data.startswith(one.data, offset_of(data, one.start))


faults = st.sampled_from(
    [
        b",",
        b"]",
        b"[",
        b"{",
        b"}",
        b'"',
        b"\\",
        b"x",
        b"1",
        b" ",
        b"\n",
        b":",
        b"\xff",
        b"\xef\xbb\xbf",
        b"[]",
        b"",
    ]
)


@given(arrays(), cuts, st.integers(0, 10_000), st.integers(0, 3), faults)
@example(b"[1, 2", [], 10_000, 0, b"")
@example(b'[{"a": 1}, {"a', [], 10_000, 0, b"")
@example(b'["\\', [], 10_000, 0, b"")
@example(b"[1,,2]", [], 10_000, 0, b"")
@example(b"[,1]", [], 10_000, 0, b"")
@example(b"[1,]", [], 10_000, 0, b"")
@example(b"[1]\n{}", [], 10_000, 0, b"")
@example(b"[1] x", [], 10_000, 0, b"")
@example(b"[1}]", [], 10_000, 0, b"")
@example(b"[{]}, 1]", [], 10_000, 0, b"")
def test_a_broken_array_ends_where_it_breaks(
    data: bytes, places: list[int], at: int, length: int, fault: bytes
) -> None:
    """Where the whole is no JSON, the items before the fault are read, then one problem tells of it as the whole does; nothing comes after it."""
    at %= len(data) + 1
    data = data[:at] + fault + data[at + length :]
    if not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
        return
    found = streamed(data, places)
    wanted = whole(data)
    if isinstance(wanted, list):
        assert repr([payloads(one)[0] for one in found]) == repr(wanted)
        return
    problems = [one.problem for one in found if one.problem]
    if wanted.rule == "no-payload":
        assert [one.data for one in found] == [b"[]"]
    elif wanted.rule in ("not-json", "not-utf8"):
        assert problems[-1:] == [found[-1].problem]
        assert [
            (one.rule, one.line, one.column)
            for one in problems
            if one.rule not in ("duplicate-key", "number-range")
        ] == [(wanted.rule, wanted.line, wanted.column)]
    else:
        assert (wanted.rule, wanted.line, wanted.column) in [
            (one.rule, one.line, one.column) for one in problems
        ]


def large(count: int) -> bytes:
    """Return the text of an array of more than 1 MiB, of `count` items."""
    return (
        b"["
        + b",\n".join(
            b'{"number": %d, "text": "%s"}' % (number, b"x" * (1_200_000 // count)) for number in range(count)
        )
        + b"]"
    )


@pytest.mark.parametrize("name", ["a.json", "a.json.gz", "-", "pipe"])
def test_a_large_array_is_read_item_by_item_wherever_it_comes_from(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file, a compressed file, standard input and a pipe all give the items of a large array one by one, within the limit of one item."""
    data, path = large(50), str(tmp_path / name)
    if name == "-":
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        path = name
    elif name == "pipe":
        os.mkfifo(path)
        threading.Thread(target=(tmp_path / name).write_bytes, args=(data,)).start()
    else:
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    found = list(documents([path], Limits(max_bytes=100_000)))
    assert [payload for one in found for payload in payloads(one)] == list(enumerate(loads(data)))
    assert [one.start for one in found[:2]] == [(1, 2), (2, 1)]


def test_an_item_that_is_too_large_is_one_problem(tmp_path: Path) -> None:
    """An item over the limit, or with another fault of its own, is a problem; the items after it are read."""
    text = b'[1, "' + b"x" * 3_000_000 + b'", {"a": 1, "a": 2}, [[[2]]]]'
    (tmp_path / "a.json").write_bytes(text)
    found = list(documents([str(tmp_path)], Limits(max_bytes=1_000_000, max_depth=2)))
    assert [(one.index, one.problem.rule if one.problem else None) for one in found] == [
        (0, None),
        (1, "too-large"),
        (2, "duplicate-key"),
        (3, "too-deep"),
    ]
    places = [(one.problem.line, one.problem.column) for one in found if one.problem]
    assert places[:2] == [(1, 5), (1, text.index(b'"a": 2') + 1)]


def test_a_bottomless_array_is_given_up() -> None:
    """Of an array without a bottom, the rest is not looked at: one problem says that it is too deep."""
    (only,) = streamed(b"[" * 2_000_000, [100_000])
    assert only.problem
    assert only.problem.rule == "too-deep"


def test_a_stream_of_line_ends_is_empty() -> None:
    """Millions of empty lines are settled at once, and so are millions that only look like JSON."""
    for line in (b"\n", b"[x]\n"):
        (only,) = guessed("-", iter([line * 5_000_000]), HOW)
        assert isinstance(only, Document)


def test_a_large_text_that_is_no_array_is_one_document(tmp_path: Path) -> None:
    """An object is read at once, up to the limit, however large: it is one payload."""
    data = b'{"notification_items": ' + large(50) + b"}"
    (tmp_path / "chunk.json.gz").write_bytes(gzip.compress(data))
    assert [one.data for one in documents([str(tmp_path)])] == [data]


MEMBERS = [b'{"a": 1}\n', b'{"a": 2}\n{"a"', b": 3}"]


@given(cuts)
def test_gzip_in_several_members_is_one_text(places: list[int]) -> None:
    """Members one after another, with or without padding of zeros, are one text, however they come."""
    data = b"\0\0".join(gzip.compress(member) for member in MEMBERS) + b"\0" * 20
    assert b"".join(unpacked(cut(data, places), 200)) == b"".join(MEMBERS)
    assert read(gzip.compress(b'{"a"') + gzip.compress(b": 1}")) == {"a": 1}


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (lambda data: data[:-10], "is truncated"),
        (lambda data: data + b"more", "unexpected data after the gzip data"),
        (lambda data: data[:-8] + b"12345678", "incorrect"),
    ],
    ids=["cut off", "garbage", "wrong checksum"],
)
def test_what_stands_before_a_fault_of_gzip_is_read(tmp_path: Path, end: Any, message: str) -> None:
    """Of a compressed text that is cut off, whose checksum is wrong, or that something else follows, each line that came out whole is a document; then comes the problem."""
    lines = b"".join(b'{"number": %d}\n' % number for number in range(20_000))
    (tmp_path / "a.ndjson.gz").write_bytes(end(gzip.compress(lines)))
    *found, last = documents([str(tmp_path)])
    assert 19_000 < len(found) <= 20_000
    assert [payloads(one) for one in found] == [[(None, {"number": number})] for number in range(len(found))]
    assert (last.problem and last.problem.rule, message in str(last.problem)) == ("gzip", True)


def test_a_gzip_bomb_is_stopped(tmp_path: Path) -> None:
    """What unpacks to more than 64 MiB and to more times its size than is allowed is stopped, and the problem names the option."""
    line = b'{"a": 1}' + b" " * 999_990 + b"\n"
    data = gzip.compress(line, 1) * 150
    (tmp_path / "a.ndjson.gz").write_bytes(data)
    *found, last = documents([str(tmp_path)])
    assert 60 < len(found) < 75
    assert last.problem
    assert (last.problem.rule, "--max-expansion" in str(last.problem.hint)) == ("too-large", True)
    for allowed in (0, 1_000):
        assert sum(one.problem is None for one in documents([str(tmp_path)], max_expansion=allowed)) == 150


@pytest.mark.parametrize(
    ("name", "data", "most"),
    [
        ("a.ndjson.gz", b"{}\n" * 3_000_000, 65_536),
        ("a.json.gz", b"[" + b"{}," * 3_000_000 + b"{}]", 65_536),
        ("b.json.gz", b"[" + b"0," * 200_000 + b"0]", 0),
    ],
    ids=["lines", "items", "list"],
)
def test_a_few_compressed_bytes_hold_only_so_many_payloads(
    name: str, data: bytes, most: int, tmp_path: Path
) -> None:
    """However short the payloads are that a small gzip file unpacks to, no more than 65,536 of them are handed on; the problem names the option."""
    (tmp_path / name).write_bytes(gzip.compress(data, 6))
    *found, last = documents([str(tmp_path)])
    assert len(found) <= most
    assert last.problem
    assert (last.problem.rule, "--max-expansion" in str(last.problem.hint)) == ("too-large", True)
    if name.startswith("b"):
        assert sum(len(payloads(one)) for one in documents([str(tmp_path)], max_expansion=0)) == 200_001
        with pytest.raises(NotJSON, match="bomb"):
            value_of(gzip.compress(data))


def test_many_short_payloads_pass_where_enough_bytes_hold_them(tmp_path: Path) -> None:
    """A compressed stream of short payloads that differ, as those of a real one do, is read to its end."""
    lines = b"".join(b'{"id":"%s"}\n' % md5(b"%d" % number).hexdigest().encode() for number in range(70_000))  # noqa: S324 - to differ
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(lines))
    assert sum(one.problem is None for one in documents([str(tmp_path)])) == 70_000


@pytest.mark.parametrize("found", ["closed", "failing"])
def test_standard_input_that_cannot_be_read_is_a_problem(found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was started without standard input, or whose input fails, has a problem of rule `no-file`."""

    class Failing(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _: object) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(
        "sys.stdin", None if found == "closed" else io.TextIOWrapper(io.BufferedReader(Failing()))
    )
    assert [one.problem.rule for one in documents(["-"]) if one.problem] == ["no-file"]
