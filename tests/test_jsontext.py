"""Bytes → JSON values, strictly: what is refused, what is told about it, and that nothing else is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from signalbook import jsontext
from signalbook.jsontext import MAX_DEPTH, NotJSON, at, canonical, compact, loads, members, position, shown

NAN = "JSON has no NaN or Infinity: leave the field out or write null"
QUOTES = "JSON strings stand in double quotes"
COMMENTS = "JSON has no comments: take them out"
WORDS = "JSON writes true, false and null"
NDJSON = "one payload a line is NDJSON: name the file .ndjson"
UTF8 = "save it as UTF-8"
UTF16 = "it looks like UTF-16: save it as UTF-8"
SMALLER = "send it as a string, or smaller"
TWICE = "readers disagree on which one counts: keep one of them"
NOTHING = "a payload is one JSON object"


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
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbf{}", "not-json", (1, 1), None, id="two-boms"),
        pytest.param(b'{\n"a":\n "\xe9\xa9\xff"}', "not-utf8", (3, 3), UTF8, id="latin-1"),
        pytest.param('{"字": "'.encode() + b"\xff", "not-utf8", (1, 8), UTF8, id="not-utf8-column-counts-characters"),
        pytest.param('{"a": 1}'.encode("utf-16"), "not-utf8", (1, 1), UTF16, id="utf-16-with-bom"),
        pytest.param('{"a": 1}'.encode("utf-16-le"), "not-utf8", (1, 2), UTF16, id="utf-16-le"),
        pytest.param('{"a": 1}'.encode("utf-16-be"), "not-utf8", (1, 1), UTF16, id="utf-16-be"),
        pytest.param(
            b"\x1f\x8b\x08\x00\x00",
            "not-utf8",
            (1, 2),
            "it is gzip data: unpack it, once more where it was compressed twice",
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
        pytest.param(b'[{"a": 1, "\\u0061": 2}]', "duplicate-key", (1, 11), TWICE, id="duplicate-key-spelt-differently"),
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
    assert [str(problem) for problem in problems] == ["not JSON: trailing comma is not allowed (line 2, column 9)", "there is nothing in it"]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="bom"),
        pytest.param(b" \r\n\tnull\n", None, id="white-space-around"),
        pytest.param(b"1e308", 1e308, id="the-largest-magnitude"),
        pytest.param(b"18446744073709551615", 18446744073709551615, id="64-bits"),
        pytest.param(b'"\\ud83d\\ude00"', "😀", id="a-pair-of-surrogates"),
        pytest.param(b'{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}', {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}, id="the-same-key-in-other-objects"),
        pytest.param(b'{"0": 1, "b": [2]}', {"0": 1, "b": [2]}, id="a-key-like-an-index"),
        pytest.param(b'{"a": 1, "A": 2}', {"a": 1, "A": 2}, id="keys-that-differ-in-case"),
    ],
)
def test_what_is_strict_json_is_read(data: bytes, value: Any) -> None:
    """Strictness refuses nothing that RFC 8259 allows and that means one thing only."""
    assert loads(data) == value


@pytest.mark.parametrize(
    ("opening", "closing"),
    [pytest.param(b"[", b"]", id="arrays"), pytest.param(b'{"a":[', b"]}", id="both"), pytest.param(b'{"a":', b"}", id="objects")],
)
def test_a_document_may_be_as_deep_as_the_limit_and_no_deeper(opening: bytes, closing: bytes) -> None:
    """The limit itself is accepted, one level more is not, and neither depends on whether objects or arrays are nested."""
    times = MAX_DEPTH // (opening.count(b"[") + opening.count(b"{"))
    assert _refusal(opening * times + b"1" + closing * times) is None
    problem = _refusal(b"[" + opening * times + b"1" + closing * times + b"]")
    assert problem == NotJSON("too-deep", "arrays and objects are nested 129 levels deep, more than the 128 allowed")


@pytest.mark.parametrize("data", [pytest.param(b"[" * 10_000 + b"]" * 10_000, id="closed"), pytest.param(b'{"a":' * 10_000, id="cut-off")])
def test_ten_thousand_levels_are_a_refusal_and_no_crash(data: bytes) -> None:
    """Depth is measured before anything recurses."""
    assert _refusal(data) == NotJSON("too-deep", "arrays and objects are nested 10,000 levels deep, more than the 128 allowed")


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
    assert loads(data, max_bytes=len(data)) == {"a": "字"}
    with pytest.raises(NotJSON) as refusal:
        loads(data * 100, max_bytes=1_000)
    assert refusal.value == NotJSON("too-large", "the document has 1,200 bytes, more than the 1,000 allowed")


# Texts that are JSON but for duplicate keys, spelt in every way the grammar allows.

_SHORT = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\n": "\\n", "\t": "\\t"}
_KEYS = st.sampled_from(["a", "b", "", "\\", '"', "a\\", '\\"', "/", "字", "0", '{"a":1,"a":2}'])
_SPACE = st.sampled_from(["", "", " ", "\n", "\r\n\t"])


def _spellings(char: str) -> st.SearchStrategy[str]:
    units = char.encode("utf-16-be")
    hexed = "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
    ways = [hexed, hexed.upper().replace("\\U", "\\u")]
    ways += [_SHORT[char]] if char in _SHORT else []
    ways += [] if char in '"\\' or ord(char) < 0x20 else [char]
    return st.sampled_from(ways)


def _spelt(text: str) -> st.SearchStrategy[str]:
    return st.tuples(*map(_spellings, text)).map(lambda chars: f'"{"".join(chars)}"')


def _joined(brackets: str, parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inside = st.lists(st.tuples(_SPACE, parts, _SPACE).map("".join), max_size=4).map(",".join)
    return st.tuples(inside, _SPACE).map(lambda pair: f"{brackets[0]}{pair[0] or pair[1]}{brackets[1]}")


_STRINGS = (_KEYS | st.text(max_size=4)).flatmap(_spelt)
_SCALARS = st.sampled_from(["null", "true", "-0.5e-3", "12"]) | _STRINGS
_TEXTS = st.recursive(
    _SCALARS,
    lambda inner: _joined("[]", inner) | _joined("{}", st.tuples(_KEYS.flatmap(_spelt), _SPACE, st.just(":"), _SPACE, inner).map("".join)),
    max_leaves=12,
)


def _twice(key: str) -> st.SearchStrategy[str]:
    member = st.tuples(_spelt(key), st.just(":"), _TEXTS).map("".join)
    return st.tuples(st.just("[{"), member, _SPACE, st.just(","), _SPACE, member, st.just("}]")).map("".join)


_DUPLICATED = _KEYS.flatmap(_twice)


def _pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise LookupError
    return dict(pairs)


def _has_duplicates(text: str) -> bool:
    try:
        json.loads(text, object_pairs_hook=_pairs_once)
    except LookupError:
        return True
    return False


@given(_TEXTS | _DUPLICATED)
@example('{"a\\u005c": 1, "a\\\\": 2}')
@example('{"\\u0022": 1, "\\"": 2}')
@example('{"\\/": "\\u005c", "/": "\\\\"}')
@example('{"a": "\\u005c", "b": "\\u005c"}')
@example('{"a": {"b": "\\"", "b": 1}, "c": "\\\\"}')
def test_a_key_is_refused_exactly_when_it_stands_twice(text: str) -> None:
    """Against the standard library as the oracle: never a duplicate missed, never a text without one refused, however it is spelt."""
    problem = _refusal(text.encode())
    assert (problem.rule if problem else None) == ("duplicate-key" if _has_duplicates(text) else None)
    if problem is None:
        assert loads(text.encode()) == json.loads(text)


@given(_DUPLICATED)
@example('\n[{"a": 1,\n "b": 2, "a": 3}]')
def test_the_place_of_a_duplicate_is_that_of_a_key_that_stands_there_a_second_time(text: str) -> None:
    """Line and column lead to the second of two keys, which is the one the message names."""
    problem = _refusal(text.encode())
    assert problem is not None
    seen = [path for path, offset in members(text) if position(text, offset) <= (problem.line, problem.column)]
    assert seen.count(seen[-1]) == 2
    assert problem.message == f"the key {seen[-1][-1]!r} stands twice in the same object"


def _expected_members(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for step, inner in inside for found in ((*path, step), *_expected_members(inner, (*path, step)))]


@given(_TEXTS)
@example('[[], {}, [[1, 2], {"a": []}], "a,]"]')
def test_every_member_is_found_with_the_offset_of_its_key_or_value(text: str) -> None:
    """`members` yields each key and each item of a document in order, and the text at the offset is that key or item."""
    assume(not _has_duplicates(text))
    value = json.loads(text)
    found = list(members(text))
    assert [path for path, _ in found] == _expected_members(value)
    at_offset = [json.JSONDecoder().raw_decode(text, offset)[0] for _, offset in found]
    assert at_offset == [path[-1] if isinstance(path[-1], str) else at(value, path) for path, _ in found]


@given(st.text(alphabet="a\n\r字😀"), st.data())
def test_a_position_leads_back_to_its_offset(text: str, data: st.DataObject) -> None:
    """Line and column, both from 1, name one character: only a line feed ends a line."""
    offset = data.draw(st.integers(0, len(text)))
    line, column = position(text, offset)
    assert sum(len(before) + 1 for before in text.split("\n")[: line - 1]) + column - 1 == offset


def _integer(digits: str) -> float:
    number = int(digits)
    return number if -(2**63) <= number < 2**64 else float(digits)


@given(st.text(alphabet='{}[]",:\\u0019eE+-. \ntrufalsn', max_size=40) | st.binary(max_size=12) | _TEXTS.map(lambda text: text[:-1]))
@example("[-0]")
@example("1E+2")
def test_bytes_of_any_kind_are_read_as_the_standard_library_reads_them_or_refused(noise: str | bytes) -> None:
    """Nothing but `NotJSON` leaves the room, and what is accepted means the same to another parser."""
    data = noise if isinstance(noise, bytes) else noise.encode()
    if _refusal(data) is None:
        assert loads(data) == json.loads(data.decode("utf-8-sig"), parse_int=_integer)


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
    assert canonical({"b": [1, "字"], "a": {}}) == '{\n  "b": [\n    1,\n    "字"\n  ],\n  "a": {}\n}\n'.encode()


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
    assert (jsontext.MAX_DEPTH, jsontext.MAX_BYTES) == (128, 67_108_864)
