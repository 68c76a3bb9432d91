"""The room `compat`: what it proves holds, what it shows is true, and what it does not know it says; and the changes in people's words."""

from __future__ import annotations

from time import monotonic
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparing import UNIVERSE, accepts, renamed, schemas, widened
from signalbook import Registry, compat
from signalbook.compat import Answer, candidates, compare, proof

SECONDS = 0.5  # of search: the properties below hold whatever is found
STRING: dict[str, Any] = {"type": "string"}
NODE: dict[str, Any] = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "next": {"$ref": "#/definitions/node"}},
}
LIST = {"definitions": {"node": NODE}, "$ref": "#/definitions/node"}
WIDER_LIST = {
    "definitions": {"node": {**NODE, "properties": {**NODE["properties"], "value": {"type": "number"}}}},
    "$ref": "#/definitions/node",
}


def both(old: Any, new: Any) -> tuple[Answer, Answer]:
    """Return the two answers, backward and forward."""
    found = compare(old, new, seconds=SECONDS)
    return found.backward, found.forward


def states(old: Any, new: Any) -> tuple[str, str]:
    """Return the states of the two answers."""
    backward, forward = both(old, new)
    return backward.state, forward.state


@given(schemas())
def test_every_schema_holds_itself(schema: Any) -> None:
    """Nothing is lost between a schema and itself, nor when it is written in another order."""
    assert states(schema, schema) == ("proved", "proved")
    assert "broken" not in states(schema, renamed(schema, {}))


@given(schemas(), schemas())
def test_an_answer_agrees_with_the_reference_engine(old: Any, new: Any) -> None:
    """What is proved is refuted by no value at hand, and a witness shows what it is said to show, to the reference engine."""
    backward, forward = both(old, new)
    before, after = accepts(old), accepts(new)
    for answer, narrow, wide in ((backward, before, after), (forward, after, before)):
        if answer.state == "broken":
            assert (narrow(answer.witness), wide(answer.witness)) == (True, False)
        elif answer.state == "proved":
            assert [value for value in UNIVERSE if narrow(value) is True and wide(value) is False] == []


@given(st.data())
def test_what_is_wider_is_never_called_broken(data: st.DataObject) -> None:
    """A schema made wider accepts all that it accepted: no witness can be found, and mostly it is proved."""
    schema = data.draw(schemas())
    wider = data.draw(widened(schema))
    assert both(schema, wider)[0].state != "broken"


@given(st.data())
def test_what_is_proved_twice_is_not_refuted(data: st.DataObject) -> None:
    """Where the second holds the first and the third the second, the third holds the first: nothing breaks it."""
    first = data.draw(schemas(1))
    second = data.draw(widened(first))
    third = data.draw(widened(second))
    steps = (both(first, second)[0].state, both(second, third)[0].state)
    if steps == ("proved", "proved"):
        assert both(first, third)[0].state != "broken"


@given(st.data())
def test_names_and_order_do_not_matter(data: st.DataObject) -> None:
    """Other names for the properties, and another order of keys, change no verdict."""
    old = data.draw(schemas(1))
    new = data.draw(st.one_of(schemas(1), widened(old)))
    names = {"a": "b", "b": "a"}
    unlike = {
        "pattern",
        "patternProperties",
        "propertyNames",
        "minLength",
        "maxLength",
    }  # in these a letter is no name
    if not any(keyword in str(schema) for keyword in unlike for schema in (old, new)):
        assert states(old, new) == states(renamed(old, names), renamed(new, names))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"properties": {"a": {"not": {"$ref": "#"}}}}, {"properties": {"a": {"$ref": "#"}}}),
        (
            {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#"}}]},
            {"type": ["null", "array"], "items": {"$ref": "#"}},
        ),
        (
            {"allOf": [{"type": "string"}, {"type": "number"}]},
            {"type": "object", "required": ["a"], "maxProperties": 0},
        ),
        (
            {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}},
            {"type": "object", "properties": {"a": {"$ref": "#"}}},
        ),
        (
            {
                "allOf": [
                    {"if": {"const": one}, "then": {"minimum": one}, "else": {"not": {"const": -one}}}
                    for one in range(1, 9)
                ]
            },
            {"type": "number"},
        ),
        ({"enum": list(range(500))}, {"enum": list(range(1, 501))}),
        ({"pattern": "^(a|b)*a(a|b){18}$"}, {"pattern": "^(a|b)*b(a|b){18}$"}),
        (
            {"properties": {f"field{n}": {"pattern": f"^{n}[a-z]+$"} for n in range(150)}},
            {"additionalProperties": {"maxLength": 3}},
        ),
    ],
)
def test_it_ends(old: Any, new: Any) -> None:
    """Schemas that refer to themselves, contradict themselves or are large are compared in bounded time, and get an answer."""
    start = monotonic()
    assert {*states(old, new), *states(new, old)} <= {"proved", "broken", "undecided"}
    assert monotonic() - start < 60


@pytest.mark.parametrize(
    ("old", "new", "backward", "forward"),
    [
        pytest.param(
            {"properties": {}},
            {"properties": {"a": STRING}},
            "broken",
            "proved",
            id="a field in an open object",
        ),
        pytest.param(
            {"required": ["a"]},
            {"required": ["a", "b"]},
            "broken",
            "proved",
            id="required without a property",
        ),
        pytest.param(
            {"oneOf": [STRING, {"type": "number"}]},
            {"oneOf": [STRING, {"type": "number"}, {"type": "integer"}]},
            "broken",
            "proved",
            id="overlap",
        ),
        pytest.param({**STRING, "format": "date-time"}, STRING, "proved", "broken", id="format"),
        pytest.param(
            {"patternProperties": {"^x-": STRING}},
            {"patternProperties": {"^x": STRING}},
            "broken",
            "proved",
            id="pattern properties",
        ),
        pytest.param(
            {**STRING, "pattern": "^[0-9]{4}$"},
            {**STRING, "pattern": "^[0-9]{4,6}$"},
            "proved",
            "broken",
            id="pattern",
        ),
        pytest.param(
            {**STRING, "pattern": "^(on|off)$"},
            {"enum": ["on", "off"]},
            "proved",
            "proved",
            id="pattern and list",
        ),
        pytest.param({"const": 1}, {"const": True}, "broken", "broken", id="1 is not true"),
        pytest.param({"const": 1}, {"const": 1.0}, "proved", "proved", id="1 is 1.0"),
        pytest.param(
            {"type": "integer"}, {"type": "number", "multipleOf": 1}, "proved", "proved", id="integer"
        ),
        pytest.param(
            {"dependencies": {"a": ["b"]}},
            {"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}},
            "broken",
            "proved",
            id="not only objects",
        ),
        pytest.param(LIST, WIDER_LIST, "proved", "broken", id="recursion"),
        pytest.param(
            {"items": {"$ref": "#"}, "type": "array"},
            {"type": "array"},
            "proved",
            "broken",
            id="the whole again",
        ),
        pytest.param(
            {"enum": [{"$ref": "#"}]},
            {"properties": {"$ref": {"const": "#"}}},
            "proved",
            "broken",
            id="a reference that is none",
        ),
        pytest.param(
            {"default": 1, "title": "a"}, {"default": 2, "x-note": "b"}, "proved", "proved", id="annotations"
        ),
        pytest.param(
            {**STRING, "contentEncoding": "base64"}, STRING, "proved", "proved", id="content is an annotation"
        ),
        pytest.param({**STRING, "format": "uuid"}, STRING, "proved", "proved", id="no format of draft-07"),
        pytest.param(
            {"x-defs": {"a": STRING}, "$ref": "#/x-defs/a"},
            STRING,
            "proved",
            "proved",
            id="definitions anywhere",
        ),
        pytest.param({"minimum": 1e308}, {"minimum": 1e300}, "proved", "broken", id="great numbers"),
        pytest.param({"const": 10**30}, {"const": 10**30 + 1}, "broken", "broken", id="greater numbers"),
        pytest.param(
            {"definitions": {"a": {"$ref": "#/definitions/a"}}, **STRING},
            STRING,
            "proved",
            "proved",
            id="a circle that nothing refers to",
        ),
        pytest.param(
            {**STRING, "pattern": "(?=a)b"}, {"pattern": "(?=a)b"}, "proved", "broken", id="look-ahead"
        ),
    ],
)
def test_what_rules_get_wrong(old: Any, new: Any, backward: str, forward: str) -> None:
    """The changes that checkers with a list of rules are known to judge wrongly, and those that went wrong here once."""
    assert states(old, new) == (backward, forward)


DRAFT_04 = {"$schema": "http://json-schema.org/draft-04/schema#"}
NEWEST = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            {**DRAFT_04, "type": "number", "maximum": 5, "exclusiveMaximum": True},
            {**NEWEST, "type": "number", "exclusiveMaximum": 5},
            ("proved", "proved"),
        ),
        ({**DRAFT_04, "type": "integer"}, {"type": "integer"}, ("proved", "proved")),
        (
            {**DRAFT_04, "type": "number", "multipleOf": 1},
            {**DRAFT_04, "type": "integer"},
            ("proved", "proved"),
        ),
        (
            {**NEWEST, "prefixItems": [STRING], "items": False},
            {"items": [STRING], "additionalItems": False},
            ("proved", "proved"),
        ),
        ({**NEWEST, "dependentRequired": {"a": ["b"]}}, {"dependencies": {"a": ["b"]}}, ("proved", "proved")),
        (
            {**NEWEST, "contains": STRING, "minContains": 2},
            {**NEWEST, "contains": STRING},
            ("proved", "broken"),
        ),
        (
            {**NEWEST, "properties": {"a": {}}, "unevaluatedProperties": False},
            {"properties": {"a": {}}, "additionalProperties": False},
            ("proved", "proved"),
        ),
        ({**NEWEST, **STRING, "format": "date-time"}, {**NEWEST, **STRING}, ("proved", "proved")),
        ({"maximum": 5, "exclusiveMaximum": True}, {"maximum": 5}, ("proved", "broken")),
        ({"prefixItems": [STRING]}, {}, ("proved", "broken")),
        ({"$schema": "https://json-schema.org/draft-07/schema", **STRING}, STRING, ("proved", "proved")),
    ],
)
def test_dialects(old: Any, new: Any, expected: tuple[str, str]) -> None:
    """Schemas of different dialects are compared as what they mean; one that names none is read as the other one, or as what its keywords tell."""
    assert states(old, new) == expected


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (3, "a schema is an object"),
        ({"type": "strin"}, "at /type"),
        ({"$schema": "https://example.org/dialect"}, "no dialect that can be compared"),
        ({"properties": {"a": {"$ref": "other.json"}}}, "other.json"),
        ({"$ref": "#/definitions/none"}, "/definitions/none"),
        ({"pattern": "("}, "at /pattern"),
        ({"$ref": "#"}, "refers to itself"),
        ({"not": {"$ref": "#"}}, "refers to itself"),
        (
            {
                "properties": {"a": {"$ref": "#/definitions/a"}},
                "definitions": {"a": {"allOf": [{"$ref": "#/definitions/a"}]}},
            },
            "#/definitions/a refers",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(schema: Any, message: str) -> None:
    """What is no schema, or refers to what is not in it, is refused, and the message says where."""
    with pytest.raises(compat.Unusable, match=message):
        compare({}, schema)


def test_what_is_not_known_is_said() -> None:
    """Where neither a proof nor a witness is found, the answer is undecided, with the reason and the bound."""
    answer = compare({**STRING, "format": "time"}, {**STRING, "pattern": "^[0-9]{2}:"}, seconds=0.1).backward
    assert answer.state == "undecided"
    assert "within 0.1 s" in answer.reason
    disputed = compare({**STRING, "pattern": r"^\w$"}, {**STRING, "pattern": r"^[\wé]$"}, seconds=0.1).forward
    assert (disputed.state, "engines disagree" in disputed.reason) == ("undecided", True)


def test_what_cannot_be_made_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no value made along the differences shows it, one that Hypothesis draws does, the same one each time."""
    monkeypatch.setattr(candidates, "candidates", lambda *_: iter([[]]))
    old, new = obj({"a": {"type": "integer"}}), obj({"a": {"type": "integer", "maximum": 7}})
    answers = [compare(old, new, seconds=30).backward for _ in range(2)]
    assert [(answer.state, answer.witness) for answer in answers] == [("broken", {"a": 8})] * 2


def test_a_witness_overrules_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the prover ever be wrong, a value that both engines tell apart says so."""
    monkeypatch.setattr(proof, "covered", lambda *_: True)
    assert compare({"type": "number"}, {"type": "integer"}).backward.state == "broken"


def test_json_text_in_strings_is_compared_as_what_it_says() -> None:
    """A change inside a described string is seen, and the witness holds text; where only one side describes it, nothing is claimed."""

    def holding(content: dict[str, Any]) -> dict[str, Any]:
        return obj({"Message": {**STRING, "contentSchema": content}}, "Message")

    old, new = holding(obj({"state": STRING}, "state")), holding(obj({"state": STRING}))
    found = compare(old, new)
    assert (found.backward.state, found.forward.witness, found.bump) == ("proved", {"Message": "{}"}, "major")
    apart = compare(old, obj({"Message": STRING}, "Message"))
    assert (apart.backward.state, apart.survives.state) == ("undecided", "undecided")
    assert compare(old, old).bump == "none"


def test_a_witness_is_as_small_as_it_gets() -> None:
    """What a witness does not need is not in it, and what it needs is plain."""
    schema = {
        "type": "object",
        "required": ["id", "state"],
        "properties": {
            "id": {"type": "string", "pattern": "^i-[a-z0-9]{4,}$"},
            "state": {"enum": ["on", "off"]},
            "tags": {"type": "array"},
        },
    }
    wider = {**schema, "properties": {**schema["properties"], "state": {"enum": ["on", "off", "lost"]}}}  # type: ignore[dict-item]
    assert compare(schema, wider).forward.witness == {"id": "i-aaaa", "state": "lost"}


def obj(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {
        "type": "object",
        "properties": properties,
        **({"required": list(required)} if required else {}),
        **more,
    }


STATE = {"enum": ["on", "off"]}
CHANGES = [
    pytest.param(
        obj({"a": STRING}),
        obj({"a": {**STRING, "description": "A."}}),
        [("/a", "docs", "words changed")],
        "patch",
        id="words",
    ),
    pytest.param(
        obj({"a": STRING}),
        obj({"a": STRING, "b": STRING}),
        [("/b", "additive", "field added, sent sometimes: string")],
        "minor",
        id="added",
    ),
    pytest.param(
        obj({"a": STRING}),
        obj({"a": STRING, "b": STRING}, "b"),
        [("/b", "additive", "always sent")],
        "minor",
        id="added for good",
    ),
    pytest.param(
        obj({"a": STATE}),
        obj({"a": {"enum": ["on"]}}),
        [("/a", "vocabulary", 'removed from the list: "off"')],
        "minor",
        id="value gone",
    ),
    pytest.param(
        obj({"a": STATE}),
        obj({"a": {"enum": ["on", "off", "x"]}}),
        [("/a", "vocabulary", 'added to the list: "x"')],
        "minor",
        id="value added",
    ),
    pytest.param(
        obj({"a": {**STRING, "x-known": ["on"]}}),
        obj({"a": {**STRING, "x-known": ["on", "off"]}}),
        [("/a", "vocabulary", 'added to the list: "off"')],
        "minor",
        id="known value added",
    ),
    pytest.param(
        obj({"a": STATE}),
        obj({"a": STRING}),
        [("/a", "vocabulary", "list of values removed"), ("/a", "retyped", "")],
        None,
        id="list gone",
    ),
    pytest.param(
        obj({"a": {**STRING, "pattern": "^a$"}}),
        obj({"a": {**STRING, "pattern": "^b$"}}),
        [("/a", "vocabulary", "form changed: pattern")],
        "minor",
        id="form",
    ),
    pytest.param(
        obj({"a": {**STRING, "pattern": "^(a|b)$"}}),
        obj({"a": {**STRING, "pattern": "^[ab]$"}}),
        [("/a", "vocabulary", "form changed")],
        "patch",
        id="form written in another way",
    ),
    pytest.param(
        obj({"a": STRING}, "a"),
        obj({"a": STRING}),
        [("/a", "guarantee", "weakened: always sent before, sometimes now")],
        "major",
        id="weaker",
    ),
    pytest.param(
        obj({"a": STRING}),
        obj({"a": STRING}, "a"),
        [("/a", "guarantee", "strengthened")],
        "minor",
        id="stronger",
    ),
    pytest.param(
        obj({"a": STRING}),
        obj({"a": {"type": ["string", "null"]}}),
        [("/a", "guarantee", "it may be null now")],
        "major",
        id="null",
    ),
    pytest.param(
        obj({"a": {"const": "x"}}),
        obj({"a": {"const": "y"}}),
        [("/a", "guarantee", 'fixed value changed: "x" → "y"')],
        "major",
        id="constant",
    ),
    pytest.param(
        obj({"a": {"type": "integer"}}),
        obj({"a": STRING}),
        [("/a", "retyped", "type changed: integer → string")],
        "major",
        id="type",
    ),
    pytest.param(
        obj({"a": {"type": "array", "items": STRING}}),
        obj({"a": {"type": "array", "items": {"type": "integer"}}}),
        [("/a/*", "retyped", "type changed: string → integer")],
        "major",
        id="type of items",
    ),
    pytest.param(
        obj({"a": STRING, "b": STRING}),
        obj({"a": STRING}),
        [("/b", "removed", "field removed; it was sent sometimes")],
        "major",
        id="removed",
    ),
    pytest.param(
        obj({"ownerUid": STRING}),
        obj({"owner_uid": STRING}),
        [("/ownerUid", "renamed", "field renamed? 'owner_uid' came")],
        "major",
        id="renamed",
    ),
    pytest.param(
        obj({"a": STRING, "in": obj({"b": STRING})}),
        obj({"a": STRING, "b": STRING, "in": obj({})}),
        [("/in/b", "moved", "stands at /b now")],
        "major",
        id="moved",
    ),
    pytest.param(
        obj({"a": {"type": "array"}}),
        obj({"a": {"type": "array", "items": STRING}}),
        [("/a/*", "guarantee", "what stands here is described now: string")],
        "minor",
        id="items described",
    ),
    pytest.param(
        obj({}, additionalProperties=STRING),
        obj({}),
        [("/*", "guarantee", "not described any more; it was string")],
        "major",
        id="map not described any more",
    ),
    pytest.param(
        obj({"a": STRING}),
        obj({"a": STRING}, additionalProperties=False),
        [("", "guarantee", "ruled out now")],
        "minor",
        id="closed",
    ),
    pytest.param(
        obj({"a": {"const": 1}}),
        obj({"a": {"const": True}}),
        [("/a", "guarantee", "fixed value changed: 1 → true")],
        "major",
        id="1 and true",
    ),
    pytest.param(LIST, WIDER_LIST, [("/value", "retyped", "integer → number")], "major", id="recursive"),
    pytest.param(obj({"a": STRING}), obj({"a": STRING}), [], "none", id="nothing"),
]


@pytest.mark.parametrize(("old", "new", "expected", "bump"), CHANGES)
def test_changes_in_words(old: Any, new: Any, expected: list[tuple[str, str, str]], bump: str | None) -> None:
    """Each kind of change is told at its place, in its class, and asks for the part of the number that the law says."""
    found = compare(old, new)
    told = [(change.path, change.kind) for change in found.changes]
    for path, kind, text in expected:
        assert (
            any(
                change.path == path and change.kind == kind and text in change.message
                for change in found.changes
            )
            or not text
        ), found.changes
    if bump:
        assert (found.bump, told) == (bump, [(path, kind) for path, kind, _ in expected])


def test_every_class_means_something() -> None:
    """Every class of change has a sentence for consumers, and is among the changes tested above."""
    classes = {kind for row in CHANGES for _, kind, _ in row.values[2]}  # type: ignore[union-attr]
    assert classes == set(compat.CLASSES)


@settings(max_examples=60)
@given(schemas(), schemas())
def test_every_pair_can_be_told(old: Any, new: Any) -> None:
    """Any two schemas have changes, a bump and a text in each form; equal ones have none."""
    found = compare(old, new, seconds=0)
    assert found.bump in compat.BUMPS
    assert compat.text(found, "old", "new").startswith("old → new: ")
    assert compat.markdown(found, "old", "new").startswith("### old → new: ")
    assert compare(old, old).changes == []


@pytest.mark.night  # `signalbook lint` asks the same of each version
def test_the_history_of_the_catalogue(registry: Registry) -> None:
    """Where the catalogue has several versions, each number says exactly what was computed, and every step is settled."""
    owners = [*registry.events.values(), *registry.envelopes.values()]
    steps = [step for owner in owners for step in compat.history(owner)]
    assert len(steps) >= 8
    for step in steps:
        answers = step.comparison.answers().values()
        assert (step.declared, "undecided" in {answer.state for answer in answers}) == (
            step.comparison.bump,
            False,
        ), step


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("1.0.0", "2.0.0", "major"),
        ("1.0.9", "1.1.0", "minor"),
        ("1.1.0", "1.1.1", "patch"),
        ("1.0.0", "1.0.0", "none"),
    ],
)
def test_what_a_number_declares(old: str, new: str, part: str) -> None:
    """The highest part that was raised is what a version number says of a change."""
    assert compat.declared(old, new) == part
