"""Patterns as sets: what is said of them must agree with Python's `re`, text by text."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook.compat import string_sets

TEXTS = ["".join(letters) for size in range(6) for letters in product("ab", repeat=size)]


@st.composite
def patterns(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw a pattern over a and b, with anchors in odd places too."""
    if depth == 0:
        return draw(st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "^", "$", "", r"\w", r"[^\d]", r"a"]))
    inner = patterns(depth - 1)
    match draw(st.sampled_from(["sequence", "either", "times", "group", "leaf"])):
        case "sequence":
            return draw(inner) + draw(inner)
        case "either":
            return f"{draw(inner)}|{draw(inner)}"
        case "times":
            return f"(?:{draw(inner)}){draw(st.sampled_from(['*', '+', '?', '{2}', '{1,2}', '{0,}', '*?']))}"
        case "group":
            return f"({draw(inner)})"
    return draw(patterns(depth=0))


def matching(pattern: str) -> string_sets.Set | None:
    """Return the set of a pattern, or None where it is refused."""
    try:
        return string_sets.matching(pattern)
    except string_sets.Unread:
        return None


@given(patterns())
def test_a_set_holds_what_the_pattern_matches(pattern: str) -> None:
    """A text is in the set of a pattern exactly where Python finds a match in it."""
    found = matching(pattern)
    if found is not None:
        held = [
            text for text in TEXTS if string_sets.shortest([found, string_sets.text(text)], []) is not None
        ]
        assert held == [text for text in TEXTS if re.search(pattern, text)]


@given(patterns(), patterns())
def test_the_shortest_text_of_a_difference(pattern: str, other: str) -> None:
    """What is found is matched by the one pattern and not by the other, and nothing shorter is; where nothing is found, there is nothing."""
    one, two = matching(pattern), matching(other)
    if one is None or two is None:
        return
    found = string_sets.shortest([one], [two])
    apart = [text for text in TEXTS if re.search(pattern, text) and not re.search(other, text)]
    if found is None:
        assert apart == []
    else:
        assert re.search(pattern, found)
        assert not re.search(other, found)
        assert all(len(found) <= len(text) for text in apart)


@pytest.mark.parametrize(
    ("narrow", "wide", "witness"),
    [
        ("^[0-9]+$", "^[0-9a-f]+$", None),
        (
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$",
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\\.[0-9]{1,9})?Z$",
            None,
        ),
        ("^i-[a-z0-9]+$", "^[a-z]+-[a-z0-9]+$", None),
        ("^[a-z]{1,200}$", "^[a-z]{1,255}$", None),
        (r"^\d+$", "^[0-9]+$", None),
        (r"^[A-F0-9]$", r"^[\x41-\u0046\d]$", None),
        ("^(?<part>a|b)$", "^[ab]$", None),
        ("abc", "bc", None),
        ("bc", "abc", "bc"),
        (r"^\S+$", r"^\w+$", "-"),
        ("", "^.*$", "\n"),
        ("^(a|b)*c$", "^(a*b*)*c$", None),
    ],
)
def test_real_patterns(narrow: str, wide: str, witness: str | None) -> None:
    """Patterns as contracts have them: which holds which, and the text that shows it where it does not."""
    assert string_sets.shortest([string_sets.matching(narrow)], [string_sets.matching(wide)]) == witness


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)",
        r"(?!a)b",
        r"(?<=a)b",
        r"(a)\1",
        r"\bword\b",
        r"\p{L}",
        "(?i)a",
        "^^a",
        "(^a)*",
        "$^",
        "a{2,1}",
        "a" * 1001,
        r"\q",
        "[]a]",
        "(",
        "[a",
        r"\ud83d",
    ],
)
def test_what_is_not_read_is_refused(pattern: str) -> None:
    """A pattern that is not regular, or that is not read, is refused and never guessed."""
    with pytest.raises(string_sets.Unread):
        string_sets.matching(pattern)


def test_lengths_are_in_characters() -> None:
    """A length counts code points, both ends included."""
    assert string_sets.shortest([string_sets.length(2, 3), string_sets.text("é😀")], []) == "é😀"
    assert string_sets.shortest([string_sets.length(None, 1), string_sets.text("é😀")], []) is None
    assert string_sets.shortest([string_sets.length(2, None)], []) == "aa"


def test_a_question_that_is_too_large_is_given_up() -> None:
    """A set whose automaton explodes is given up, in bounded time."""
    with pytest.raises(string_sets.TooLarge):
        string_sets.shortest(
            [string_sets.matching("^(a|b)*a(a|b){20}$")],
            [string_sets.matching("^(a|b)*b(a|b){20}$"), string_sets.matching("a")],
        )


def test_readable_texts_are_preferred() -> None:
    """Of equally short texts one that people can read is returned."""
    assert string_sets.shortest([string_sets.length(1, 1)], []) == "a"
    assert string_sets.shortest([string_sets.length(1, 1)], [string_sets.matching("[a-z]")]) == "0"
