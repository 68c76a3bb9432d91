"""Patterns that lint lets pass mean the same to every engine, and no text makes one of them slow."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import warnings

import pytest
from hypothesis import settings

from signalbook import Registry
from signalbook.engine import levels, schema_validator
from signalbook.registry.lint import patterns
from signalbook.registry.lint.rule import contracts

CATALOGUE = Registry.load()
CONTRACTS = list(contracts(CATALOGUE))
PATTERNS = sorted(
    {
        node["pattern"]
        for contract in CONTRACTS
        for _, node in levels.subschemas(contract.resolved)
        if isinstance(node.get("pattern"), str)
    }
    | {
        name
        for contract in CONTRACTS
        for _, node in levels.subschemas(contract.resolved)
        for name in node.get("patternProperties", ())
    }
)
CAPTURES = sorted(
    {
        part.capture.pattern
        for envelope in CATALOGUE.envelopes.values()
        for part in envelope.key.values()
        if part.capture
    }
)
COUNT = settings().max_examples * 100

_ATOMS = [
    *(
        "a",
        "b",
        "0",
        "é",
        "😀",
        "\u2028",
        " ",
        "#",
        "-",
        "]",
        "}",
        "{",
        "ſ",
        "\n",
        "&",
        "(a)",
        "(?:a)",
        "(?:a|b)",
        "(a|)",
        "()",
        "^",
        "$",
        "|",
        ".",
    ),
    *(
        r"\.",
        r"\-",
        r"\/",
        r"\n",
        r"\t",
        r"\0",
        r"\x41",
        r"\u0041",
        r"\cA",
        r"\d",
        r"\w",
        r"\s",
        r"\b",
        r"\B",
        r"\Z",
        r"\A",
        r"\z",
        r"\e",
        r"\a",
        r"\h",
    ),
    *(
        r"\Q",
        r"\<",
        r"\_",
        r"\ ",
        r"\#",
        r"\$",
        r"\v",
        r"\1",
        r"\k<n>",
        r"\b{start}",
        "(?i)",
        "(?i:a)",
        "(?#x)",
        "(?P<n>a)",
        "(?<n>a)",
        "(?=a)",
        "(?>a)",
    ),
    *(
        "[a-c]",
        "[^a]",
        "[0-9]",
        "[a-]",
        "[-a]",
        "[]a]",
        "[^]a]",
        "[[a]",
        "[a&&b]",
        "[a--b]",
        "[a||b]",
        "[a~~b]",
        "[a&b]",
        "[:alpha:]",
        "[[:alpha:]]",
    ),
    *(
        r"[\b]",
        r"[\d]",
        r"[^\n]",
        r"[\n-\r]",
        r"[\\]",
        r"[\^a]",
        "[a^]",
        "[$]",
        "[.]",
        r"[\]]",
        "[é-ü]",
        "[😀-😂]",
        "[ſ]",
        r"[\v]",
        "[ -~]",
    ),
]
_TIMES = [
    "",
    "",
    "",
    "",
    "?",
    "*",
    "+",
    "{2}",
    "{1,2}",
    "{1,}",
    "{,2}",
    "{0}",
    "??",
    "*?",
    "++",
    "*+",
    "{1,2}?",
    "{1,2}+",
    "{ 1}",
    "{1, 2}",
]
_TEXTS = [
    *(
        "",
        "a",
        "b",
        "c",
        "aa",
        "ab",
        "aab",
        "aaa",
        "0",
        "00",
        "-",
        "]",
        "a]",
        "^",
        "$",
        ".",
        "\\",
        "/",
        "n",
        "\r",
        "\t",
        "\0",
        "A",
        "é",
        "ü",
        "😀",
        "😁",
    ),
    *(
        "\u2028",
        "\u0085",
        " ",
        "#",
        "{",
        "}",
        "{,2}",
        "a{,2}",
        "a{1}",
        "[",
        "[a",
        "&",
        "&&",
        "~",
        "|",
        "x",
        "x41",
        "_",
        ":",
        "ſ",
        "s",
        "S",
        "K",
        "k",
    ),
    *(
        "٣",
        "\x0b",
        "a b",
        "aA",
        "baa",
        "(",
        "(a)",
        "1",
        "<",
        "b{start}",
        "e",
        "h",
        "Q",
        "\x1b",
        "\x07",
        "a\nb",
        "{1, 2}",
        "a{ 1}",
        "aé",
        "é😀",
    ),
]


def drawn(seed: str, count: int, atoms: list[str], times: list[str]) -> list[str]:
    """Return so many anchored patterns put together of some parts; equal seeds, equal patterns."""
    choice = random.Random(seed)  # noqa: S311 - what can be drawn again, no secret

    def some() -> str:
        return "".join(choice.choice(atoms) + choice.choice(times) for _ in range(choice.randint(1, 3)))

    def grouped() -> str:
        return f"({'|'.join(some() for _ in range(choice.randint(1, 2)))}){choice.choice(times)}"

    return [
        f"^{''.join(choice.choice((some, grouped))() for _ in range(choice.randint(1, 2)))}$"
        for _ in range(count)
    ]


def sound(found: list[str]) -> list[str]:
    """Return the patterns in which lint finds nothing, and which both engines take."""
    return [
        pattern
        for pattern in found
        if not next(patterns.faults(pattern), None)
        and not schema_validator.schema_error({"pattern": pattern})
        and not schema_validator.refusal({"pattern": pattern})
    ]


def test_what_lint_lets_pass_is_read_alike() -> None:
    """A pattern without faults matches the same texts in Python and in the linear engine, but for one line break at the very end."""
    found = sound(drawn("alike", COUNT, _ATOMS, _TIMES))
    assert len(found) > COUNT // 50
    for pattern in found:
        linear = schema_validator.compiled({"pattern": pattern})
        differing = [text for text in _TEXTS if linear.is_valid(text) != bool(re.search(pattern, text))]
        assert differing == [], pattern


@pytest.mark.parametrize(
    ("pattern", "slow"),
    [
        pytest.param("^(a+)+$", True, id="repeat-of-a-repeat"),
        pytest.param("^(a|a)*$", True, id="equal-alternatives"),
        pytest.param("^(a|ab|b)*$", True, id="overlapping-alternatives"),
        pytest.param("^(a|a){30}$", True, id="often-enough"),
        pytest.param("^(a*)*$", True, id="empty-rounds"),
        pytest.param("^(a?){40}$", True, id="empty-rounds-with-an-end"),
        pytest.param("^(:a*a*)+$", True, id="two-ways-in-a-round"),
        pytest.param("^([a-z]{1,50}){1,50}$", True, id="large-bounds"),
        pytest.param("^(?:[a-z]{2,3})+$", True, id="twos-and-threes"),
        pytest.param("^([a-z0-9]+-?)*$", True, id="a-delimiter-that-may-be-left-out"),
        pytest.param("^([^/]+/)*[^/]+$", False, id="rounds-that-end"),
        pytest.param("^[a-z]+(-[a-z]+)*$", False, id="rounds-that-begin"),
        pytest.param("^(ab|cd)+$", False, id="alternatives-that-part"),
        pytest.param("^([0-9]{2}){16}$", False, id="rounds-of-one-length"),
        pytest.param("^[a-z]*[a-c]*$", False, id="side-by-side"),
    ],
)
def test_a_pattern_that_stalls_engines_is_told(pattern: str, *, slow: bool) -> None:
    """What doubles its ways with each character is a fault; what has one way, or a few more, is none."""
    assert [message for message, _ in patterns.faults(pattern) if "very many ways" in message] == [
        f"the pattern {pattern!r} matches some texts in very many ways, so that backtracking engines stall"
    ] * slow


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        pytest.param("^([^:]+:[^:]+)", None, id="as-ours"),
        pytest.param(":(CloudTrace):", None, id="somewhere"),
        pytest.param("^(a|b)+:", None, id="alternatives-inside"),
        pytest.param("([a-z]+):x", "grows faster", id="begins-anywhere"),
        pytest.param("^a|([a-z]+):x", "grows faster", id="one-alternative-begins-anywhere"),
        pytest.param("^[a-z]*x([a-z]*)y", "grows faster", id="two-that-share"),
        pytest.param("^(a+)+b", "grows faster", id="stalls"),
        pytest.param(r"^(\d+)", "Unicode-aware", id="not-portable"),
        pytest.param("^(?=a)(a)", "look-around", id="look-around"),
    ],
)
def test_a_capture_is_searched_in_the_time_of_reading(pattern: str, words: str | None) -> None:
    """A capture that would take more time than reading, or that is not portable, is a fault that says what to do."""
    found = list(patterns.capture_faults(pattern))
    assert len(found) == (words is not None)
    assert all(words in message and fix for message, fix in found if words)


def test_a_pattern_that_is_too_intricate_is_a_fault() -> None:
    """What is too large to look at is not taken on trust."""
    pattern = f"^({'|'.join(f'{number:04}' for number in range(200))})$"
    with pytest.raises(patterns.Intricate):
        patterns.stalls(pattern)
    assert len(list(patterns.faults(pattern))) == 1


def test_the_patterns_of_the_catalogue_are_sound() -> None:
    """Contracts and envelopes have no pattern with a fault."""
    assert (len(PATTERNS) > 50, len(CAPTURES) > 2) == (True, True)
    assert {pattern: found for pattern in PATTERNS if (found := list(patterns.faults(pattern)))} == {}
    assert {pattern: found for pattern in CAPTURES if (found := list(patterns.capture_faults(pattern)))} == {}


_ATTACK = """
import json, re, sys, warnings
from signalbook.engine import schema_validator as engine
warnings.simplefilter("ignore")
told = json.load(sys.stdin)
for pattern in told["linear"]:
    validator = engine.compiled({"pattern": pattern})
    for text in told["texts"]:
        validator.is_valid(text)
for pattern in told["searched"]:
    for text in told["texts"]:
        re.search(pattern, text)
for pattern in told["python"]:
    for text in told["short"]:
        re.search(pattern, text)
"""


@pytest.mark.night
def test_no_text_makes_a_pattern_slow() -> None:
    """100 kB made to fit nearly do not stall the linear engine on any pattern, nor Python on a capture; nor 20 characters Python on what lint lets pass.

    Of those that lint refuses many would take hours; all of these together take seconds. The time-out is for a machine with much else to do.
    """
    units = [
        "a",
        "0",
        "*",
        ":",
        "a:",
        "0.",
        "a-",
        "=",
        "/",
        "a/",
        "RMSLogs/",
        "XX.",
        "2021-01-01T00:00:00",
        "é",
        "\n",
        "[",
        "ab",
        " ",
    ]
    told = {
        "linear": PATTERNS,
        "searched": CAPTURES,
        "python": sound(
            drawn(
                "slow",
                COUNT // 5,
                ["a", "b", "[ab]", "[^b]", "(a|b)", "(ab|a)", "-"],
                ["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"],
            )
        ),
        "texts": [
            f"{head}{unit * (100_000 // len(unit))}{end}"
            for unit in units
            for head in ("", "acs:ecs:")
            for end in ("", "!")
        ],
        "short": [
            f"{unit * (20 // len(unit))}{end}" for unit in ("a", "b", "ab", "a-", "aab") for end in ("", "!")
        ],
    }
    assert len(told["python"]) > 50
    subprocess.run(
        [sys.executable, "-c", _ATTACK], input=json.dumps(told), check=True, text=True, timeout=240
    )


@pytest.fixture(autouse=True)
def quiet() -> None:
    """Python warns of what it may read otherwise one day; lint says so in better words."""
    warnings.filterwarnings("ignore", category=FutureWarning)
