"""Paths: folders of every kind of entry, patterns, what is left out, and files that change while they are read."""

from __future__ import annotations

import gzip
import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from running import MOST_MEMORY
from signalbook.reading.documents import Document, Files, Lines
from signalbook.reading.globs import Excludes
from signalbook.reading.paths import documents, expand, pieces


def write(folder: Path, *names: str) -> None:
    """Write payload files into a folder."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}")


def told(*paths: object, exclude: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return the source of each document, and the rule of its problem, if it has one."""
    return [
        (one.source, one.problem.rule if one.problem else "")
        for one in documents(map(str, paths), exclude=exclude)
    ]


@given(
    st.sets(
        st.text("ab./", min_size=1, max_size=8).map(
            lambda text: "/".join(step for step in text.split("/") if step.strip("."))
        ),
        max_size=8,
    )
)
def test_a_folder_is_read_in_the_order_of_its_paths(
    tmp_path_factory: pytest.TempPathFactory, names: set[str]
) -> None:
    """Whatever the names, the files come sorted by their whole paths, each once, and hidden ones do not come."""
    folder = tmp_path_factory.mktemp("tree")
    write(folder, "z.json", *(f"{name.replace('.', '-.')}.json" for name in names if name))
    wanted = sorted(
        str(path)
        for path in folder.rglob("*.json")
        if not any(step.startswith(".") for step in path.relative_to(folder).parts)
    )
    assert told(folder) == [(path, "") for path in wanted]


def test_only_files_are_read_in_folders(tmp_path: Path) -> None:
    """Pipes, sockets and links to folders are passed over in folders and by patterns; a link to a file is read under its name; a circle is a problem."""
    write(tmp_path, "deep/a.json", "other/b.json")
    os.mkfifo(tmp_path / "deep" / "pipe.json")
    (tmp_path / "deep" / "folder.json").symlink_to(tmp_path / "other", target_is_directory=True)
    (tmp_path / "deep" / "link.json").symlink_to(tmp_path / "other" / "b.json")
    (tmp_path / "deep" / "circle.json").symlink_to("circle.json")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "deep" / "socket.json"))
    deep = tmp_path / "deep"
    wanted = [(f"{deep}/a.json", ""), (f"{deep}/circle.json", "no-file"), (f"{deep}/link.json", "")]
    assert told(deep) == wanted
    assert told(f"{tmp_path}/**/*.json") == [*wanted, (f"{tmp_path}/other/b.json", "")]
    assert told(deep / "socket.json", "/dev/null") == [
        (f"{deep}/socket.json", "no-file"),
        ("/dev/null", "no-file"),
    ]


def test_circles_of_links_end(tmp_path: Path) -> None:
    """Two links back to their own folder would double the ways at each step: they are not followed, neither in a folder nor by `**`."""
    write(tmp_path, "x/a.json")
    for name in ("one", "two"):
        (tmp_path / "x" / name).symlink_to(tmp_path, target_is_directory=True)
    assert told(tmp_path) == told(f"{tmp_path}/**/a.json") == [(f"{tmp_path}/x/a.json", "")]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("*.json", ["a.json"]),
        ("**/*.json", ["a.json", "x/b.json", "x/y/c.json"]),
        ("**/**/c.json", ["x/y/c.json"]),
        ("x/**", ["x/b.json", "x/y/c.json"]),
        ("*/y", ["x/y/c.json"]),
        ("x/*", ["x/b.json", "x/y/c.json"]),
        ("*/", ["x/b.json", "x/y/c.json"]),
        ("./x/[ab].json", ["./x/b.json"]),
        ("x/../[!b].json", ["x/../a.json"]),
        (".h*/*.json", [".hidden/d.json"]),
        ("x/?/c.json", ["x/y/c.json"]),
    ],
)
def test_patterns_match_as_in_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, wanted: list[str]
) -> None:
    """A quoted pattern means the files that the shell would give, hidden ones only where it begins with a dot, and a folder the files in it."""
    write(tmp_path, "a.json", "x/b.json", "x/y/c.json", ".hidden/d.json", "x/.e.json")
    monkeypatch.chdir(tmp_path)
    assert [source for source, _ in told(pattern)] == wanted


@pytest.mark.parametrize(
    ("pattern", "left_out"),
    [
        ("b.json", ["x/b.json", "x/y/b.json"]),
        ("/b.json", []),
        ("x/b.json", ["x/b.json"]),
        ("./x/b.json", ["x/b.json"]),
        ("y", ["x/y/b.json"]),
        ("y/", ["x/y/b.json"]),
        ("b.json/", []),
        ("x/**", ["x/b.json", "x/y/b.json"]),
        ("x/**/b.json", ["x/b.json", "x/y/b.json"]),
        ("**/y/*.json", ["x/y/b.json"]),
        ("x/*.json", ["x/b.json"]),
        ("*", ["a.json", "x/b.json", "x/y/b.json"]),
        ("", []),
    ],
)
def test_what_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, left_out: list[str]
) -> None:
    """Patterns of what to leave out are read as in .gitignore, in folders and for globs; a file that is named is always read."""
    names = ["a.json", "x/b.json", "x/y/b.json"]
    write(tmp_path, *names)
    monkeypatch.chdir(tmp_path)
    kept = [(name, "") for name in names if name not in left_out]
    assert told(".", exclude=(pattern,)) == (kept or [(".", "no-payload")])
    assert told("**/*.json", exclude=(pattern,)) == (kept or [("**/*.json", "no-payload")])
    assert told(*names, exclude=(pattern,)) == [(name, "") for name in names]


def test_patterns_with_many_stars_take_no_time() -> None:
    """A pattern is held against a path in one pass: no number of stars makes it try twice."""
    excludes = Excludes(["/".join(["**", "a"] * 60) + "/b"])
    assert not excludes.covers("/".join("a" * 200), is_folder=False)


def test_any_name_is_read(tmp_path: Path) -> None:
    """Names with line breaks, escape sequences, and bytes that are not UTF-8 are names."""
    for name in (b"a\nb.json", b"\x1b[31mred.json", b"\xff.json"):
        Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_bytes(b"{}")  # noqa: PTH118 - pathlib joins no bytes
    found = list(documents([str(tmp_path)]))
    assert sorted((os.fsencode(one.source).rpartition(b"/")[2], one.data) for one in found) == [
        (b"\x1b[31mred.json", b"{}"),
        (b"a\nb.json", b"{}"),
        (b"\xff.json", b"{}"),
    ]


@pytest.mark.parametrize("path", ["a\0b", "\ud800.json", "a\0*"])
def test_what_cannot_be_a_path_is_a_problem(path: str) -> None:
    """What the system takes for no path at all is a problem as any other."""
    assert [rule for _, rule in told(path)] in (["no-file"], ["no-payload"])


def test_small_files_are_handed_on_unread(tmp_path: Path) -> None:
    """Small files come in groups, in order with all else, and are read when they are expanded: then one may be gone, or grown."""
    write(tmp_path, *(f"{number:03}.json" for number in range(130)), "200.ndjson", "201.json")
    found = list(pieces([str(tmp_path), str(tmp_path / "missing")]))
    assert [len(piece.paths) if isinstance(piece, Files) else type(piece) for piece in found] == [
        64,
        64,
        2,
        Lines,
        1,
        Document,
    ]
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
    (tmp_path / "000.json").unlink()
    (tmp_path / "001.json").write_bytes(b"[" + (b"{}," + b" " * 1_000) * 1_100 + b"{}]")
    (tmp_path / "002.json").write_bytes(b"")
    first = list(expand(found[0]))
    assert (
        first[0].problem and first[0].problem.rule,
        first[1_101].index,
        first[1_102].data,
        first[1_103].data,
    ) == ("no-file", 1_100, b"", b"{}")
    assert len(first) == 63 + 1_101


def test_another_process_reads_its_lines_itself(tmp_path: Path) -> None:
    """Blocks of a plain file can be read again from where they stand; when the file is gone or shorter by then, that is a problem."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"number": 1}\r\n' * 200_000)
    blocks = [piece for piece in pieces([str(path)]) if isinstance(piece, Lines)]
    sent = [pickle.loads(pickle.dumps(block.without_data())) for block in blocks]  # noqa: S301 - our own
    assert len(blocks) > 2
    assert [block.data for block in sent] == [None] * len(blocks)
    assert [list(block.numbered()) for block in sent] == [list(block.numbered()) for block in blocks]
    path.write_bytes(b"{}")
    assert [one.problem.rule for one in expand(sent[0]) if one.problem] == ["no-file"]
    path.unlink()
    assert [one.problem.rule for one in expand(sent[0]) if one.problem] == ["no-file"]


def test_what_cannot_be_read_again_is_sent_as_it_is(tmp_path: Path) -> None:
    """Lines of a compressed file go to another process with their bytes."""
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(b"{}\n{}\n"))
    assert [
        piece.without_data() is piece for piece in pieces([str(tmp_path)]) if isinstance(piece, Lines)
    ] == [True]


def test_never_more_than_one_file_is_open(tmp_path: Path) -> None:
    """A thousand files take as many open files as one."""
    write(tmp_path, *(f"{number}.ndjson" for number in range(300)))
    code = """
import resource, sys
from signalbook.reading.paths import documents
resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
print(sum(one.problem is None for one in documents([sys.argv[1]])))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == [b"300"]


MEMORY = """
import sys
from signalbook.reading.paths import documents
before = most()
size = number = 0
for one in documents([sys.argv[1]], max_expansion=0):
    number += 1
    size += len(one.data)
print(number, size, most() - before)
"""


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "a.json", "a.json.gz", "-"])
def test_memory_does_not_grow_with_the_input(tmp_path: Path, name: str) -> None:
    """100 MB of lines, or of one array, plain or compressed, take less than 24 MB more than none."""
    item = b'{"text": "' + b"x" * 980 + b'"}'
    block = (item + (b",\n" if ".json" in name else b"\n")) * 1_000
    start, end = (b"[", b"{}]") if ".json" in name else (b"", b"{}")
    path = tmp_path / (name if name != "-" else "input")
    if name.endswith(".gz"):
        # Compressed data may be repeated as they are.
        path.write_bytes(gzip.compress(start) + gzip.compress(block) * 100 + gzip.compress(end))
    else:
        with path.open("wb") as file:
            file.write(start)
            file.writelines([block] * 100)
            file.write(end)
    with path.open("rb") as stream:
        command = [sys.executable, "-c", MOST_MEMORY + MEMORY, name if name == "-" else str(path)]
        done = subprocess.run(command, stdin=stream, capture_output=True, check=True, cwd=ROOT)
    number, size, grown = map(int, done.stdout.split())
    assert (number, size // 1_000_000) == (100_001, 99)
    assert grown < 24_000
