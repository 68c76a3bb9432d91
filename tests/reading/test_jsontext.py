"""Bytes → JSON values, strictly: what is refused, what is told about it, and that nothing else is refused."""

from __future__ import annotations

import json
import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jsontexts import DUPLICATED, TEXTS, duplicates, strictly
from signalbook.reading import json_diagnostics
from signalbook.reading import json_text as limits_module
from signalbook.reading.json_text import MAX_DEPTH, Limits, NotJSON
from signalbook.reading.strict_json import (
    at,
    canonical,
    compact,
    loads,
    loads_text,
    opened,
    shown,
    text_limits,
    unfolded,
)

NAN = "JSON has no NaN or Infinity: omit the field or use null"
QUOTES = "JSON strings use double quotes"
COMMENTS = "JSON has no comments: remove them"
WORDS = "JSON uses true, false and null"
XML = "this is XML, as queues and topics deliver by default: check the text inside (<MessageBody> or <Message>), or configure the subscription to deliver JSON"
HTML = "this is HTML, as proxies return: check where the payload came from"
NDJSON = "for one payload per line (NDJSON), name the file .ndjson"
UTF8 = "save it as UTF-8"
UTF16 = "this looks like UTF-16: save it as UTF-8"
SMALLER = "no notification has such a number: check what wrote it"
TWICE = "parsers disagree on which one counts: keep one of them"
UTF32 = "this looks like UTF-32: save it as UTF-8"
DEEP = "no notification is this deep; raise the limit with --max-depth"
NOTHING = "a payload is a JSON object"


def _refusal(data: bytes) -> NotJSON | None:
    try:
        loads(data)
    except NotJSON as problem:
        return problem
    return None


@pytest.mark.parametrize(
    ("data", "rule", "place", "hint"),
    [
        pytest.param(b"", "empty", None, NOTHING, id="nothing"),
        pytest.param(b" \r\n\t", "empty", None, NOTHING, id="white-space"),
        pytest.param(b"\xef\xbb\xbf", "empty", None, NOTHING, id="bom-alone"),
        pytest.param(b'\n<?xml version="1.0"?><Message/>', "not-json", (2, 1), XML, id="xml"),
        pytest.param(
            b"<Notification><Message>{}</Message></Notification>",
            "not-json",
            (1, 1),
            XML,
            id="xml-without-a-declaration",
        ),
        pytest.param(b"<!DOCTYPE html><title>502</title>", "not-json", (1, 1), HTML, id="html"),
        pytest.param(b'{"a": <b/>}', "not-json", (1, 7), None, id="xml-inside"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbf{}", "not-json", (1, 1), None, id="two-boms"),
        pytest.param(b'{\n"a":\n "\xe9\xa9\xff"}', "not-utf8", (3, 3), UTF8, id="latin-1"),
        pytest.param(
            '{"字": "'.encode() + b"\xff", "not-utf8", (1, 8), UTF8, id="not-utf8-column-counts-characters"
        ),
        pytest.param('{"a": 1}'.encode("utf-16"), "not-utf8", (1, 1), UTF16, id="utf-16-with-bom"),
        pytest.param('{"a": 1}'.encode("utf-16-le"), "not-utf8", (1, 2), UTF16, id="utf-16-le"),
        pytest.param('{"a": 1}'.encode("utf-16-be"), "not-utf8", (1, 1), UTF16, id="utf-16-be"),
        pytest.param('{"a": 1}'.encode("utf-32"), "not-utf8", (1, 1), UTF32, id="utf-32-with-bom"),
        pytest.param('{"a": 1}'.encode("utf-32-le"), "not-utf8", (1, 2), UTF32, id="utf-32-le"),
        pytest.param('{"a": 1}'.encode("utf-32-be"), "not-utf8", (1, 1), UTF32, id="utf-32-be"),
        pytest.param(b'{"a": 1,\r"b": x}', "not-json", (2, 6), None, id="lone-cr-ends-a-line"),
        pytest.param(b"\r\n\r\n[\r\n x]", "not-json", (4, 2), None, id="crlf-ends-one-line"),
        pytest.param(
            b"\x1f\x8b\x08\x00\x00",
            "not-utf8",
            (1, 2),
            "this is gzip data: unpack it, again if it was compressed twice",
            id="gzip-is-not-utf-16",
        ),
        pytest.param(b'{"a": NaN}', "not-json", (1, 7), NAN, id="nan"),
        pytest.param('["😀", NaN]'.encode(), "not-json", (1, 7), NAN, id="column-counts-characters"),
        pytest.param(b"[Infinity]", "not-json", (1, 2), NAN, id="infinity"),
        pytest.param(b'{"a": -Infinity}', "not-json", (1, 8), NAN, id="minus-infinity"),
        pytest.param(b"{'a': 1}", "not-json", (1, 2), QUOTES, id="single-quoted-key"),
        pytest.param(b"{\"a\": 'x'}", "not-json", (1, 7), QUOTES, id="single-quoted-value"),
        pytest.param(b'{"a": 1, // c\n"b": 2}', "not-json", (1, 10), COMMENTS, id="line-comment"),
        pytest.param(b"/* c */ {}", "not-json", (1, 1), COMMENTS, id="block-comment"),
        pytest.param(b'{\n# c\n"b": 2}', "not-json", (2, 1), COMMENTS, id="hash-comment"),
        pytest.param(b'{"a": 1}\n# c\n', "not-json", (2, 1), COMMENTS, id="comment-after"),
        pytest.param(b'{"a": True}', "not-json", (1, 7), WORDS, id="True"),
        pytest.param(b"[False]", "not-json", (1, 2), WORDS, id="False"),
        pytest.param(b'{"a": None}', "not-json", (1, 7), WORDS, id="None"),
        pytest.param(b'{\n  "a": 1,\n}', "not-json", (2, 9), None, id="trailing-comma-in-object"),
        pytest.param(b"[1,\n2,\n]", "not-json", (2, 2), None, id="trailing-comma-in-array"),
        pytest.param(b'{"a": 1}\r\n{"b": 2}\n', "not-json", (2, 1), NDJSON, id="two-documents-on-two-lines"),
        pytest.param(b'{"a": 1} {"b": 2}', "not-json", (1, 10), None, id="two-documents-on-one-line"),
        pytest.param(b'{\n"a": 1\n}\n}', "not-json", (4, 1), None, id="a-brace-too-many"),
        pytest.param(b'{"a": {"b": [-1e999]}}', "number-range", (1, 14), SMALLER, id="below-a-double"),
        pytest.param(b"[[1e400]]", "number-range", (1, 3), SMALLER, id="beyond-a-double"),
        pytest.param(b'"\\ud800"', "not-json", (1, 2), None, id="lone-high-surrogate"),
        pytest.param(b'"\\udc00"', "not-json", (1, 2), None, id="lone-low-surrogate"),
        pytest.param(b'"\xed\xa0\x80"', "not-utf8", (1, 2), UTF8, id="surrogate-as-utf-8"),
        pytest.param(b'{"a": "b\nc"}', "not-json", (1, 9), None, id="raw-line-break-in-string"),
        pytest.param(b'{"a"', "not-json", (1, 5), None, id="cut-off"),
        pytest.param(b"{a: 1}", "not-json", (1, 2), None, id="bare-key"),
        pytest.param(b"01", "not-json", (1, 1), None, id="leading-zero"),
        pytest.param(b"a=1&b=2", "not-json", (1, 1), None, id="a-form"),
        pytest.param(b'{"a": 1,\n "a": 2}', "duplicate-key", (2, 2), TWICE, id="duplicate-key"),
        pytest.param(
            b'[{"a": 1, "\\u0061": 2}]', "duplicate-key", (1, 11), TWICE, id="duplicate-key-spelt-differently"
        ),
    ],
)
def test_what_is_not_strict_json_is_refused_with_its_place_and_what_to_do(
    data: bytes, rule: str, place: tuple[int, int] | None, hint: str | None
) -> None:
    """Each kind of damage has one rule, the line and column it stands at, and a hint where the cause is plain."""
    problem = _refusal(data)
    assert problem is not None
    assert (problem.rule, (problem.line, problem.column), problem.hint) == (rule, place or (None, None), hint)


def test_a_refusal_reads_as_a_sentence_with_its_place() -> None:
    """The text of the exception is what a person reads: the message, then line and column where there are any."""
    problems = [_refusal(b'{\n  "a": 1,\n}'), _refusal(b"")]
    assert [str(problem) for problem in problems] == [
        "not JSON: trailing comma is not allowed (line 2, column 9)",
        "the document is empty",
    ]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="bom"),
        pytest.param(b" \r\n\tnull\n", None, id="white-space-around"),
        pytest.param(b"1e308", 1e308, id="the-largest-magnitude"),
        pytest.param(b"18446744073709551615", 18446744073709551615, id="64-bits"),
        pytest.param(b'"\\ud83d\\ude00"', "😀", id="a-pair-of-surrogates"),
        pytest.param(
            b'{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}',
            {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]},
            id="the-same-key-in-other-objects",
        ),
        pytest.param(b'{"0": 1, "b": [2]}', {"0": 1, "b": [2]}, id="a-key-like-an-index"),
        pytest.param(b'{"a": 1, "A": 2}', {"a": 1, "A": 2}, id="keys-that-differ-in-case"),
    ],
)
def test_what_is_strict_json_is_read(data: bytes, value: Any) -> None:
    """Strictness refuses nothing that RFC 8259 allows and that means one thing only."""
    assert loads(data) == value


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        pytest.param(b"[", b"]", id="arrays"),
        pytest.param(b'{"a":[', b"]}", id="both"),
        pytest.param(b'{"a":', b"}", id="objects"),
    ],
)
def test_a_document_may_be_as_deep_as_the_limit_and_no_deeper(opening: bytes, closing: bytes) -> None:
    """The limit itself is accepted, one level more is not, and neither depends on whether objects or arrays are nested."""
    times = MAX_DEPTH // (opening.count(b"[") + opening.count(b"{"))
    assert _refusal(opening * times + b"1" + closing * times) is None
    problem = _refusal(b"[" + opening * times + b"1" + closing * times + b"]")
    assert problem == NotJSON(
        "too-deep", "arrays and objects are nested 129 levels deep, more than the 128 allowed", hint=DEEP
    )


@pytest.mark.parametrize(
    "data",
    [pytest.param(b"[" * 10_000 + b"]" * 10_000, id="closed"), pytest.param(b'{"a":' * 10_000, id="cut-off")],
)
def test_ten_thousand_levels_are_a_refusal_and_no_crash(data: bytes) -> None:
    """Depth is measured before anything recurses."""
    assert _refusal(data) == NotJSON(
        "too-deep", "arrays and objects are nested 10,000 levels deep, more than the 128 allowed", hint=DEEP
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'"' + b"[{" * 500 + b'"', id="in-a-string"),
        pytest.param(b'["\\\\", "\\"' + b"[" * 500 + b'"]', id="after-escaped-quotes"),
        pytest.param(b"[" + b"[],{}," * 500 + b"1]", id="beside-each-other"),
    ],
)
def test_only_nesting_counts_as_depth(data: bytes) -> None:
    """Brackets in strings, and brackets that close before the next opens, make no document deep."""
    assert loads(data) == json.loads(data)


def test_a_document_may_be_as_large_as_the_limit_and_no_larger() -> None:
    """Size is counted in bytes, and the message says both numbers."""
    data = '{"a": "字"}'.encode()
    assert loads(data, Limits(max_bytes=len(data))) == {"a": "字"}
    with pytest.raises(NotJSON) as refusal:
        loads(data * 100, Limits(max_bytes=1_000))
    hint = "use NDJSON, one payload per line, for files of any size, or raise the limit with --max-size"
    assert refusal.value == NotJSON(
        "too-large", "the document has 1,200 bytes, more than the 1,000 allowed", hint=hint
    )


@given(TEXTS | DUPLICATED)
@example('{"a\\u005c": 1, "a\\\\": 2}')
@example('{"\\u0022": 1, "\\"": 2}')
@example('{"\\/": "\\u005c", "/": "\\\\"}')
@example('{"a": "\\u005c", "b": "\\u005c"}')
@example('{"a": {"b": "\\"", "b": 1}, "c": "\\\\"}')
@example('{\n  "a": 1,\n  "a": 1\n}')
@example('{"\\u5b57": " ", "\\u5b57": " "}')
@example('{"a b": 1, "ab": 2, "a": "b  "}\n')
def test_a_key_is_refused_exactly_when_it_stands_twice(text: str) -> None:
    """Against the standard library as the oracle: never a duplicate missed, never a text without one refused, however it is spelt."""
    problem = _refusal(text.encode())
    assert (problem.rule if problem else None) == ("duplicate-key" if duplicates(text) else None)
    if problem is None:
        assert loads(text.encode()) == json.loads(text)


@given(DUPLICATED)
@example('\n[{"a": 1,\n "b": 2, "a": 3}]')
def test_the_place_of_a_duplicate_is_that_of_a_key_that_stands_there_a_second_time(text: str) -> None:
    """Another key in its place, and one key less stands twice; what stands there is the key that the message names."""
    problem = _refusal(text.encode())
    assert problem is not None
    assert problem.line is not None
    lines = re.split("(?<=\n)|(?<=\r)(?!\n)", text)
    offset = len("".join(lines[: problem.line - 1])) + (problem.column or 0) - 1
    key, end = json.JSONDecoder().raw_decode(text, offset)
    assert problem.message == f"the key {key!r} appears twice in the same object"
    assert duplicates(f'{text[:offset]}"of its own"{text[end:]}') == duplicates(text) - 1


@given(
    st.text(alphabet='{}[]",:\\u0019eE+-. \ntrufalsn', max_size=40)
    | st.binary(max_size=12)
    | TEXTS.map(lambda text: text[:-1])
)
@example("[-0]")
@example("1E+2")
@example(b"1" * 5_000)
@example(b"\xef\xbb\xbf{}")
def test_bytes_of_any_kind_are_accepted_exactly_where_a_strict_reader_accepts_them(
    noise: str | bytes,
) -> None:
    """Nothing but `NotJSON` leaves the room, and what is accepted, and what it means, is the same to another parser."""
    data = noise if isinstance(noise, bytes) else noise.encode()
    try:
        expected = strictly(data.decode("utf-8-sig"))
    except ValueError:
        assert _refusal(data) is not None
    else:
        assert json.dumps(loads(data)) == json.dumps(expected)


_NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_canonical_bytes_hold_the_value_and_are_a_fixed_point(value: Any) -> None:
    """Written and read back, a value is the same with its keys in the same order; written again, so are the bytes."""
    data = canonical(value)
    assert json.dumps(loads(data)) == json.dumps(value)
    assert canonical(loads(data)) == data


def test_canonical_bytes_have_two_spaces_and_one_newline_and_keep_the_order_of_keys() -> None:
    """The form in which the registry keeps a document, letter by letter."""
    assert (
        canonical({"b": [1, "字"], "a": {}}) == '{\n  "b": [\n    1,\n    "字"\n  ],\n  "a": {}\n}\n'.encode()
    )


@given(_VALUES)
def test_a_value_is_shown_on_one_line_that_is_cut_where_it_is_long(value: Any) -> None:
    """What is shown is the compact JSON text or the beginning of it, never longer than the limit."""
    text = shown(value)
    assert "\n" not in text
    assert len(text) <= 96
    assert text == compact(value) or (text.endswith("…") and compact(value).startswith(text[:-1]))


def test_a_path_leads_to_its_value_or_raises() -> None:
    """`at` follows keys and indices, and does not hide that a path leads nowhere."""
    value = {"a": [{"b": 1}]}
    assert at(value, ("a", 0, "b")) == 1
    for path, error in ((("c",), KeyError), (("a", 1), IndexError), (("a", "b"), TypeError)):
        with pytest.raises(error):
            at(value, path)


def test_the_limits_are_those_that_the_documentation_states() -> None:
    """The numbers are part of the contract with users."""
    assert (
        Limits(max_depth=128, max_bytes=67_108_864, max_string=16_777_216, max_keys=1_000_000)
        == limits_module.DEFAULT_LIMITS
    )


@pytest.mark.parametrize(
    "limits", [{"max_depth": 0}, {"max_bytes": -1}, {"max_string": 0}, {"max_keys": 0}, {"max_depth": 255}]
)
def test_a_limit_that_is_none_is_refused(limits: dict[str, int]) -> None:
    """Less than one, and more levels than can be read at all, are errors of whoever sets them."""
    with pytest.raises(ValueError, match=r"at least 1|254 levels"):
        Limits(**limits)


def test_limits_are_equal_where_their_numbers_are_and_travel_to_other_processes() -> None:
    """They are values: compared, hashed and pickled by what they say."""
    limits = Limits(max_depth=3, max_keys=7)
    assert pickle.loads(pickle.dumps(limits)) == limits != Limits()  # noqa: S301 - our own bytes
    assert len({limits, Limits(max_depth=3, max_keys=7), Limits(3)}) == 2


def _measured(value: Any) -> tuple[int, int, int]:
    """Return depth, members and items, and the bytes of the longest string as the compact form writes it."""
    if isinstance(value, str):
        return 0, 0, len(compact(value).encode()) - 2
    if not isinstance(value, dict | list):
        return 0, 0, 0
    inner = [_measured(one) for one in (value.values() if isinstance(value, dict) else value)]
    keys = [_measured(key)[2] for key in value] if isinstance(value, dict) else []
    deepest, longest = (
        max([one[0] for one in inner], default=0),
        max([*keys, *(one[2] for one in inner)], default=0),
    )
    return deepest + 1, len(value) + sum(one[1] for one in inner), longest


@given(TEXTS.filter(lambda text: not duplicates(text)), st.sampled_from(["", "  "]))
@example('[[],{},[[ ]],{"[]":"{},"}]', "")
@example('["\\\\", "\\"["]', " ")
def test_each_limit_is_kept_exactly(text: str, space: str) -> None:
    """What a document has is allowed, and one less of it is refused by the limit's own rule."""
    value = json.loads(text)
    data = json.dumps(value, ensure_ascii=False, separators=(f",{space}", f":{space}")).encode()
    depth, keys, longest = _measured(value)
    assert loads(data, Limits(depth or 1, len(data), longest or 1, keys or 1)) == value
    limits = {"max_depth": depth, "max_bytes": len(data), "max_string": longest, "max_keys": keys}
    rules = ("too-deep", "too-large", "too-long-string", "too-many-keys")
    for (name, number), rule in zip(limits.items(), rules, strict=True):
        if number > 1:
            with pytest.raises(NotJSON) as refusal:
                loads(data, Limits(**{name: number - 1}))
            assert refusal.value.rule == rule


@given(TEXTS, st.integers(1, 5))
@example('["a\\\\\\"[", {"": [ [\n] ]}, {}]', 1)
@example('["\\\\', 2)
def test_a_text_is_measured_the_same_in_windows_of_any_size(text: str, size: int) -> None:
    """Where the windows end in which a large text is looked at, in a string, an escape or an empty array, makes no difference."""
    data = text.encode()
    with patch.object(json_diagnostics, "_WINDOW", size):
        small = (
            json_diagnostics.depth(data),
            [json_diagnostics.has_more_keys(data, limit) for limit in range(20)],
        )
    assert small == (
        json_diagnostics.depth(data),
        [json_diagnostics.has_more_keys(data, limit) for limit in range(20)],
    )


def test_json_text_inside_strings_has_limits_too() -> None:
    """What is opened inside a payload keeps the limits that were set around the call, and other threads keep theirs."""
    with text_limits(Limits(max_depth=2)):
        assert unfolded("[[1]]") == [[1]]
        assert unfolded("[[[1]]]") == "[[[1]]]"
        with pytest.raises(NotJSON, match="3 levels"):
            loads_text("[[[1]]]")
        assert loads_text("[[[1]]]", Limits()) == loads(b"[[[1]]]")
        with ThreadPoolExecutor(1) as other:
            assert other.submit(opened, "[[[1]]]").result() == [[[1]]]
        assert opened("[[[1]]]") == "[[[1]]]"
    assert opened("[[[1]]]") == [[[1]]]


def test_a_refusal_is_a_value() -> None:
    """Refusals are compared by what they say, travel to other processes, and are moved to the line of a file."""
    problem = NotJSON("not-json", "no", 1, 7, hint="so")
    assert pickle.loads(pickle.dumps(problem)) == problem == problem.at_line(1)  # noqa: S301 - our own bytes
    assert problem.at_line(9) == NotJSON("not-json", "no", 9, 7, "so") != problem
    assert len({problem, problem.at_line(1), problem.at_line(9)}) == 2
