"""The reports that CI systems read: right by their published forms, the same however the work is split, and harmless whatever a payload or a file name says."""

from __future__ import annotations

import json
import ntpath
import pickle
import posixpath
import re
import subprocess
import sys
import tracemalloc
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_report import HOSTILE, VERDICTS

from conftest import ROOT
from signalbook import Finding, Verdict, reporting
from signalbook.engine import schema_validator
from signalbook.engine.levels import LEVELS
from signalbook.reading import strict_json
from signalbook.registry.tree_reader import META
from signalbook.reporting import FORMATS, Tally, github, sarif
from signalbook.reporting.format import relative
from signalbook.reporting.format import uri as uri_of
from signalbook.validation.findings import Part
from signalbook.validation.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA = ROOT / "tests" / "data"
_SUMMARY = strict_json.loads((META / "summary.schema.json").read_bytes())
_VERDICT = schema_validator.compiled(strict_json.loads((META / "verdict.schema.json").read_bytes()))
_SARIF = jsonschema.Draft4Validator(strict_json.loads((DATA / "sarif-2.1.0.schema.json").read_bytes()))
_SHOWS = st.sampled_from(["all", "findings", "none"])
_SOME = st.lists(VERDICTS, max_size=3)

ERROR = Finding(
    "enum",
    "error",
    "/a",
    "is not a documented value",
    found='"x"',
    hint="did you mean 'y'?",
    contract="p/s/e@1.0.0",
    line=3,
    column=7,
)
WARNING = Finding("unlisted-value", "warning", "/b", "is not a known value")
NOTE = Finding("deprecated", "note", "", "the provider no longer documents it")
IGNORED = Finding(
    "pattern", "error", "/c", "does not match the documented format", ignored="old fixtures, until June"
)

VALID = Verdict("valid", "p/s/e", "E", "1.0.0", source="a/valid.json")
INVALID = Verdict("invalid", "p/s/e", "E", "1.0.0", findings=(ERROR, WARNING), source="a/b.ndjson", line=3)
UNIDENTIFIED = Verdict(
    "unidentified",
    findings=(Finding("unknown-payload", "error", "", "it is no event"),),
    source="a/b.ndjson",
    line=4,
)
UNREADABLE = Verdict(
    "unreadable", findings=(Finding("not-json", "error", "", "not JSON", line=1, column=2),), source="c.json"
)
FORGIVEN = Verdict(
    "valid", "p/s/e", "E", "1.0.0", source="d.json", index=0, findings=(NOTE,), ignored=(IGNORED,)
)
ALL = [VALID, INVALID, UNIDENTIFIED, UNREADABLE, FORGIVEN]


def counted(verdicts: Iterable[Verdict]) -> Tally:
    """Return the counts of some verdicts."""
    tally = Tally()
    for verdict in verdicts:
        tally.add(verdict)
    return tally


def written(name: str, verdicts: list[Verdict], *, interrupted: bool = False, **asked: Any) -> str:
    """Return a whole report, as the command writes it."""
    form = FORMATS[name](**asked)
    body = [form.take(form.each(verdict)) for verdict in verdicts]
    return "".join([form.head(), *body, *form.tail(counted(verdicts), interrupted=interrupted)])


# Harmless


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(verdicts=_SOME, interrupted=st.booleans(), summary=st.booleans())
@example(
    verdicts=[
        Verdict(
            "unidentified",
            name="::add-mask::x",
            source="\n::error::x",
            findings=(Finding("type", "note", "", "##[error]\n::x"),),
        )
    ],
    interrupted=False,
    summary=True,
)
def test_no_report_holds_a_character_or_a_command_of_a_payload(
    name: str, verdicts: list[Verdict], *, interrupted: bool, summary: bool
) -> None:
    """Line breaks of our own are all that is not seen, and no line opens a command of GitHub, Azure or TeamCity but our annotations."""
    text = written(name, verdicts, interrupted=interrupted, summary=summary)
    assert {char for char in text if not char.isprintable()} <= {"\n"}
    assert "##" not in text
    commands = [line for line in text.split("\n") if line.lstrip().startswith("::")]
    findings = [finding for verdict in verdicts for finding in verdict.findings]
    assert len(commands) == (len(findings) if name == "github" else 0)
    assert [line for line in commands if not re.match("::(error|warning|notice) (title|file)=", line)] == []


@given(HOSTILE | st.text())
def test_safe_text_can_be_shown_anywhere(text: str) -> None:
    """What is seen stays as it is, and made safe twice is made safe once."""
    safe = reporting.safe(text)
    assert safe.isprintable()
    assert reporting.safe(safe) == safe
    if text.isprintable() and "##" not in text and "::" not in text:
        assert safe == text


# The same


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(verdicts=_SOME, show=_SHOWS, cut=st.integers(0, 3))
def test_a_report_is_the_same_however_the_work_is_split(
    name: str, verdicts: list[Verdict], show: str, cut: int
) -> None:
    """Texts of a worker are joined before they are taken, and its form is a copy that was pickled."""
    whole = written(name, verdicts, show=show)
    form = FORMATS[name](show=show)
    worker = pickle.loads(pickle.dumps(form))  # noqa: S301 - our own
    parts = ["".join(map(worker.each, part)) for part in (verdicts[:cut], verdicts[cut:])]
    assert "".join([form.head(), *map(form.take, parts), *form.tail(counted(verdicts))]) == whole
    assert written(name, verdicts, show=show) == whole


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(verdict=VERDICTS, show=_SHOWS)
def test_what_is_shown_is_what_was_asked_for(name: str, verdict: Verdict, show: str) -> None:
    """All, what has findings, or nothing; and a form that says it passes over valid payloads does so."""
    form = FORMATS[name](show=show)
    silent = form.each(verdict) == ""
    if show == "none":
        assert silent
    elif name in ("text", "json", "junit"):
        assert silent == (show == "findings" and verdict.ok and not verdict.findings)
    else:
        assert silent == (not verdict.findings and not (name == "sarif" and verdict.ignored))
    if form.passes_valid:
        assert form.each(VALID) == ""


def test_what_is_kept_for_the_end_is_not_kept_in_memory() -> None:
    """Forms that begin with counts keep the rest in a file: a hundred thousand findings take little memory."""
    for name in ("junit", "sarif"):
        form = FORMATS[name]()
        text = form.each(INVALID) * 100
        tracemalloc.start()
        for _ in range(1000):
            form.take(text)
        length = sum(map(len, form.tail(Tally())))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert length > 12_000_000
        assert peak < 10_000_000


# Counts


@given(st.lists(VERDICTS, max_size=6), st.integers(0, 6), st.booleans())
def test_counts_of_parts_add_up(verdicts: list[Verdict], cut: int, interrupted: bool) -> None:  # noqa: FBT001
    """Tallies of workers, sent back and merged in any order, are the tally of the whole; its JSON keeps its published form, to both engines."""
    one, two = (pickle.loads(pickle.dumps(counted(part))) for part in (verdicts[:cut], verdicts[cut:]))  # noqa: S301 - our own
    two.merge(one)
    whole = counted(verdicts)
    assert two.as_dict() == whole.as_dict()
    assert whole.is_clean == all(verdict.ok for verdict in verdicts)
    told = {"summary": whole.as_dict(interrupted=interrupted)}
    assert schema_validator.reference_errors(_SUMMARY, told) == []
    assert schema_validator.compiled(_SUMMARY).is_valid(told)


def test_valid_payloads_are_counted_alike_one_by_one_and_at_once() -> None:
    """The short way counts what the long one counts."""
    short = Tally()
    short.add_valid("p/s/e", "1.0.0", 2)
    assert short.as_dict() == counted([VALID, VALID]).as_dict()


def test_a_payload_with_several_events_counts_each() -> None:
    """An envelope with a list is one payload, and as many events as it carries."""
    parts = (
        Part("/0", "p/s/e", "E", "1.0.0", (), "valid"),
        Part("/1", "p/s/e", "E", "1.1.0", (), "valid"),
        Part("/2", None, "X", None, (), "unidentified"),
    )
    tally = counted([Verdict("unidentified", parts=parts)])
    assert tally.total == 1
    assert [(row["event"], row["version"], row["payloads"]) for row in tally.as_dict()["events"]] == [
        (None, None, 1),
        ("p/s/e", "1.0.0", 1),
        ("p/s/e", "1.1.0", 1),
    ]


# Text


def test_the_text_tells_places_and_counts() -> None:
    """A finding says where it stands so that a click opens it; ignored ones are counted only; tables and the interruption come before the last line."""
    text = written("text", ALL, interrupted=True, summary=True, show="findings")
    assert text.startswith(
        "invalid       a/b.ndjson:3\n              p/s/e 1.0.0\n    error   /a: is not a documented value\n            at        a/b.ndjson:3:7\n"
    )
    assert "a/valid.json" not in text
    assert "/c" not in text
    assert text.endswith("""
event     version  valid  invalid  unidentified  unreadable
p/s/e     1.0.0        2        1             0           0
no event  -            0        0             1           1

rule             severity  findings
deprecated       note             1
enum             error            1
not-json         error            1
unknown-payload  error            1
unlisted-value   warning          1

interrupted: not everything was checked; the counts are of what was
5 payloads: 2 valid, 1 invalid, 1 unidentified, 1 unreadable; 3 errors, 1 warning, 1 note; 1 ignored
""")


def test_a_report_of_nothing_is_a_report() -> None:
    """Every form tells that there were no payloads in its own way."""
    assert written("text", [], summary=True) == written("github", []) == "no payloads\n"
    assert written("json", []) == ""
    assert ET.fromstring(written("junit", [])).get("tests") == "0"  # noqa: S314 - our own
    assert json.loads(written("sarif", []))["runs"][0]["results"] == []


@pytest.mark.parametrize(
    ("mode", "terminal", "environ", "colour"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": "0"}, False),
        ("auto", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_who_gets_colours(mode: str, terminal: bool, environ: dict[str, str], colour: bool) -> None:  # noqa: FBT001
    """What was asked for counts most, then the two variables, then whether it is a terminal."""
    assert reporting.paint(mode, terminal, environ) is (reporting.coloured if colour else reporting.plain)


# JSON lines


@given(verdicts=_SOME, interrupted=st.booleans(), summary=st.booleans())
def test_each_line_of_json_is_a_verdict_or_the_summary(
    verdicts: list[Verdict], *, interrupted: bool, summary: bool
) -> None:
    """A verdict a payload; the summary is the last line, has one key, and is there where it is asked for or the report is no whole one."""
    lines = [
        strict_json.loads(line.encode())
        for line in written("json", verdicts, interrupted=interrupted, summary=summary).splitlines()
    ]
    told = [line for line in lines if "summary" in line]
    assert told == lines[len(verdicts) :]
    assert len(told) == (interrupted or summary)
    assert [line["summary"]["interrupted"] for line in told] == [interrupted] * len(told)
    assert [line["status"] for line in lines[: len(verdicts)]] == [verdict.status for verdict in verdicts]
    assert all(map(_VERDICT.is_valid, lines[: len(verdicts)]))


@given(
    st.recursive(
        HOSTILE | st.text(),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(HOSTILE, inner, max_size=2),
    )
)
def test_escaping_changes_no_value(value: Any) -> None:
    """What is written as escapes reads as it was."""
    from signalbook.reporting.json_lines import line  # noqa: PLC0415 - no name of the room

    assert json.loads(line(value)) == value


# JUnit


def _form(element: ET.Element, xsd: ET.Element) -> tuple[set[str], set[str], set[str]]:
    """Return what a schema lets an element have: attributes, those of them that it must have, and elements inside."""
    space = "{http://www.w3.org/2001/XMLSchema}"
    (rule,) = [one for one in xsd.findall(f"{space}element") if one.get("name") == element.tag]
    attributes = rule.findall(f"{space}complexType/{space}attribute")
    names = {str(one.get("name")) for one in attributes}
    inside = {str(one.get("ref")) for one in rule.iter(f"{space}element")}
    return names, {str(one.get("name")) for one in attributes if one.get("use") == "required"}, inside


_XSD = ET.fromstring((DATA / "junit-10.xsd").read_bytes())  # noqa: S314 - our own
# GitLab reads `file`, and so do others that show a case at a line; Jenkins passes over both.
_MORE = {"file", "line"}


def _assert_junit(root: ET.Element) -> None:
    """A document keeps Jenkins' schema, but for the two attributes above; and all its counts are right."""
    for element in root.iter():
        names, required, inside = _form(element, _XSD)
        assert set(element.keys()) <= names | (_MORE if element.tag == "testcase" else set())
        assert required <= set(element.keys())
        assert {child.tag for child in element} <= inside
    for element in [root, *root.iter("testsuite")]:
        counts = (len(list(element.iter(tag))) for tag in ("testcase", "failure", "error"))
        assert [element.get(name) for name in ("tests", "failures", "errors")] == list(map(str, counts))


@given(verdicts=_SOME, interrupted=st.booleans(), show=_SHOWS)
def test_junit_keeps_its_schema_and_counts_right(
    verdicts: list[Verdict], *, interrupted: bool, show: str
) -> None:
    """Every payload that is shown is a case with at most one failure or error; a run of payloads of one file is one suite."""
    root = ET.fromstring(written("junit", verdicts, interrupted=interrupted, show=show))  # noqa: S314 - our own
    _assert_junit(root)
    cases = list(root.iter("testcase"))
    stopped = cases.pop() if interrupted else None
    assert stopped is None or stopped.find("error") is not None
    shown = [verdict for verdict in verdicts if FORMATS["junit"](show=show).each(verdict)]
    wanted = {"valid": [], "invalid": ["failure"], "unidentified": ["failure"], "unreadable": ["error"]}
    assert [[child.tag for child in case if child.tag != "system-out"] for case in cases] == [
        wanted[verdict.status] for verdict in shown
    ]
    suites = [suite.get("name") for suite in root.iter("testsuite")]
    assert all(one != other for one, other in pairwise(suites))


def test_junit_tells_what_a_test_tab_shows() -> None:
    """The case is named by place and event, its failure by the first error, with all errors below; what counts for nothing is output."""
    root = ET.fromstring(written("junit", ALL))  # noqa: S314 - our own
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [
        ("a/valid.json", "1"),
        ("a/b.ndjson", "2"),
        ("c.json", "1"),
        ("d.json", "1"),
    ]
    valid, invalid, unidentified, unreadable, forgiven = root.iter("testcase")
    assert (len(valid), valid.attrib) == (
        0,
        {"classname": "a/valid.json", "name": "a/valid.json p/s/e", "file": "a/valid.json", "time": "0"},
    )
    assert (invalid.get("name"), invalid.get("line")) == ("a/b.ndjson:3 p/s/e", "3")
    assert invalid[0].attrib == {"type": "invalid", "message": "/a: is not a documented value"}
    assert "did you mean 'y'?" in str(invalid[0].text)
    assert "warning /b: is not a known value" in str(invalid[1].text)
    assert [one[0].get("type") for one in (unidentified, unreadable)] == ["unidentified", "unreadable"]
    assert [child.tag for child in forgiven] == ["system-out"]
    assert "ignored /c: does not match the documented format (pattern; old fixtures, until June)" in str(
        forgiven[0].text
    )


# SARIF


def run(text: str) -> dict[str, Any]:
    """Return the one run of a SARIF log, which keeps the official schema."""
    log = json.loads(text)
    assert [error.message for error in _SARIF.iter_errors(log)] == []
    (found,) = log["runs"]
    assert isinstance(found, dict)
    return found


@given(verdicts=_SOME, interrupted=st.booleans(), summary=st.booleans())
def test_sarif_keeps_its_schema(verdicts: list[Verdict], *, interrupted: bool, summary: bool) -> None:
    """Every finding is a result of its rule, errors first, ignored ones last and suppressed with the reason; an interrupted run was not successful."""
    found = run(written("sarif", verdicts, interrupted=interrupted, summary=summary, root="/"))
    counting = [finding for verdict in verdicts for finding in verdict.findings]
    ignored = [finding for verdict in verdicts for finding in verdict.ignored]
    order = [
        *(one for weight in ("error", "warning", "note") for one in counting if one.severity == weight),
        *ignored,
    ]
    assert [(one["ruleId"], one["level"]) for one in found["results"]] == [
        (one.rule, one.severity) for one in order
    ]
    assert ["suppressions" in one for one in found["results"]] == [one.ignored is not None for one in order]
    rules = found["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in found["results"])
    assert found["invocations"][0]["executionSuccessful"] == (not interrupted)
    assert not any("](" in one["message"]["text"] for one in found["results"])


def test_sarif_tells_what_code_scanning_shows() -> None:
    """Message with hint, place in the file and in the payload, and what else is known."""
    found = run(written("sarif", ALL, root="."))
    assert found["results"][0] == {
        "ruleId": "enum",
        "ruleIndex": sarif.INDEX["enum"],
        "level": "error",
        "message": {"text": "/a: is not a documented value (did you mean 'y'?)"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "a/b.ndjson", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3, "startColumn": 7},
                },
                "logicalLocations": [{"fullyQualifiedName": "/a"}],
            }
        ],
        "partialFingerprints": {
            "signalbook/v1": sarif.result(INVALID, ERROR)["partialFingerprints"]["signalbook/v1"]
        },
        "properties": {
            "payload": "a/b.ndjson:3",
            "event": "p/s/e",
            "version": "1.0.0",
            "found": '"x"',
            "contract": "p/s/e@1.0.0",
        },
    }
    assert found["results"][1]["locations"][0]["physicalLocation"]["region"] == {"startLine": 4}
    assert found["results"][-1]["suppressions"] == [
        {"kind": "external", "justification": "old fixtures, until June"}
    ]


def test_a_fingerprint_follows_a_finding() -> None:
    """It stays when lines move, values change or a version comes out, and differs for another file, rule, contract or place."""

    def printed(source: str, **changed: Any) -> str:
        changes = {"contract": "p/s/e@1.0.0", **changed}
        told = sarif.result(Verdict("invalid", source=source), ERROR._replace(**changes))
        return str(told["partialFingerprints"]["signalbook/v1"])

    same = {
        printed("a"),
        printed("a", line=9, column=1),
        printed("a", found='"z"', message="?"),
        printed("a", contract="p/s/e@1.1.0"),
    }
    others = [
        printed("b"),
        printed("a", rule="type"),
        printed("a", contract="p/s/f@1.0.0"),
        printed("a", pointer="/b"),
        printed("a", field="f"),
    ]
    assert len(same) == 1
    assert len({*same, *others}) == 6


def test_a_run_holds_no_more_results_than_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors push out what weighs less, and a notification says how many were left out."""
    monkeypatch.setattr(sarif, "MOST", 3)
    found = run(written("sarif", [FORGIVEN, INVALID, UNREADABLE]))
    assert [one["level"] for one in found["results"]] == ["error", "error", "warning"]
    (told,) = found["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("2 more results left out: a run holds at most 3.")


@pytest.mark.parametrize("level", LEVELS)
def test_every_rule_is_described(level: str) -> None:
    """Each has its meaning, what to do, and the weight that its findings have at a level; no help is without either."""
    rules = sarif.tool(level)["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.name for rule in RULES]
    for rule, told in zip(RULES, rules, strict=True):
        assert told["shortDescription"]["text"] == rule.meaning
        assert rule.todo in told["help"]["text"]
        assert rule.todo in told["help"]["markdown"]
        if rule.effect == "as it is":
            assert f"a {told['defaultConfiguration']['level']}" in rule.meaning
    weights = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in rules}
    assert [weights[name] for name in ("required", "enum", "unknown-field", "not-json", "unknown-event")] == {
        "tolerant": ["error", "note", "note", "error", "error"],
        "documented": ["error", "error", "warning", "error", "error"],
        "strict": ["error", "error", "error", "error", "error"],
    }[level]


# File names


@pytest.mark.parametrize(
    ("paths", "source", "root", "name", "uri"),
    [
        (posixpath, "./a/../b c.json", None, "b c.json", "b%20c.json"),
        (posixpath, "/repo/a/ä#1%.json", "/repo", "a/ä#1%.json", "a/%C3%A4%231%25.json"),
        (posixpath, "/repo/a:b.json", "/repo", "a:b.json", "a%3Ab.json"),
        (posixpath, "/other/b.json", "/repo", "/other/b.json", "file:///other/b.json"),
        (posixpath, "/repo/..b/c.json", "/repo", "..b/c.json", "..b/c.json"),
        (posixpath, "/repo/a\\b.json", "/repo", "a\\b.json", "a%5Cb.json"),
        (posixpath, "/repo/\udcff.json", "/repo", "\udcff.json", "%FF.json"),
        (posixpath, "-", "/repo", "stdin", "stdin"),
        (posixpath, None, None, "stdin", "stdin"),
        (ntpath, "C:\\repo\\a b\\c.json", "c:\\repo", "a b/c.json", "a%20b/c.json"),
        (ntpath, "D:\\x y\\c.json", "C:\\repo", "D:/x y/c.json", "file:///D:/x%20y/c.json"),
        (ntpath, "\\\\host\\share\\c.json", "C:\\repo", "//host/share/c.json", "file://host/share/c.json"),
    ],
)
def test_file_names_are_relative_to_the_root(
    paths: Any, source: str | None, root: str | None, name: str, uri: str
) -> None:
    """Slashes on every system, an absolute name where a file lies elsewhere, and every character that a URI cannot hold encoded."""
    assert relative(source, root, paths) == name
    assert uri_of(name) == uri


@given(st.binary(min_size=1).filter(lambda name: b"\0" not in name))
def test_a_uri_holds_every_file_name(data: bytes) -> None:
    """A name is bytes to Linux, and the bytes can be had back; nothing of it is read as host, query or fragment."""
    name = relative(data.decode("utf-8", "surrogateescape"), None, posixpath)
    there = urlsplit(uri_of(name))
    if there.scheme != "file":
        assert (there.scheme, there.netloc, there.query, there.fragment) == ("", "", "", "")
        assert unquote_to_bytes(there.path) == name.encode("utf-8", "surrogateescape")


# GitHub


def obeyed(line: str) -> tuple[str, dict[str, str], str]:
    """Return what a runner of GitHub reads in a workflow command: its name, its properties and its message."""
    head, _, message = line.removeprefix("::").partition("::")
    name, _, given = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in given.split(","))
    names = (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
    for code, char in names:
        properties = {key: value.replace(code, char) for key, value in properties.items()}
        message = message if code in ("%3A", "%2C") else message.replace(code, char)
    return name, properties, message


@given(VERDICTS)
def test_a_runner_reads_an_annotation_as_it_was_meant(verdict: Verdict) -> None:
    """One line for each finding; file, line, column, title and message come out as they went in, whatever is in them."""
    lines = FORMATS["github"]().each(verdict).splitlines()
    assert len(lines) == len(verdict.findings)
    for line, finding in zip(lines, verdict.findings, strict=True):
        name, properties, message = obeyed(line)
        assert name == {"error": "error", "warning": "warning", "note": "notice"}[finding.severity]
        assert finding.rule in properties["title"]
        assert reporting.safe(finding.message) in message
        if verdict.source not in (None, "-"):
            assert properties["file"] == reporting.safe(relative(verdict.source, None))
            start = finding.line or verdict.line
            assert properties.get("line") == (str(start) if start else None)
        assert set(properties) <= {"file", "line", "col", "title"}


def test_annotations_end_with_the_line_that_sums_up() -> None:
    """A payload without findings has none."""
    lines = written("github", ALL, root="a").splitlines()
    assert Counter(line.split(" ")[0] for line in lines[:-1]) == {"::error": 3, "::warning": 1, "::notice": 1}
    assert lines[-1] == reporting.summary(counted(ALL).statuses, counted(ALL).severities, 1)
    assert github.annotation(INVALID, ERROR) == (
        "::error file=a/b.ndjson,line=3,col=7,title=enum in p/s/e 1.0.0::/a: is not a documented value%0Afound: \"x\"%0Ahint: did you mean 'y'?"
    )


# Start


def test_a_plain_run_loads_what_it_needs() -> None:
    """Text and JSON lines bring none of the other forms along, and no library for them."""
    code = (
        "import sys; from signalbook.reporting import FORMATS, Tally; from signalbook import Verdict\n"
        "for name in ('text', 'json'):\n"
        "    form = FORMATS[name](); form.each(Verdict('valid')); list(form.tail(Tally()))\n"
        "print(*sorted(name for name in sys.modules if name.startswith(('signalbook.reporting.', 'tempfile', 'urllib', 'xml', 'hashlib'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    rooms = {name.removeprefix("signalbook.reporting.") for name in done.stdout.split()}
    assert (
        rooms
        & {
            "junit",
            "sarif",
            "github",
            "tempfile",
            "xml",
            "hashlib",
        }
        == set()
    )
