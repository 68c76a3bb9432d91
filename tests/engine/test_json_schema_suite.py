"""The official cases for draft-07, through both engines: what they decide, and where one differs on purpose or by its nature.

The tables are exact: a case that comes out as the suite says must not be named, and one that is not named must come out so.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from conftest import ROOT
from signalbook import compat
from signalbook.engine import schema_validator
from signalbook.engine.schema_validator import Library, Unresolved, compiled, reference_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUITE = ROOT / "tests" / "data" / "json-schema-test-suite"
FILES = sorted(file.relative_to(SUITE / "draft7").as_posix() for file in (SUITE / "draft7").rglob("*.json"))
BASE = "http://localhost:1234/"
"""Where the suite says that the documents of its folder `remotes` are; nobody serves them."""
REMOTES = sorted((SUITE / "remotes").rglob("*.json"))
LIBRARY = Library(
    {BASE + file.relative_to(SUITE / "remotes").as_posix(): json.loads(file.read_bytes()) for file in REMOTES}
)

Table = dict[str, dict[str, str]]
"""Cases by file and description, each with why it does not come out as the suite says."""

_NEVER_FETCHED = (
    "it refers to another document, and nothing is ever fetched: `Library.resolve` puts in what a tree holds"
)
AS_WRITTEN: Table = {
    "refRemote.json": dict.fromkeys(
        (
            "remote ref",
            "fragment within remote ref",
            "ref within remote ref",
            "base URI change",
            "base URI change - change folder",
            "base URI change - change folder in subschema",
            "root ref in remote ref",
            "remote ref with ref to definitions",
            "Location-independent identifier in remote ref",
            "retrieved nested refs resolve relative to their URI not $id",
            "$ref to $ref finds location-independent $id",
        ),
        _NEVER_FETCHED,
    ),
    "optional/cross-draft.json": {"refs to future drafts are processed as future drafts": _NEVER_FETCHED},
}
"""What the deciding engine refuses in a schema as it is written."""

_INNER_ID = (
    "an $id below the root moves what references are relative to; a registry refuses it (lint: subset)"
)
_OWN_URL = "a document says another $id than the URL it was found at; a registry refuses it"
IN_A_LIBRARY: Table = {
    "refRemote.json": {
        "base URI change": _INNER_ID,
        "base URI change - change folder": _INNER_ID,
        "base URI change - change folder in subschema": _INNER_ID,
        "retrieved nested refs resolve relative to their URI not $id": _OWN_URL,
    },
}
"""What it refuses even where the documents that a schema refers to are in a library."""

_CONTENT = (
    "the reference engine passes over what is in strings; text with a contentSchema is looked into for it"
)
_UNICODE = r"to Python \d, \w and \s are all digits, letters and spaces of Unicode; a contract spells them out (lint: patterns)"
_NOT_PYTHON = r"Python knows no \c and no \p; a contract spells them out (lint: patterns)"
_LEAP = "the reference engine knows no leap seconds"
REFERENCE: Table = {
    "optional/content.json": dict.fromkeys(
        (
            "validation of string-encoded content based on media type",
            "validation of binary string-encoding",
            "validation of binary-encoded media type documents",
        ),
        _CONTENT,
    ),
    "optional/ecmascript-regex.json": {
        **dict.fromkeys(
            (
                r"ECMA 262 \d matches ascii digits only",
                r"ECMA 262 \D matches everything but ascii digits",
                r"ECMA 262 \w matches ascii letters only",
                r"ECMA 262 \W matches everything but ascii letters",
                r"ECMA 262 \s matches whitespace",
                r"ECMA 262 \S matches everything but whitespace",
                r"\w in patterns matches [A-Za-z0-9_], not unicode letters",
                r"\d in pattern matches [0-9], not unicode digits",
                r"\w in patternProperties matches [A-Za-z0-9_], not unicode letters",
                r"\d in patternProperties matches [0-9], not unicode digits",
            ),
            _UNICODE,
        ),
        **dict.fromkeys(
            (
                r"ECMA 262 regex escapes control codes with \c and upper letter",
                r"ECMA 262 regex escapes control codes with \c and lower letter",
                "patterns always use unicode semantics with pattern",
                "patterns always use unicode semantics with patternProperties",
                "pattern with non-ASCII digits",
                "patternProperties with non-ASCII digits",
            ),
            _NOT_PYTHON,
        ),
    },
    "optional/format/date-time.json": {"validation of date-time strings": _LEAP},
    "optional/format/time.json": {"validation of time strings": _LEAP},
    "optional/format/email.json": {
        "validation of e-mail addresses": "to the reference engine whatever has an @ is an address"
    },
}
"""What the reference engine decides otherwise, of the cases that the deciding engine takes as they are written."""


def as_written(schema: Any, value: Any) -> bool:
    """Return what the deciding engine says. Raises ValueError for a schema that it refuses."""
    return compiled(schema).is_valid(value)


def in_a_library(schema: Any, value: Any) -> bool:
    """Return what the deciding engine says, where a schema that it refuses as written is resolved first, as those of a registry are."""
    try:
        return as_written(schema, value)
    except ValueError:
        return compiled(LIBRARY.resolve({"$id": f"{BASE}case.json", **schema})).is_valid(value)


def by_reference(schema: Any, value: Any) -> bool:
    """Return what the reference engine says. Raises `re.error` for a pattern that Python does not know."""
    return not reference_errors(schema, value)


def cases(file: str) -> list[Any]:
    """Return the cases of a file: a description, a schema and tests each."""
    found: list[Any] = json.loads((SUITE / "draft7" / file).read_bytes())
    return found


def differing(found: list[Any], judge: Callable[[Any, Any], bool]) -> set[str]:
    """Return the descriptions of the cases of which a test does not come out as the suite says."""
    return {
        case["description"]
        for case in found
        if not all(_agrees(case["schema"], test, judge) for test in case["tests"])
    }


def _agrees(schema: Any, test: Any, judge: Callable[[Any, Any], bool]) -> bool:
    try:
        return judge(schema, test["data"]) is test["valid"]
    except (ValueError, Unresolved, re.error):
        return False


@pytest.mark.parametrize("file", FILES)
def test_the_deciding_engine_keeps_to_the_suite(file: str) -> None:
    """Every case, required or optional, comes out as the suite says, but for those that are named; and nearly all of these do in a library."""
    found = cases(file)
    assert differing(found, as_written) == set(AS_WRITTEN.get(file, ()))
    assert differing(found, in_a_library) == set(IN_A_LIBRARY.get(file, ()))


@pytest.mark.parametrize("file", FILES)
def test_the_reference_engine_keeps_to_the_suite(file: str) -> None:
    """The second opinion agrees with the suite, and so with the deciding engine, but for those cases that are named."""
    found = [case for case in cases(file) if case["description"] not in AS_WRITTEN.get(file, ())]
    assert differing(found, by_reference) == set(REFERENCE.get(file, ()))


def test_the_suite_is_whole() -> None:
    """What is named is in the suite, and no file of it is left out by a slip."""
    counted = [len(case["tests"]) for file in FILES for case in cases(file)]
    assert (len(FILES), len(counted), sum(counted)) == (63, 311, 1465)
    for table in (AS_WRITTEN, IN_A_LIBRARY, REFERENCE):
        for file, named in table.items():
            assert set(named) <= {case["description"] for case in cases(file)}


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server that gives everybody a schema: its address, and the paths that it was asked for."""
    found: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"type": "integer"}')

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/schema.json", found
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(compiled, id="compiled"),
        pytest.param(Library({}).resolve, id="resolve"),
        pytest.param(schema_validator.meta_problem, id="meta_problem"),
        pytest.param(schema_validator.schema_error, id="schema_error"),
        pytest.param(schema_validator.refusal, id="refusal"),
        pytest.param(schema_validator.contradictions, id="contradictions"),
        pytest.param(lambda schema: reference_errors(schema, "x"), id="reference_errors"),
        pytest.param(lambda schema: compat.compare(schema, {"type": "integer"}, seconds=0.1), id="compare"),
    ],
)
def test_no_reference_is_ever_fetched(asked: tuple[str, list[str]], use: Callable[[Any], object]) -> None:
    """A schema that refers to an address which answers is refused, or nothing is said of it; the address is not asked."""
    address, paths = asked
    for schema in (
        {"$ref": address},
        {"$id": "https://signalbook.example/a.json", "$schema": address, "allOf": [{"$ref": address}]},
    ):
        with contextlib.suppress(Exception):  # what each of them raises is said elsewhere
            use(schema)
    assert paths == []
