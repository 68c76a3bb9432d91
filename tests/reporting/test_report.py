"""Verdicts and identities as people and tools get them: the JSON keeps its published schema, and no payload reaches a terminal raw."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signalbook import Finding, Identity, Registry, Verdict, check, identify, reporting
from signalbook.engine import schema_validator
from signalbook.engine.levels import LEVELS
from signalbook.reading import pointers, strict_json
from signalbook.registry import examples
from signalbook.registry.lint.rule import contracts
from signalbook.registry.tree_reader import META
from signalbook.validation.findings import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signalbook.registry import Contract

CATALOGUE = Registry.load()
CONTRACTS = [pytest.param(contract, id=str(contract)) for contract in contracts(CATALOGUE)]
_SCHEMAS = {
    name: strict_json.loads((META / f"{name}.schema.json").read_bytes()) for name in ("verdict", "identity")
}
_COMPILED = {name: schema_validator.compiled(schema) for name, schema in _SCHEMAS.items()}


def _assert_published(name: str, lines: Iterable[str]) -> None:
    """Each line is one JSON document that keeps the published schema, to both engines."""
    for line in lines:
        value = strict_json.loads(line.encode())
        assert "\n" not in line
        assert schema_validator.reference_errors(_SCHEMAS[name], value) == []
        assert _COMPILED[name].is_valid(value)


def _assert_tame(text: str) -> None:
    """Nothing can steer a terminal, and every line but the first is indented: a payload can forge no line of a report."""
    assert {char for char in text if not char.isprintable()} <= {"\n"}
    assert [line for line in text.split("\n")[1:] if not line.startswith("    ")] == []


def _assert_tells(payload: bytes) -> None:
    verdicts = [check(payload, level=level).located("a.json", 1, 0) for level in LEVELS]
    identities = identify(payload)
    _assert_published("verdict", map(reporting.verdict_json, verdicts))
    _assert_published("identity", map(reporting.identity_json, identities))
    for text in [*map(reporting.verdict_text, verdicts), *map(reporting.identity_text, identities)]:
        _assert_tame(text)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_what_is_said_of_every_example_keeps_its_published_form(contract: Contract) -> None:
    """Valid, invalid, delivered and unreadable ones, at every level: the JSON keeps its schema, the text stays in its lines."""
    found = [example for kind in examples.KINDS for example in examples.of(CATALOGUE, contract, kind)]
    for one in found:
        _assert_tells(one.file.read_bytes())
        if one.kind in ("valid", "invalid") and contract.of in CATALOGUE.events:
            verdict = check(one.file.read_bytes(), event=contract.of, version=contract.version)
            _assert_published("verdict", [reporting.verdict_json(verdict)])


# Payloads that try to be seen: escape sequences, control characters, forged lines, text that turns its direction.

HOSTILE = st.text(
    st.sampled_from(
        "\x00\x07\x08\x0b\n\r\t\x1b[31m\x7f\x80\x9b\u200b\u2028\u202e\ufeff\ue000\U000e0041é字😀/~'\"\\ :#%,;<>&]()"
    )
    | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)
_NO_LINE_BREAK = HOSTILE.map(lambda text: re.sub(r"[\n\r\u2028\u2029]", "", text))
_DETAIL = {
    "eventAction": "StateChange",
    "eventTime": "",
    "instanceId": "",
    "instanceCurrentState": "",
    "instanceLastState": "",
}


def _payloads(keys: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return payloads of every kind, with hostile text at each place that a report may show."""
    more = st.dictionaries(keys, HOSTILE, max_size=2)
    return st.one_of(
        st.tuples(more, HOSTILE).map(
            lambda pair: {**_DETAIL, **pair[0], "eventTime": pair[1], "instanceLastState": pair[1]}
        ),
        st.tuples(more, HOSTILE).map(lambda pair: {**_DETAIL, **pair[0], "eventAction": pair[1]}),
        st.tuples(more, HOSTILE).map(
            lambda pair: {
                "source": f"jcloud.{pair[1]}",
                "detailType": "x",
                "pin": pair[1],
                "detail": {**pair[0], "eventAction": pair[1]},
            }
        ),
        st.tuples(more, HOSTILE).map(
            lambda pair: {
                "notification_type": pair[1],
                "notification_creation_time": pair[1],
                "domain_id": "x",
                "detail": pair[0],
            }
        ),
        st.tuples(more, HOSTILE).map(
            lambda pair: {
                **dict.fromkeys(["signature", "topic_urn", "message_id"], ""),
                "type": "Notification",
                "message": pair[1],
                **pair[0],
            }
        ),
        more,
    )


@given(_payloads(_NO_LINE_BREAK))
@example({**_DETAIL, "\x1b[2J": "\x1b]0;title\x07", "eventTime": "\r\x1b[1A\x1b[2Kvalid"})
def test_what_is_said_of_hostile_payloads_keeps_its_published_form_and_is_tame(
    payload: dict[str, Any],
) -> None:
    """Control characters and escape sequences in keys and strings are spelt out in the text, and the JSON is as valid as ever."""
    _assert_tells(strict_json.canonical(payload))


@given(_payloads(HOSTILE))
@example({**_DETAIL, "a\nb": 1})
def test_a_key_with_a_line_break_keeps_the_published_form(payload: dict[str, Any]) -> None:
    """A JSON Pointer may hold any character that a key may hold."""
    _assert_tells(strict_json.canonical(payload))


@given(st.binary(max_size=40) | HOSTILE.map(str.encode))
@example(b'{"\x1b[31m": 1, "\x1b[31m": 2}')
@example('{"\u202e": 1, "\u202e": 2}'.encode())
def test_what_is_said_of_bytes_that_are_no_payload_keeps_its_published_form_and_is_tame(data: bytes) -> None:
    """Also where nothing can be read."""
    _assert_tells(data)


# Values made by hand: everything that a report may hold, and nothing that only a payload could bring.

_MAYBE = st.none() | HOSTILE
_PLACE = st.none() | st.integers(1, 10**9)
_FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from(["type", "unknown-field"]),
    severity=st.sampled_from(["error", "warning", "note"]),
    pointer=_NO_LINE_BREAK.map(lambda key: pointers.join([key])),
    message=HOSTILE,
    field=_MAYBE,
    expected=_MAYBE,
    found=_MAYBE,
    hint=_MAYBE,
    description=_MAYBE,
    contract=st.none() | st.just("a/b/c@1.0.0"),
    source=_MAYBE,
    line=_PLACE,
    column=_PLACE,
    ignored=st.none(),
)
_IGNORED = st.builds(Finding._replace, _FINDINGS, ignored=HOSTILE)
# A file name is bytes to Linux; what is not UTF-8 reaches Python as lone surrogates.
_SOURCES = (
    st.sampled_from(["-", "a.json", "::error::b", "##vso[x]"])
    | HOSTILE
    | st.binary(max_size=8).map(lambda name: name.decode("utf-8", "surrogateescape"))
)
_PARTS = st.builds(
    Part,
    st.just("/a"),
    st.sampled_from([None, "a/b/c", "a/b/d"]),
    _MAYBE,
    st.sampled_from([None, "1.0.0"]),
    st.sampled_from([(), ("a/x",)]),
    st.sampled_from(["valid", "invalid", "unidentified"]),
)
VERDICTS = st.builds(
    Verdict,
    st.sampled_from(["valid", "invalid", "unidentified", "unreadable"]),
    st.sampled_from([None, "a/b/c"]),
    _MAYBE,
    st.just("1.0.0"),
    st.sampled_from([(), ("a/x", "a/y")]),
    st.lists(_FINDINGS, max_size=2).map(tuple),
    st.lists(_PARTS, max_size=2).map(tuple),
    st.none() | _SOURCES,
    _PLACE,
    st.none() | st.integers(0, 10**9),
    st.lists(_IGNORED, max_size=2).map(tuple),
)


@given(VERDICTS)
def test_every_verdict_keeps_its_published_form_and_is_tame(verdict: Verdict) -> None:
    """File names, names of events and every text of a finding: none of them reaches a terminal raw."""
    _assert_published("verdict", [reporting.verdict_json(verdict)])
    _assert_tame(reporting.verdict_text(verdict))


@given(VERDICTS)
def test_colours_are_all_that_a_terminal_gets_more_than_a_file(verdict: Verdict) -> None:
    """Escape sequences come from `coloured` alone, one around each status and severity: without them both texts are the same."""
    text = reporting.verdict_text(verdict, reporting.coloured)
    without, count = re.subn("\x1b\\[(?:3[1-6]|0)m", "", text)
    assert without == reporting.verdict_text(verdict, reporting.plain)
    assert count == 2 * (1 + len(verdict.findings))


@given(HOSTILE, HOSTILE, HOSTILE)
def test_every_identity_keeps_its_published_form_and_is_tame(name: str, message: str, source: str) -> None:
    """The same for what `identify` says, with and without colours."""
    identity = Identity(
        "unidentified", name=name, message=message, hint=message, nearest=(name,), source=source
    )
    _assert_published("identity", [reporting.identity_json(identity)])
    _assert_tame(reporting.identity_text(identity))
    assert reporting.identity_text(identity, reporting.coloured).count("\x1b") == 2


_ODD_NAME = b"odd-\xff.json".decode("utf-8", "surrogateescape")


def test_a_file_name_that_is_no_text_is_spelt_out() -> None:
    """A name that cannot be decoded is shown with its bytes spelt, and stops nothing."""
    assert reporting.verdict_text(Verdict("valid", source=_ODD_NAME)) == "valid         odd-\\udcff.json"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        pytest.param(
            "verdict", lambda: reporting.verdict_json(Verdict("valid", source=_ODD_NAME)), id="verdict"
        ),
        pytest.param(
            "identity",
            lambda: reporting.identity_json(Identity("unreadable", source=_ODD_NAME)),
            id="identity",
        ),
    ],
)
def test_a_file_name_that_is_no_text_stops_no_json_report(name: str, line: Any) -> None:
    """The JSON report holds a line for that file too."""
    _assert_published(name, [line()])


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param(("-", None, None), "standard input", id="standard-input"),
        pytest.param((None, None, None), "payload", id="no-file"),
        pytest.param(("a.json", None, None), "a.json", id="a-file"),
        pytest.param(("a.ndjson", 3, None), "a.ndjson:3", id="a-line"),
        pytest.param(("batch.json", None, 0), "batch.json[0]", id="the-first-of-an-array"),
        pytest.param(("a.ndjson", 3, 1), "a.ndjson:3[1]", id="an-array-in-a-line"),
        pytest.param(("字/é\x1b[0m\n.json", None, None), "字/é\\x1b[0m\\n.json", id="hostile-name"),
    ],
)
def test_a_place_is_written_as_people_write_it(
    place: tuple[str | None, int | None, int | None], text: str
) -> None:
    """File, line and index, as an editor or a compiler would print them."""
    assert reporting.place(*place) == text


@pytest.mark.parametrize(
    ("statuses", "severities", "line"),
    [
        pytest.param([], [], "no payloads", id="none"),
        pytest.param(["valid"], [], "1 payload: 1 valid", id="one"),
        pytest.param(
            ["unreadable", "invalid", "valid", "valid"],
            [],
            "4 payloads: 2 valid, 1 invalid, 1 unreadable",
            id="several-in-a-fixed-order",
        ),
        pytest.param(["unidentified"] * 2, [], "2 payloads: 2 unidentified", id="no-zeros"),
        pytest.param(
            ["invalid"],
            ["note", "error", "error"],
            "1 payload: 1 invalid; 2 errors, 1 note",
            id="with-findings",
        ),
        pytest.param(["valid"], ["warning"], "1 payload: 1 valid; 1 warning", id="with-one-finding"),
    ],
)
def test_the_last_line_counts_payloads_and_findings(
    statuses: list[str], severities: list[str], line: str
) -> None:
    """How many there were of each status and of each severity, in an order that does not depend on theirs."""
    assert reporting.summary(Counter(statuses), Counter(severities)) == line


def test_a_report_is_laid_out_for_reading() -> None:
    """A line for the payload, one for what it is, then a paragraph for each finding: the whole text, letter by letter."""
    finding = Finding(
        "type",
        "error",
        "/a/0",
        "wrong type",
        None,
        "string",
        "1",
        "say so",
        "An a.",
        "p/s/e@1.0.0",
        "https://p.example/",
    )
    verdict = Verdict(
        "invalid",
        "p/s/e",
        "E",
        "1.0.0",
        ("p/outer", "p/inner"),
        (finding, Finding("deprecated", "note", "", "it is old")),
        source="a.json",
    )
    assert reporting.verdict_text(verdict).splitlines() == [
        "invalid       a.json",
        "              p/s/e 1.0.0, through p/outer → p/inner",
        "    error   /a/0: wrong type",
        "            expected  string",
        "            found     1",
        "            hint      say so",
        "            field     An a.",
        "            rule      type, in p/s/e@1.0.0, from https://p.example/",
        "    note    it is old",
        "            rule      deprecated",
    ]


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        pytest.param(Verdict("valid", "p/s/e", "E", "1.0.0", ("p/many",), parts=(Part("/0", "p/s/e", "E", "1.0.0", ("p/many",), "valid"),) * 2),
                     "p/s/e 1.0.0 × 2, through p/many", id="the-same-event-twice"),
        pytest.param(Verdict("valid", None, None, None, (), parts=(Part("/0", "p/s/e", "E", "1.0.0", (), "valid"), Part("/1", None, "F", None, (), "valid"))),
                     "p/s/e × 1, not in the catalogue × 1", id="several-events"),
        pytest.param(Verdict("unidentified", None, "New\n", None, ("p/outer",)), "New\\n, through p/outer", id="a-name-nobody-knows"),
        pytest.param(Verdict("unidentified", envelopes=("p/outer",)), "no event, through p/outer", id="an-envelope-without-an-event"),
        pytest.param(Verdict("valid", "p/s/e", "E", "1.0.0", parts=(Part("/0", "p/s/e", "E", "1.0.0", (), "valid"), Part("/1", "p/s/e", "E", "1.1.0", (), "valid"))),
                     "p/s/e 1.0.0 × 2", id="bare-parts"),
        pytest.param(Verdict("valid", "p/s/e", "E", None, parts=(Part("/0", "p/s/e", "E", "1.0.0", (), "valid"), Part("/1", "p/s/e", "E", "1.1.0", (), "valid"))),
                     "p/s/e × 2", id="one-event-in-two-versions"),
    ],
)  # fmt: skip
def test_the_second_line_says_what_the_payload_is(verdict: Verdict, line: str) -> None:
    """Its event with version and envelopes, or what its parts are, or as much of a name as could be read."""
    assert reporting.verdict_text(verdict).splitlines()[1].strip() == line
