"""Paths → documents: what is read, in which order, and what happens to what cannot be read."""

from __future__ import annotations

import gzip
import io
import json
import os
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT
from signalbook.cli.main import main
from signalbook.reading import decoding, json_text
from signalbook.reading.decoding import payloads
from signalbook.reading.documents import Document
from signalbook.reading.json_text import Limits
from signalbook.reading.paths import documents

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files into a folder and return it."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read(*paths: object) -> list[tuple[str, int | None, bytes | str]]:
    """Return name, line and content of each document; the rule of its problem where there is one."""
    found = documents(map(str, paths))
    return [
        (one.source.rsplit("/", 1)[-1], one.line, one.problem.rule if one.problem else one.data.strip())
        for one in found
    ]


def test_a_folder_is_read_to_the_bottom_in_order(tmp_path: Path) -> None:
    """Every payload file below a folder is read, in the order of the paths; hidden and other files are not."""
    names = ("b.json", "a.ndjson", "deep/er/c.jsonl", "notes.txt", ".hidden.json", ".git/x.json")
    write(tmp_path, dict.fromkeys(names, b"{}"))
    assert [name for name, _, _ in read(tmp_path)] == ["a.ndjson", "b.json", "c.jsonl"]


def test_links_do_not_lead_in_circles(tmp_path: Path) -> None:
    """A folder that links to itself is read once."""
    write(tmp_path, {"a.json": b"{}"})
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert [name for name, _, _ in read(tmp_path)] == ["a.json"]


def test_a_link_that_leads_nowhere_is_a_problem(tmp_path: Path) -> None:
    """A dangling link in a folder is reported like a missing file: nothing is left out in silence."""
    (tmp_path / "a.json").symlink_to(tmp_path / "nowhere.json")
    assert read(tmp_path) == [("a.json", None, "no-file")]


def test_a_folder_that_may_not_be_entered_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder below that the system refuses to list is reported, and the others are read."""
    write(tmp_path, {"a.json": b"{}", "closed/b.json": b"{}"})
    listing = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr("os.scandir", refuse)
    assert read(tmp_path) == [("a.json", None, b"{}"), ("closed", None, "no-permission")]


def test_a_quoted_glob_is_expanded(tmp_path: Path) -> None:
    """A pattern the shell did not expand is expanded here, and one that matches nothing is said to."""
    write(tmp_path, {"x/a.json": b"{}", "x/y/b.json": b"{}"})
    assert [name for name, _, _ in read(f"{tmp_path}/**/*.json")] == ["a.json", "b.json"]
    assert read(f"{tmp_path}/*.nothing") == [("*.nothing", None, "no-payload")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe among the files of a folder would be waited for, for ever; it is passed over."""
    write(tmp_path, {"b.json": b"{}"})
    os.mkfifo(tmp_path / "a.json")
    assert [name for name, _, _ in read(tmp_path)] == ["b.json"]


def test_a_glob_gives_what_the_shell_would_give(tmp_path: Path) -> None:
    """A quoted pattern without ** means the files and the folders it matches, as it does unquoted."""
    write(tmp_path, {"a.json": b"{}", "x/b.json": b"{}"})
    assert [name for name, _, _ in read(f"{tmp_path}/*")] == ["a.json", "b.json"]


def test_standard_input_of_any_length_is_passed_on_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for a payload, not for a stream of them: every line of a long stream is read, and none is cut."""
    stream = io.BytesIO(b'{"a": 1}\n' * 1_000)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stream))
    assert [one.line for one in documents(["-"], Limits(max_bytes=100)) if one.data == b'{"a": 1}'] == list(
        range(1, 1_001)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'\n\n{"a":\n 1}\n', [None]),
        (b'{"a": 1}', [None]),
        (b'nope\n{"a": 1}\n{"a": 2}', [1, 2, 3]),
        (b'3\n\n{"a": 1}\n', [1, 3]),
        (b"[1]\r\n[2]\r\n", [1, 2]),
        (b"nope\nnope", [None]),
    ],
    ids=["spread", "single", "bad-first-line", "number-first", "arrays", "no-json"],
)
def test_standard_input_is_lines_where_a_line_is_a_document(
    text: bytes, expected: list[int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard input is read as a payload a line where that is what it looks like, and as one document otherwise."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert [one.line for one in documents(["-"])] == expected


def test_a_glob_may_name_folders(tmp_path: Path) -> None:
    """A pattern that matches folders alone means the payloads in them."""
    write(tmp_path, {"x/a.json": b"{}", "y/b.JSON": b"{}"})
    assert [name for name, _, _ in read(f"{tmp_path}/*")] == ["a.json", "b.JSON"]


@pytest.mark.parametrize("path", ["", "x" * 300, "closed/a.json"], ids=["empty", "too-long", "below-a-file"])
def test_a_path_that_cannot_even_be_looked_up_is_a_problem(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system refuses to look at gives a problem, and the next path is read."""
    write(tmp_path, {"a.json": b"{}", "closed": b""})
    monkeypatch.chdir(tmp_path)
    assert [what for _, _, what in read(path, "a.json")] == ["no-file", b"{}"]


def test_a_file_whose_name_looks_like_a_glob_is_read(tmp_path: Path) -> None:
    """An existing file is that file, whatever its name."""
    write(tmp_path, {"a[1].json": b"{}"})
    assert read(tmp_path / "a[1].json") == [("a[1].json", None, b"{}")]


@pytest.mark.parametrize("suffix", [".ndjson", ".jsonl"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_ndjson_is_read_line_by_line(tmp_path: Path, suffix: str, ending: bytes) -> None:
    """Each line is a document with its number; empty lines count and hold nothing."""
    write(tmp_path, {f"a{suffix}": ending.join([b"{}", b"", b"[1]", b""])})
    assert read(tmp_path / f"a{suffix}") == [(f"a{suffix}", 1, b"{}"), (f"a{suffix}", 3, b"[1]")]


@pytest.mark.parametrize("name", ["a.json.gz", "renamed.json"])
def test_gzip_is_opened_by_its_name_or_its_first_bytes(tmp_path: Path, name: str) -> None:
    """Compressed content is opened on the way, even where the name does not say that it is compressed."""
    write(tmp_path, {name: gzip.compress(b"{}")})
    assert read(tmp_path / name) == [(name, None, b"{}")]


BAD_GZIP = {
    "cut off": gzip.compress(b'{"a": 1}' * 100)[:-12],
    "cut off in the header": gzip.compress(b"{}")[:5],
    "not compressed": b"{}",
    "damaged": gzip.compress(b"{}")[:10] + b"\xff" * 20,
    "wrong checksum": gzip.compress(b"{}")[:-8] + b"\x00" * 8,
}


@pytest.mark.parametrize("data", BAD_GZIP.values(), ids=BAD_GZIP)
@pytest.mark.parametrize("name", ["a.json.gz", "a.ndjson.gz"])
def test_damaged_gzip_is_a_problem_of_its_file(tmp_path: Path, name: str, data: bytes) -> None:
    """Damaged compressed data is a problem, and the other files are still read."""
    write(tmp_path, {name: data, "z.json": b"{}"})
    found = read(tmp_path)
    assert found[-2:] == [(name, None, "gzip"), ("z.json", None, b"{}")]


def test_of_a_text_that_is_too_large_only_its_beginning_is_kept(tmp_path: Path) -> None:
    """Decompression stops at the limit of one document, and a line is cut there: one byte more than is allowed shows that there was too much."""
    large = gzip.compress(b"{" + b" " * 2_500_000)
    write(tmp_path, {"a.json.gz": large, "b.ndjson.gz": large})
    assert [len(one.data) for one in documents([str(tmp_path)], Limits(max_bytes=1_000))] == [1001, 1001]


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("missing.json", "no-file"),
        ("missing/", "no-file"),
        ("empty", "no-payload"),
        ("a.json/b.json", "no-file"),
    ],
)
def test_what_is_not_there_is_a_problem_and_not_the_end(tmp_path: Path, path: str, rule: str) -> None:
    """A path that leads nowhere gives one problem that names it, and the next path is read."""
    write(tmp_path, {"a.json": b"{}"})
    (tmp_path / "empty").mkdir()
    assert [what for _, _, what in read(f"{tmp_path}/{path}", tmp_path / "a.json")] == [rule, b"{}"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    """A file without read permission is a problem of its own."""
    write(tmp_path, {"a.json": b"{}"})
    (tmp_path / "a.json").chmod(0)
    assert read(tmp_path) == [("a.json", None, "no-permission")]


def test_permission_errors_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal to open a file is a problem of rule `no-permission`, whoever runs the tests."""
    write(tmp_path, {"a.json": b"{}"})

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert read(tmp_path / "a.json") == [("a.json", None, "no-permission")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b'{"a": 1}', [(None, {"a": 1})]), (b'[{"a": 1}, 2]', [(0, {"a": 1}), (1, 2)]), (b"7", [(None, 7)])],
    ids=["object", "array", "number"],
)
def test_an_array_is_a_batch(data: bytes, expected: list[decoding.Payload]) -> None:
    """Each item of an array is a payload with its place; anything else is one payload."""
    assert payloads(Document("a.json", data=data)) == expected


def test_an_empty_array_holds_no_payload() -> None:
    """A batch without payloads is as useless as a folder without files, and says so."""
    with pytest.raises(json_text.NotJSON, match="the array contains no payloads"):
        payloads(Document("a.json", data=b"[]"))


@pytest.mark.parametrize("name", ["small.json", "large.json", "stream.ndjson"])
def test_a_list_of_json_texts_is_a_batch(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A list of JSON texts has the verdicts of its values, from a file, a stream or a large array read item by item; a finding's column is inside the text."""
    one = (ROOT / "demo" / "jdcloud-state-change.json").read_text(encoding="utf-8")
    texts = [one, one.replace('"eventTime"', '"eventTyme"'), "{", "disk full"]
    padding = [one] * (1_500 if name == "large.json" else 0)
    (tmp_path / name).write_text(json.dumps([*texts, *padding]) + "\n", encoding="utf-8")
    assert main(["validate", "--format", "json", str(tmp_path / name)]) == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [verdict["index"] for verdict in found] == list(range(len(texts) + len(padding)))
    assert [verdict["status"] for verdict in found[:4]] == [
        "valid",
        "invalid",
        "unidentified",
        "unidentified",
    ]
    assert {verdict["status"] for verdict in found[4:]} <= {"valid"}
    (missing,) = found[1]["findings"]
    assert (missing["rule"], missing["pointer"], missing["line"]) == ("required", "/detail", 1)
    start = len(json.dumps([one])) + 2
    assert start < missing["column"] < start + len(json.dumps(texts[1]))
    assert ["hint" in verdict["findings"][0] for verdict in found[2:4]] == [True, False]
