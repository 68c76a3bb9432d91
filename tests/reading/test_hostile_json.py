"""JSON that nobody sends in good faith: odd bytes, odd numbers, things that never end. Each is read as the standard says, or refused by its own rule."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jsontexts import strictly
from running import MOST_MEMORY
from signalbook.reading.json_text import MAX_DEPTH, NotJSON
from signalbook.reading.locations import places
from signalbook.reading.strict_json import compact, loads, loads_text, unfolded


def _rule(data: bytes) -> str | None:
    try:
        loads(data)
    except NotJSON as problem:
        return problem.rule
    return None


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        *((f'["\\ud8{low:02x}"]'.encode(), "not-json") for low in (0x00, 0xFF)),
        pytest.param(b'["\\udc00\\ud800"]', "not-json", id="surrogates-in-the-wrong-order"),
        pytest.param(b'["\\ud83d \\ude00"]', "not-json", id="surrogates-apart"),
        pytest.param(b'{"\\udfff": 1}', "not-json", id="lone-surrogate-as-key"),
        pytest.param(b'"\xed\xa0\xbd\xed\xb8\x80"', "not-utf8", id="cesu-8"),
        pytest.param(b'"\xc0\xa2"', "not-utf8", id="overlong-quote"),
        pytest.param(b'"\xe0\x80\xaf"', "not-utf8", id="overlong-slash"),
        pytest.param(b'"\xf0\x80\x80\xaf"', "not-utf8", id="overlong-in-four-bytes"),
        pytest.param(b'"\xf4\x90\x80\x80"', "not-utf8", id="beyond-unicode"),
        pytest.param(b'"\xc0\x80"', "not-utf8", id="zero-as-java-writes-it"),
        pytest.param(b'"\xf0\x9f\x98"', "not-utf8", id="cut-off-character"),
        pytest.param(b'["abc\x00d"]', "not-json", id="zero-in-a-string"),
        pytest.param(b'{"a":1}\x00', "not-json", id="zero-at-the-end"),
        pytest.param(b'{"a"\x0b:1}', "not-json", id="vertical-tab"),
        pytest.param('{"a":\u00a01}'.encode(), "not-json", id="no-break-space"),
        pytest.param('{"a":\u20281}'.encode(), "not-json", id="line-separator"),
        pytest.param('{"a":\ufeff1}'.encode(), "not-json", id="bom-inside"),
        pytest.param("{“a”: 1}".encode(), "not-json", id="curly-quotes"),
        pytest.param("[１]".encode(), "not-json", id="wide-digit"),
        pytest.param(b"[1e999]", "number-range", id="huge-exponent"),
        pytest.param(b"[1e99999999999999999999]", "number-range", id="an-exponent-that-is-no-number-itself"),
        pytest.param(b"[" + b"9" * 400 + b"]", "number-range", id="more-digits-than-a-double"),
        pytest.param(b"[" + b"9" * 1_000_000 + b"]", "number-range", id="a-million-digits"),
        pytest.param(b"[0x10]", "not-json", id="hexadecimal"),
        pytest.param(b"[1_000]", "not-json", id="underscores"),
        pytest.param(b"[+1]", "not-json", id="plus"),
        pytest.param(b"[.5]", "not-json", id="no-zero"),
        pytest.param(b"[" * 1_000_000, "too-deep", id="a-million-open-arrays"),
        pytest.param(b'{"a":' * 300_000 + b"1" + b"}" * 300_000, "too-deep", id="deep-objects"),
        pytest.param(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "too-deep", id="one-level-too-many"),
        pytest.param(b"[" * 300 + b"]" * 300, "too-deep", id="deeper-than-can-be-written"),
        pytest.param(b"[" + b"[]," * 1_000_000 + b"1]", "too-many-keys", id="a-million-items"),
        pytest.param(
            b'["' + b"a" * (16 * 1024 * 1024 + 1) + b'"]', "too-long-string", id="a-string-of-16-mib"
        ),
        pytest.param(b" " * (64 * 1024 * 1024) + b"1", "too-large", id="64-mib-of-nothing"),
        pytest.param(b'"' * 1_000_000, "not-json", id="a-million-quotes"),
        pytest.param(b'"' + b"\\" * 1_000_001, "not-json", id="a-million-backslashes"),
        pytest.param(b'"' + b'\\"' * 1_000_000, "not-json", id="a-string-that-never-ends"),
        pytest.param(b'{"a":1,' * 50, "not-json", id="members-that-never-end"),
        pytest.param(b'{"__proto__":1,"__proto__":2}', "duplicate-key", id="a-key-of-javascript-twice"),
        pytest.param(b'{"a":1,"\\u0061":2}', "duplicate-key", id="a-key-in-two-spellings"),
        pytest.param('{"é":1,"\\u00e9":2}'.encode(), "duplicate-key", id="the-same-beyond-ascii"),
        pytest.param(b'{"a":[{"b":{"c":1,"d":[],"c":2}}]}', "duplicate-key", id="far-inside"),
    ],
)
def test_each_attack_has_its_rule(data: bytes, rule: str) -> None:
    """What must not be read is refused by the rule that says why."""
    assert _rule(data) == rule


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"1e-999", 0.0),
        (b"[-0]", [0]),
        (b"-0.0", -0.0),
        (b"1E+2", 100.0),
        (b"18446744073709551616", 2.0**64),
        (b"-9223372036854775809", -(2.0**63)),
        (b"123456789012345678901234567890", 1.2345678901234568e29),
        (b"0.1000000000000000055511151231257827", 0.1),
        (b'{"a":1,\r"b":2\r}', {"a": 1, "b": 2}),
        (b'{"":{"":1}}', {"": {"": 1}}),
        (b'"\\u0000\\u001b[31m"', "\0\x1b[31m"),
        ('{"e\u0301":1,"é":2}'.encode(), {"e\u0301": 1, "é": 2}),
    ],
)
def test_what_is_odd_and_allowed_is_read(data: bytes, value: Any) -> None:
    """Odd is not wrong: tiny and long numbers become the nearest double, lone carriage returns are white space, keys are compared as they are."""
    assert compact(loads(data)) == compact(value)


_ODD = st.sampled_from(
    [
        *'{}[]",: \n\r\t\\/',
        '\\"',
        "\\ud800",
        "\\udc00",
        "\\u0061",
        "a",
        "e",
        "-",
        "0",
        "1",
        ".5",
        "E+9",
        "e999",
        "null",
        "true",
        "NaN",
        "\ufeff",
        "\x00",
        "é",
    ]
)
_SHARDS = st.sampled_from(
    [
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b'{"a":',
        b'"a":1,',
        b"[[",
        b"]",
        b"}",
        b'"',
        b"\\",
    ]
)


@given(st.lists(_ODD.map(str.encode) | _SHARDS, max_size=14).map(b"".join) | st.binary(max_size=30))
@example(b'\xef\xbb\xbf\xef\xbb\xbf{"a":1}')
@example(b'{"a":1,"b":{"a":1,"a":1}}')
def test_the_kit_and_the_standard_library_accept_the_same_bytes(data: bytes) -> None:
    """Of bytes of any kind the two accept the same, with the same meaning, and nothing but `NotJSON` is raised."""
    try:
        expected: Any = compact(strictly(data.decode("utf-8-sig")))
    except ValueError:
        expected = None
    try:
        found = compact(loads(data))
    except NotJSON:
        found = None
    assert found == expected


@given(st.text(alphabet=st.characters() | st.sampled_from('\ud800\udfff[]{}"'), max_size=20))
@example("\ufeff[1]")
@example("[\ud800]")
def test_strings_that_may_hold_json_text_are_opened_or_left(text: str) -> None:
    """A string of any characters, halves among them, is a document or stays what it is: nothing else is raised."""
    try:
        value = loads_text(text)
    except NotJSON:
        assert unfolded(text) == text
    else:
        assert unfolded(text) == (value if isinstance(value, dict | list) else text)


HUGE = {
    "items": "b'[' + b'[],' * (MIB * 64 // 3 - 2) + b'1]'",
    "all members that are allowed": "b'[' + b','.join(b'{\"%d\":[%d]}' % (n, n) for n in range(330_000)) + b']'",
    "long strings beyond the first plane": "('[' + ','.join(['\"😀' + 'a' * 15 * MIB + '\"'] * 4) + ']').encode()",
    "a fault behind 63 MiB": "('[\"😀' + 'a' * 63 * MIB + '\",]').encode()",
    "arrays that never end": "b'[' * 64 * MIB",
    "quotes": "b'\"' * 64 * MIB",
    "a key twice behind a million": "b'{' + b','.join(b'\"%d\":1' % n for n in range(900_000)) + b',\"1\":2}'",
}
_MEASURE = """
import sys
from signalbook.reading.strict_json import NotJSON, loads
MIB = 1 << 20
data = eval(sys.argv[1])
try:
    loads(data)
except NotJSON:
    pass
print(most())
"""


@pytest.mark.parametrize("made", HUGE.values(), ids=HUGE)
def test_no_document_needs_more_than_a_gibibyte(made: str) -> None:
    """The limits bound the memory of one document, whatever is in it: the making of its bytes included, reading it needs less than 1 GiB."""
    done = subprocess.run(
        [sys.executable, "-c", MOST_MEMORY + _MEASURE, made], capture_output=True, check=True, timeout=120
    )
    assert int(done.stdout) < 1024 * 1024


def test_places_of_a_text_that_is_all_escapes_take_one_pass() -> None:
    """A string of half a million escapes in front of what is asked for, and as many quotes in one that never ends, take seconds at most."""
    data = b'{"m": "{\\"' + b"\\\\u0061" * 500_000 + b'\\": 1, \\"b\\": 2}"}'
    column = data.index(b'\\"b') + 1
    assert places(data, ["/m/b"]) == {"/m/b": (1, column)}
    assert places(b'{"a": "' + b'\\"' * 500_000, ["/a/b"]) == {"/a/b": (1, 2)}
