"""Paths → functions that read what stands there: made once for each kind of payload, and called for each payload of it.

Each does what `registry.recognition` and `envelopes` do for the same path, with the questions asked beforehand that a path answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.jsontext import opened
from signalbook.registry.recognition import ABSENT, first_at, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from signalbook.registry import KeyPart
    from signalbook.registry.recognition import Candidate

    Read = Callable[[Any], Any]
    Path = tuple[str, ...]


def value(path: Path) -> Read:
    """Return what reads the value at a path of an object, also through strings that hold JSON text; `ABSENT` where nothing is."""
    if len(path) == 1:
        (key,) = path
        return lambda one: one.get(key, ABSENT)
    if len(path) == 2:  # noqa: PLR2004 - deeper ones are rare
        first, second = path

        def below(one: Any) -> Any:
            inner = one.get(first, ABSENT)
            if type(inner) is str:
                inner = opened(inner)
            return inner.get(second, ABSENT) if type(inner) is dict else ABSENT

        return below
    return lambda one: value_at(one, path)


def _text(rule: KeyPart) -> Read:
    """Return what reads the text of one part of the key that names an event, or None where there is none."""
    if len(rule.path) == 1 and not rule.otherwise:
        (key,) = rule.path
        return lambda one: text if type(text := one.get(key)) is str else None
    read = value(rule.path)
    otherwise = value(rule.otherwise) if rule.otherwise else None

    def found(one: Any) -> str | None:
        text = read(one)
        if type(text) is not str and otherwise:
            text = otherwise(one)
        return text if type(text) is str else None

    return found


def texts(rules: Sequence[KeyPart]) -> Read:
    """Return what reads the texts of a whole key: the text of the only part, or a tuple of all."""
    reads = [_text(rule) for rule in rules]
    if len(reads) == 1:
        return reads[0]
    if len(reads) == 2:  # noqa: PLR2004 - what most keys have
        first, second = reads
        return lambda one: (first(one), second(one))
    return lambda one: tuple([read(one) for read in reads])


def _slot(at: Path, decode: Iterable[Path], last: Read) -> Read:
    """Return what reads what an envelope holds, without lists on the way; None where nothing is there.

    Of JSON text it opens what `decode` names, and by `last` what stands in the slot itself.
    """
    steps = [(key, at[: place + 1] in set(decode)) for place, key in enumerate(at)]
    if not steps:
        return lambda one: one
    if len(steps) == 1:
        ((key, is_text),) = steps
        return (lambda one: last(one.get(key))) if is_text else (lambda one: one.get(key))

    *before, (end, is_text_at_end) = steps

    def found(one: Any) -> Any:
        for key, is_text in before:
            one = one.get(key) if type(one) is dict else None
            if is_text:
                one = opened(one)
        one = one.get(end) if type(one) is dict else None
        return last(one) if is_text_at_end else one

    return found


def held(at: Path, decode: Sequence[Path], last: Read = opened) -> tuple[Read | None, Read]:
    """Return what reads the list of an envelope whose path has a `*`, or None, and what reads the slot: in each item of the list, or in the envelope.

    `last` opens the JSON text that stands in the slot itself.
    """
    if "*" not in at:
        return None, _slot(at, decode, last)
    star = at.index("*")
    inside = [place[star + 1 :] for place in decode if place[: star + 1] == at[: star + 1]]
    return _slot(at[:star], [place for place in decode if len(place) <= star], opened), _slot(at[star + 1 :], inside, last)


def look(candidates: Sequence[Candidate], keys: tuple[str, ...]) -> Read | None:
    """Return what reads all that the choice between the candidates for some keys depends on, as something to look up; None where that is nothing.

    Two objects with these keys of which it reads the same are the same to every test that is still open.
    """
    tests: dict[Path, list[Mapping[str, Any]]] = {}
    inside: dict[Path, None] = {}
    for one in candidates:
        # What makes a form likely counts only against another.
        likely = one.known.recognise.likely if len(candidates) > 1 else ()
        for path, test in (*one.some, *one.values, *likely):
            if path[0] in keys and (test or len(path) > 1):
                tests.setdefault(path, []).append(test)
        inside |= dict.fromkeys(one.known.recognise.inside)
    probes = [*(_probe(path, found) for path, found in tests.items()), *map(_inside, inside)]
    if len(probes) < 2:  # noqa: PLR2004 - no tuple is needed
        return probes[0] if probes else None
    return lambda one: tuple([probe(one) for probe in probes])


def _probe(path: Path, tests: list[Mapping[str, Any]]) -> Read:
    read = value(path)
    words = [word for test in tests for word in (*test.get("enum", ()), *([test["prefix"]] if "prefix" in test else ()))]
    if not words:
        return lambda one: type(read(one))
    # One character more than the longest word: a longer text is none of them.
    most = max(map(len, words)) + 1

    def found(one: Any) -> Any:
        text = read(one)
        return text[:most] if type(text) is str else type(text)

    return found


def _inside(path: Path) -> Read:
    read = value(path)

    def keys(one: Any) -> Any:
        found = first_at(one, path) if "*" in path else read(one)
        return tuple(found) if type(found) is dict else type(found)

    return keys
