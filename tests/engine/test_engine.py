"""What a person reads about a fault: one problem for each, at its place, in the words of the field; and that two engines agree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signalbook import Registry, check
from signalbook.engine import levels, messages, schema_validator
from signalbook.engine.schema_validator import (
    Checker,
    Library,
    Unresolved,
    meta_problem,
    reference_errors,
    refusal,
    schema_error,
)
from signalbook.registry.lint.rule import contracts

if TYPE_CHECKING:
    from signalbook.engine.levels import Schema
    from signalbook.engine.problems import Problem
    from signalbook.registry import Contract

CATALOGUE = Registry.load()
CONTRACTS = [pytest.param(contract, id=str(contract)) for contract in contracts(CATALOGUE)]

# A share of the profile's examples for each contract, because there are many contracts.
_FOR_EACH = settings(max_examples=max(settings().max_examples // 16, 1))

# A shared definition with words of its own, and an event whose fields say what it means there.
_TIME: Schema = {
    "title": "Time",
    "description": "Any time.",
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "format": "date",
    "x-form": "yyyy-MM-dd",
}
_STATE: Schema = {"description": "Any state.", "type": "string", "x-known": ["pending", "running"]}
_EVENT: Schema = {
    "type": "object",
    "required": ["eventAction", "eventTime"],
    "properties": {
        "eventAction": {"description": "What happened.", "type": "string", "const": "StateChange"},
        "eventTime": {"description": "When it happened.", "allOf": [_TIME]},
        "state": {"description": "State now.", "allOf": [_STATE]},
        "level": {"description": "How bad.", "type": "string", "enum": ["INFO", "WARN"]},
        "detail": {
            "description": "The rest.",
            "type": "object",
            "properties": {"count": {"type": ["integer", "null"]}},
        },
        "tags": {"description": "Tags.", "type": "array", "items": {"type": "string", "maxLength": 3}},
        "size": {
            "description": "How large.",
            "anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]+$", "x-form": "digits"}],
        },
    },
}
_GOOD = {"eventAction": "StateChange", "eventTime": "2021-02-01"}


def _problems(schema: Schema, value: Any) -> list[Problem]:
    return Checker(schema).problems(value)


def _told(
    schema: Schema, value: Any
) -> list[tuple[str, tuple[str | int, ...], str, str | None, str | None, str | None]]:
    """Return of each problem what a report shows: rule, path, message, what was expected, what was found, the hint."""
    return [
        (one.rule, one.path, one.message, one.expected, one.found, one.hint)
        for one in _problems(schema, value)
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(
            {"level": "INFO", "state": "running", "size": "12", "detail": {"count": None}, "tags": ["a"]},
            None,
            id="nothing",
        ),
        pytest.param(
            {"eventAction": "stateChange"},
            (
                "const",
                ("eventAction",),
                "is not the required value",
                '"StateChange"',
                '"stateChange"',
                "did you mean 'StateChange'?",
            ),
            id="const-in-another-case",
        ),
        pytest.param(
            {"eventAction": 7},
            ("type", ("eventAction",), "wrong type", "string", "7", None),
            id="type-and-const-are-one-fault",
        ),
        pytest.param(
            {"eventTime": "yesterday"},
            (
                "pattern",
                ("eventTime",),
                "does not match the documented format",
                "yyyy-MM-dd",
                '"yesterday"',
                None,
            ),
            id="pattern-and-format-are-one-fault",
        ),
        pytest.param(
            {"level": "warn"},
            (
                "enum",
                ("level",),
                "is not a documented value",
                '"INFO", "WARN"',
                '"warn"',
                "did you mean 'WARN'?",
            ),
            id="enum-nearly",
        ),
        pytest.param(
            {"level": "fatal"},
            ("enum", ("level",), "is not a documented value", '"INFO", "WARN"', '"fatal"', None),
            id="enum-far-off",
        ),
        pytest.param(
            {"state": "runing"},
            (
                "unlisted-value",
                ("state",),
                "is not a known value",
                '"pending", "running"',
                '"runing"',
                "did you mean 'running'?",
            ),
            id="x-known-nearly",
        ),
        pytest.param(
            {"detail": '{"count": 1}'},
            (
                "type",
                ("detail",),
                "wrong type",
                "object",
                '"{\\"count\\": 1}"',
                "the string contains JSON: something in transit encoded the object as a string, so decode it once more",
            ),
            id="JSON-text-instead-of-an-object",
        ),
        pytest.param(
            {"detail": "[count]"},
            ("type", ("detail",), "wrong type", "object", '"[count]"', None),
            id="a-bracket-is-not-yet-JSON-text",
        ),
        pytest.param(
            {"detail": {"count": "1"}},
            ("type", ("detail", "count"), "wrong type", "integer or null", '"1"', None),
            id="one-of-several-types",
        ),
        pytest.param(
            {"size": "large"},
            (
                "anyOf",
                ("size",),
                "matches none of the documented alternatives",
                "integer or digits",
                '"large"',
                None,
            ),
            id="alternatives-in-one-line",
        ),
        pytest.param(
            {"more": [1, 2]},
            ("unknown-field", ("more",), "unknown field 'more'", None, "[1,2]", None),
            id="unknown-field",
        ),
        pytest.param(
            {"Level": "INFO"},
            ("unknown-field", ("Level",), "unknown field 'Level'", None, '"INFO"', "did you mean 'level'?"),
            id="unknown-field-that-resembles-one",
        ),
        pytest.param(
            {"level": "INFO", "Level": "INFO"},
            ("unknown-field", ("Level",), "unknown field 'Level'", None, '"INFO"', None),
            id="no-hint-at-a-field-that-is-there",
        ),
    ],
)
def test_one_fault_is_told_once_with_its_place_and_what_was_probably_meant(
    changes: dict[str, Any], told: tuple[Any, ...] | None
) -> None:
    """What was expected and found in a few words, the most basic of several complaints only, and a hint where one is likely."""
    assert _told(_EVENT, _GOOD | changes) == ([told] if told else [])


def test_a_misspelt_field_is_one_fault_and_not_two() -> None:
    """The missing field is reported with the key that is there instead; that key is not reported as unknown as well."""
    assert _told(_EVENT, {"eventaction": "StateChange", "eventTime": "2021-02-01"}) == [
        (
            "required",
            (),
            "'eventAction' is missing",
            "the field 'eventAction', \"StateChange\"",
            "an object with 'eventaction', 'eventTime'",
            "found 'eventaction': did you mean 'eventAction'?",
        )
    ]


def test_a_missing_field_is_told_with_its_form_and_what_it_is_for() -> None:
    """Nothing is there to show, so the contract's own words matter most."""
    problem = _problems({"allOf": [_EVENT]}, {"eventAction": "StateChange"})[0]
    assert (problem.path, problem.field, problem.expected, problem.description, problem.weight) == (
        (),
        "eventTime",
        "the field 'eventTime', yyyy-MM-dd",
        "When it happened.",
        "guarantee",
    )


def test_several_faults_are_told_in_the_order_of_their_places() -> None:
    """A list that is wrong in many places reads from the first item to the last."""
    value = _GOOD | {"tags": ["long text", 1], "level": "x", "eventTime": "y"}
    assert [(one.rule, one.path) for one in _problems(_EVENT, value)] == [
        ("pattern", ("eventTime",)),
        ("enum", ("level",)),
        ("maxLength", ("tags", 0)),
        ("type", ("tags", 1)),
    ]


def test_items_are_told_in_the_order_of_their_numbers() -> None:
    """Item 2 stands before item 10."""
    assert [one.path for one in _problems(_EVENT, _GOOD | {"tags": [1] * 12})] == [
        ("tags", place) for place in range(12)
    ]


def _field(**about: Any) -> Schema:
    return {"description": "The event.", "properties": {"when": {"description": "The field.", **about}}}


@pytest.mark.parametrize(
    ("schema", "value", "description", "expected"),
    [
        pytest.param(_field(allOf=[_TIME]), {"when": "x"}, "The field.", "yyyy-MM-dd", id="shared-definition"),
        pytest.param(_field(allOf=[{"allOf": [_TIME]}]), {"when": "x"}, "The field.", "yyyy-MM-dd", id="shared-definition-of-a-shared-definition"),
        pytest.param(
            _field(**{"allOf": [_TIME], "x-form": "the month"}),
            {"when": "x"},
            "The field.",
            "the month",
            id="x-form-of-the-field",
        ),
        pytest.param(_field(properties={"a": {"type": "string"}}), {"when": {"a": 1}}, None, "string", id="no-text-of-its-own"),
        pytest.param(_field(items={"type": "string"}), {"when": [1]}, "The field.", "string", id="item-without-text"),
        pytest.param(_field(items={"description": "One.", "type": "string"}), {"when": [1]}, "One.", "string", id="item-with-text"),
        pytest.param(_field(additionalProperties={"description": "A value.", "type": "string"}), {"when": {"a": 1}}, "A value.", "string", id="map"),
        pytest.param({"patternProperties": {"^x": {"description": "An x.", "type": "string"}}}, {"xa": 1}, "An x.", "string", id="patternProperties"),
        pytest.param({"allOf": [_field(type="string")]}, {"when": 1}, "The field.", "string", id="field-of-a-base"),
        pytest.param({"properties": {"properties": {"properties": {"properties": {"description": "In.", "type": "string"}}}}},
                     {"properties": {"properties": 1}}, "In.", "string", id="a-field-called-properties"),
        pytest.param({"properties": {"items": {"items": {"description": "One.", "type": "string"}}}}, {"items": [1]}, "One.", "string", id="a-field-called-items"),
        pytest.param(_field(properties={"items": {"type": "string"}}), {"when": {"items": 1}}, None, "string", id="a-field-called-items-without-text"),
    ],
)  # fmt: skip
def test_the_words_are_those_of_the_field(
    schema: Schema, value: Any, description: str | None, expected: str
) -> None:
    """What the contract says of this very field is shown, not what a shared definition says of all fields of its kind, nor what is said of another."""
    assert [(problem.description, problem.expected) for problem in _problems(schema, value)] == [
        (description, expected)
    ]


KEYS = [
    '"',
    "'",
    "a/b",
    "a~b",
    "~1",
    "a.b",
    "a b",
    "a%20b",
    "字",
    "é",
    "\n",
    "\\",
    "$ref",
    "#",
    "-1",
    "1.0",
    "properties",
    "items",
    "allOf",
    "type",
    "0x1",
    "0",
    "1",
    "01",
    "65535",
    "",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_fault_is_found_below_any_key_of_a_contract(key: str) -> None:
    """Whatever a provider calls its fields, the path of a problem leads to the value, and the words are those of the field."""
    schema = {"properties": {key: {"properties": {key: {"description": "Mine.", "type": "string"}}}}}
    assert [(one.path, one.found, one.description) for one in _problems(schema, {key: {key: 7}})] == [
        ((key, key), "7", "Mine.")
    ]


@pytest.mark.parametrize("key", KEYS)
def test_a_fault_is_found_below_any_key_of_a_payload(key: str) -> None:
    """Customers choose the keys of a map (tags, say): none of them may send a fault astray."""
    schema = {"additionalProperties": {"additionalProperties": {"type": "string"}}}
    assert [(one.path, one.found) for one in _problems(schema, {key: {key: 7}})] == [((key, key), "7")]


@pytest.mark.parametrize("key", KEYS)
def test_any_key_can_be_unknown_or_missing(key: str) -> None:
    """These two name the key themselves: the path holds it as it is, digits and empty keys too."""
    schema = {"required": ["a"], "properties": {"a": {"properties": {"b": True}}}}
    assert [(one.rule, one.path, one.field) for one in _problems(schema, {"a": {key: 7}})] == [
        ("unknown-field", ("a", key), key)
    ]
    assert [(one.rule, one.path, one.field) for one in _problems({"required": [key]}, {})] == [
        ("required", (), key)
    ]


def test_a_payload_with_a_numbered_tag_gets_a_verdict() -> None:
    """The same through the front door, with a tag that a customer called 1."""
    event = {
        "detail": {"resource": {"tags": {"1": 2}}},
        "notification_type": "ResourceChanged",
        "notification_creation_time": "",
        "domain_id": "",
    }
    assert "/detail/resource/tags/1" in [finding.pointer for finding in check(event).findings]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(10**30, id="large-integer"),
        pytest.param("\ud800", id="lone-surrogate"),
        pytest.param(float("nan"), id="nan"),
    ],
)
def test_any_value_that_the_standard_library_reads_gets_a_verdict(value: Any) -> None:
    """`check` takes what `json.loads` returns, and never raises for a payload."""
    payload = json.loads(json.dumps({"eventAction": "StateChange", "eventTime": value, "instanceId": "i-1"}))
    assert check(payload, event="jdcloud/vm/state-change").status in ("invalid", "unreadable")


@pytest.mark.parametrize(
    ("schema", "value", "rule", "message", "expected"),
    [
        pytest.param({"minLength": 3}, "ab", "minLength", "is too short", "at least 3", id="minLength"),
        pytest.param({"maximum": 3}, 4, "maximum", "is too large", "at most 3", id="maximum"),
        pytest.param({"uniqueItems": True}, [1, 1], "uniqueItems", "has duplicate items", None, id="uniqueItems"),
        pytest.param({"properties": {"a": False}}, {"a": 1}, "falseSchema", "must not be present", None, id="false"),
        pytest.param({"propertyNames": {"pattern": "^a$", "x-form": "an a"}}, {"b": 1}, "propertyNames", "the key 'b' does not match the documented format",
                     "an a", id="propertyNames"),
        pytest.param({"enum": [{"a": 1}, None]}, 3, "enum", "is not a documented value", '{"a":1}, null', id="enum-of-objects"),
        pytest.param({"not": {"required": ["a"]}}, {"a": 1}, "not", "has a form that is not allowed", 'not {"required":["a"]}', id="not"),
        pytest.param({"anyOf": [{"properties": {"a": {"type": "string"}}}, {"maxProperties": 0}]}, {"a": 1}, "anyOf",
                     "matches none of the documented alternatives", "type string or maxProperties 0", id="anyOf-without-types"),
        pytest.param({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}, "anyOf", "matches none of the documented alternatives",
                     "required a or required b", id="anyOf-required"),
    ],
)  # fmt: skip
def test_every_keyword_of_the_subset_has_words_for_people(
    schema: Schema, value: Any, rule: str, message: str, expected: str | None
) -> None:
    """No keyword is left with a bare name and `null`, and nothing is shown in Python's spelling."""
    assert [(one.rule, one.message, one.expected) for one in _problems(schema, value)] == [
        (rule, message, expected)
    ]


# Two engines: values that follow a contract for the most part, and stray anywhere.

_LETTERS = st.text(alphabet="abcXYZ-_.:é字", min_size=1, max_size=6)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 100) | st.sampled_from([0.5, 1.0, 1e300]) | _LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_LETTERS, inner, max_size=3),
    max_leaves=5,
)


def _portable(text: str) -> bool:
    """Whether both engines read a text alike: to Python `$` matches before a last line break, and its dates have no year 0 and no leap second."""
    return not (text.endswith("\n") or text.startswith("0000-") or ":60" in text)


def _strings(schema: Schema) -> st.SearchStrategy[str]:
    if "pattern" in schema:
        return st.from_regex(str(schema["pattern"]), fullmatch=True).filter(_portable)
    return _LETTERS | st.sampled_from(
        [
            value
            for value in (*schema.get("x-known", ()), *schema.get("examples", ()))
            if isinstance(value, str)
        ]
        or [""]
    )


def _following(schema: Any) -> st.SearchStrategy[Any]:
    """Return values that a resolved schema would mostly accept."""
    if not isinstance(schema, dict) or not schema:
        return _ANYTHING
    if "const" in schema or "enum" in schema:
        return st.sampled_from([schema["const"]] if "const" in schema else schema["enum"])
    if branches := [branch for keyword in ("allOf", "anyOf", "oneOf") for branch in schema.get(keyword, ())]:
        whole = (
            {**branches[0], "properties": levels.declared(schema), "required": schema.get("required", [])}
            if levels.declared(schema)
            else None
        )
        return _following(whole) if whole else st.one_of([_following(branch) for branch in branches])
    types = schema.get("type", "object" if "properties" in schema else [])
    return st.one_of(
        [_of_type(one, schema) for one in ([types] if isinstance(types, str) else types)] or [_ANYTHING]
    )


def _of_type(kind: str, schema: Schema) -> st.SearchStrategy[Any]:
    if kind == "object":
        fields = {
            name: st.one_of(_following(inner), _following(inner), _ANYTHING)
            for name, inner in schema.get("properties", {}).items()
        }
        sometimes = {
            name: strategy for name, strategy in fields.items() if name not in schema.get("required", ())
        }
        more = st.dictionaries(_LETTERS, _following(schema.get("additionalProperties")), max_size=1)
        whole = st.fixed_dictionaries(
            {name: fields[name] for name in fields if name not in sometimes}, optional=sometimes
        )
        return st.tuples(more, whole).map(lambda pair: pair[0] | pair[1])
    if kind == "array":
        return st.lists(_following(schema.get("items")), max_size=2)
    simple: dict[str, st.SearchStrategy[Any]] = {
        "string": _strings(schema),
        "integer": st.integers(-(2**53), 2**53),
        "number": st.floats(-1e9, 1e9),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return simple[kind]


@pytest.mark.parametrize("contract", CONTRACTS)
@_FOR_EACH
@given(data=st.data())
def test_two_engines_agree_on_values_drawn_from_a_contract(contract: Contract, data: st.DataObject) -> None:
    """The deciding engine and the reference engine accept and reject the same, as documented and strictly; and a rejection is always explained."""
    value = data.draw(_following(contract.resolved) | _ANYTHING)
    assert schema_validator.compiled(contract.resolved).is_valid(value) == (
        not reference_errors(contract.resolved, value)
    )
    problems = contract.checker.problems(value)
    assert (not problems) == (not reference_errors(levels.strict(contract.resolved, contract.slot), value))


def test_the_reference_engine_says_which_keyword_fails_and_where() -> None:
    """The second opinion is told as keyword and pointer, so that lint can print it."""
    assert reference_errors(_EVENT, {"eventAction": "x", "tags": [1]}) == [
        ("required", ""),
        ("const", "/eventAction"),
        ("type", "/tags/0"),
    ]


BASE = "https://signalbook.example/schemas/a/_shared/thing.json"
_LIBRARY = Library(
    {
        BASE: {
            "$id": BASE,
            "definitions": {"1": {"title": "one"}, "a b": {"title": "spaced"}, "c/d": {"title": "slashed"}},
            "allOf": [{"title": "first"}],
        }
    }
)


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        pytest.param("#/definitions/c~1d", "slashed", id="escaped-slash"),
        pytest.param("thing.json#/allOf/0", "first", id="index"),
        pytest.param("../_shared/thing.json#/allOf/0", "first", id="relative-path"),
        pytest.param("#/definitions/1", "one", id="a-key-of-digits"),
        pytest.param("#/definitions/a%20b", "spaced", id="percent-encoded"),
    ],
)
def test_a_reference_is_looked_up_where_it_is_resolved(reference: str, title: str) -> None:
    """`look_up` shows people what `resolve` puts into the schema: both follow the same reference to the same place."""
    resolved = _LIBRARY.resolve(
        {
            "$id": BASE.replace("thing", "other"),
            "allOf": [{"$ref": f"{'thing.json' * reference.startswith('#')}{reference}"}],
        }
    )
    assert resolved["allOf"][0]["title"] == title
    assert _LIBRARY.look_up(BASE, reference)["title"] == title


@pytest.mark.parametrize(
    "reference",
    [
        "missing.json",
        "#/definitions/none",
        "#/definitions/²",
        "#/allOf/7",
        "#/allOf/first",
        "https://elsewhere.example/x.json",
        "http://[disk",
    ],
)
def test_a_reference_that_leads_nowhere_is_unresolved(reference: str) -> None:
    """Nothing is fetched and nothing else is raised: a broken reference is the registry's to report."""
    with pytest.raises(Unresolved):
        _LIBRARY.look_up(BASE, reference)


@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        pytest.param(
            {"contentSchema": {"$ref": "e.json"}}, {"contentSchema": {"title": "e"}}, id="another-document"
        ),
        pytest.param(
            {"contentSchema": {"$ref": "#/definitions/k"}},
            {"contentSchema": {"title": "k"}},
            id="its-own-document",
        ),
        pytest.param(
            {"$ref": "d.json#/properties/t"}, {"contentSchema": {"title": "e"}}, id="of-another-document"
        ),
        pytest.param({"$ref": "d.json#/properties/t/contentSchema"}, {"title": "e"}, id="into-a-content"),
        pytest.param(
            {"$ref": "d.json#/definitions/q/contentSchema"},
            {"properties": {"z": {"contentSchema": {"minLength": 3}}}},
            id="content-in-a-content",
        ),
        pytest.param(
            {"$ref": "d.json#/definitions/q/contentSchema/properties/z"},
            {"contentSchema": {"minLength": 3}},
            id="deep-into-a-content",
        ),
        pytest.param({"$ref": "d.json#/properties/contentSchema"}, {"title": "p"}, id="a-field-of-that-name"),
        pytest.param(
            {"contentSchema": True, "type": "string"},
            {"contentSchema": True, "type": "string"},
            id="no-reference",
        ),
    ],
)
def test_references_in_the_schemas_of_contents_are_resolved_too(written: Schema, resolved: Schema) -> None:
    """A reference in a `contentSchema`, to one or through one leads where it says, whatever the release of the engine takes that keyword for."""
    other = {
        "$id": "https://signalbook.example/d.json",
        "properties": {"t": {"contentSchema": {"$ref": "e.json"}}, "contentSchema": {"title": "p"}},
        "definitions": {
            "q": {"contentSchema": {"properties": {"z": {"contentSchema": {"$ref": "#/definitions/n"}}}}},
            "n": {"minLength": 3},
        },
    }
    library = Library(
        {"https://signalbook.example/d.json": other, "https://signalbook.example/e.json": {"title": "e"}}
    )
    found = library.resolve(
        {
            "$id": "https://signalbook.example/s.json",
            "properties": {"a": written},
            "definitions": {"k": {"title": "k"}},
        }
    )
    assert found["properties"]["a"] == resolved


def test_a_content_that_holds_its_own_document_is_left_circular() -> None:
    """A schema whose content is itself resolves to one turn of the circle."""
    found = Library({}).resolve({"properties": {"a": {"contentSchema": {"$ref": "#"}}}})
    assert found == {
        "properties": {"a": {"contentSchema": {"properties": {"a": {"contentSchema": {"$ref": "#"}}}}}}
    }


@pytest.mark.parametrize("keyword", ["contentSchema", "items"])
def test_a_reference_into_its_own_document_that_leads_nowhere_is_unresolved(keyword: str) -> None:
    """`resolve` raises what it says, for a pointer too."""
    with pytest.raises(Unresolved):
        Library({}).resolve({"properties": {"a": {keyword: {"$ref": "#/definitions/none"}}}})


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        pytest.param({"type": "strin"}, "/type", id="type"),
        pytest.param({"properties": {"a": {"minLength": -1}}}, "/properties/a/minLength", id="deep"),
        pytest.param({"required": "a"}, "/required", id="required"),
    ],
)
def test_what_is_no_schema_is_found_at_its_place(schema: Schema, place: str) -> None:
    """Both engines' meta-checks name the same place."""
    fast, slow = meta_problem(schema), schema_error(schema)
    assert fast is not None
    assert slow is not None
    assert ["".join(f"/{step}" for step in fast[0]), slow[0]] == [place, place]


@pytest.mark.parametrize("pattern", ["^(?=a)$", "(a)\\1", "^(?=resource)$"])
def test_a_pattern_that_cannot_run_in_linear_time_is_refused(pattern: str) -> None:
    """Look-around and back-references are draft-07, so the reference engine takes them; here they would let a payload stall a check."""
    assert (meta_problem({"pattern": pattern}), schema_error({"pattern": pattern})) == (None, None)
    assert "regex" in (refusal({"pattern": pattern}) or "")
    with pytest.raises(ValueError, match="regex"):
        schema_validator.compiled({"pattern": pattern})


def test_a_good_schema_has_no_problem() -> None:
    """The meta-checks find nothing in what is right, and the engine can use it."""
    assert (meta_problem(_EVENT), schema_error(_EVENT), refusal(_EVENT)) == (None, None, None)


@pytest.mark.parametrize(
    ("schema", "value", "rule", "weight"),
    [
        (
            {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
            {f"k{i}": 1 for i in range(5000)},
            "unknown-field",
            "novelty",
        ),
        ({"type": "array", "items": {"type": "string"}}, [1] * 5000, "type", "guarantee"),
        ({"type": "array", "items": {"enum": ["a"]}}, ["b"] * 5000, "enum", "form"),
        ({"type": "array", "items": {"x-known": ["a"]}}, ["b"] * 5000, "unlisted-value", "novelty"),
        ({"type": "array", "items": {"required": ["a"]}}, [{}] * 5000, "required", "guarantee"),
    ],
)
def test_a_flood_of_problems_is_told_in_a_thousand_and_one(
    schema: Schema, value: Any, rule: str, weight: str
) -> None:
    """What a hostile value has a million of is told so often and no more; the last one counts the rest, and weighs as much."""
    found = Checker(schema).problems(value)
    counted = [problem for problem in found if "3,999 more" in problem.message]
    assert (len(found), {(problem.rule, problem.weight) for problem in found}) == (
        messages.MOST + 1,
        {(rule, weight)},
    )
    assert len(counted) == 1


def test_a_flood_hides_no_fault_of_another_kind() -> None:
    """A thousand warnings before it do not keep an error from being found."""
    value = {**{f"k{i}": 1 for i in range(5000)}, "a": 5}
    found = Checker(
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
    ).problems(value)
    assert {problem.rule for problem in found} == {"unknown-field", "type"}
