"""Lists what the kit can report: the rules of findings, with what to do about each, and the exit codes of the command.

This module is data only. The code that reports a finding names its rule, and a test checks that this table is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal["contract", "opening", "typed", "reading"]
Effect = Literal["by level", "invalid", "unidentified", "unreadable", "as it is"]
Weight = Literal["guarantee", "form", "unsourced", "novelty"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of findings.

    `meaning` says what is wrong, `effect` how the rule affects the payload's status, and `todo` what to do about it.
    `weight` is set if the severity depends on the level. It is None if the effect is fixed, and for rules that weigh as much as the problems in them.
    """

    name: str
    group: Group
    meaning: str
    effect: Effect
    todo: str
    weight: Weight | None = None


def _contract(name: str, weight: Weight | None, meaning: str, todo: str) -> Rule:
    return Rule(name, "contract", meaning, "by level", todo, weight)


def _opening(name: str, effect: Effect, meaning: str, todo: str) -> Rule:
    return Rule(name, "opening", meaning, effect, todo)


def _reading(name: str, meaning: str, todo: str) -> Rule:
    return Rule(name, "reading", meaning, "unreadable", todo)


_BOUND = "Look at the value: if it really came, the documented bound is wrong; report it to whoever keeps the catalogue."
_OWN = "Mend the payload where you write it yourself; where it really came, report it to whoever keeps the catalogue."

RULES: tuple[Rule, ...] = (
    _contract(
        "required",
        "guarantee",
        "A field is missing that is always there; `pointer` is the object that lacks it, `field` the name.",
        "Look for the name in another spelling, which the hint gives; else the payload was cut down, or the provider has changed its event.",
    ),
    _contract("type", "guarantee", "A value has another JSON type than the documented one.", "Compare it with `expected`: a number is no text. Where JSON text stands in place of an object, something on the way encoded it: decode it once more."),
    _contract(
        "const",
        "guarantee",
        "Another value stands where one value marks the event.",
        "See that it is the event you meant: `signalbook identify` says what the payload is, and why.",
    ),
    _contract(
        "enum", "form", "A value is outside a documented list.", "Take the nearest listed value, which the hint gives; a new one that came is news to report, and your code should pass it on."
    ),
    _contract("pattern", "form", "A text has another form than the documented one.", "Write it in the form that `expected` shows."),
    _contract("format", "form", "A text is not of the documented standard form, such as an RFC 3339 time.", "Write it in the form that `expected` shows."),
    _contract("anyOf", None, "A value matches none of the documented alternatives.", "Choose the alternative you meant, and compare with it."),
    _contract("oneOf", None, "A value matches none of the documented alternatives, or more than one.", "Choose the alternative you meant, and compare with it."),
    _contract("not", "form", "A value has a form that is not allowed.", _OWN),
    _contract("propertyNames", "form", "A key does not match the documented format.", "Write the key in the form that `expected` shows."),
    _contract("minLength", "form", "A text is shorter than documented.", _BOUND),
    _contract("maxLength", "form", "A text is longer than documented.", _BOUND),
    _contract("minimum", "form", "A number is smaller than documented.", _BOUND),
    _contract("maximum", "form", "A number is larger than documented.", _BOUND),
    _contract("exclusiveMinimum", "form", "A number is not larger than the documented bound.", _BOUND),
    _contract("exclusiveMaximum", "form", "A number is not smaller than the documented bound.", _BOUND),
    _contract("multipleOf", "form", "A number is not a multiple of the documented step.", _BOUND),
    _contract("minItems", "form", "An array has fewer items than documented.", _BOUND),
    _contract("maxItems", "form", "An array has more items than documented.", _BOUND),
    _contract("uniqueItems", "form", "An array has duplicate items.", _BOUND),
    _contract("contains", "form", "An array has no item of the documented form.", _OWN),
    _contract("minProperties", "form", "An object has fewer fields than documented.", _BOUND),
    _contract("maxProperties", "form", "An object has more fields than documented.", _BOUND),
    _contract("contentMediaType", "guarantee", "A text does not hold the kind of content that is documented, such as JSON.", "Look whether something on the way encoded the text twice or cut it off."),
    _contract("falseSchema", "guarantee", "Something is there that must not be.", _OWN),
    _contract(
        "unknown-field",
        "novelty",
        "A field is there that the contract does not know.",
        "Nothing, where it came from the provider, who may add fields; in a fixture of your own look at the spelling, which the hint gives.",
    ),
    _contract(
        "masked-value",
        "novelty",
        "A value is masked (`St***ng`), as in dry runs and documents, and cannot be checked further.",
        "Nothing, where it is a dry run; replace it by a real value in a fixture.",
    ),
    _contract(
        "unlisted-value",
        "novelty",
        "A value is not a known value of an open list.",
        "Let your code pass it on; look at the spelling, which the hint gives, in a fixture of your own.",
    ),
    _opening(
        "unknown-payload",
        "unidentified",
        "The payload is JSON, but it matches no envelope and no event of the catalogue.",
        "Look at what it lacks or has too much, which the message says; an event of your own belongs into a registry of your own.",
    ),
    _opening(
        "unknown-event",
        "unidentified",
        "The envelope is known, but its event is not in the catalogue, or its name is missing.",
        "Look at the nearest names, which the hint gives; `signalbook list` shows all there are.",
    ),
    _opening(
        "undocumented-event",
        "unidentified",
        "The event is listed by its provider, but its fields are not documented.",
        "Handle it by its envelope; if you can show a delivery with its values masked, whoever keeps the catalogue can write a contract.",
    ),
    _opening(
        "other-product",
        "unidentified",
        "It is JSON of another product that looks like an event of the catalogue.",
        "Take it out of what is checked, or look why it came to this address.",
    ),
    _opening(
        "plain-text",
        "unidentified",
        "The envelope carries text, and the text is not a JSON object.",
        "Nothing, where people send messages through the same topic; else look what turned the event into other text on the way.",
    ),
    _opening(
        "ambiguous",
        "unidentified",
        "The payload matches several envelopes equally, or several events.",
        "Say which one is meant with `--event`; in a registry of your own `signalbook lint` shows what collides.",
    ),
    _opening("too-nested", "unidentified", "The payload has more than eight nested envelopes.", "Unwrap it before it is checked: no provider nests so deep."),
    _opening(
        "json-text",
        "invalid",
        "A string that must contain JSON text does not.",
        "Look what a queue or a receiver on the way made of the text; the hint says where it breaks off, or that it was encoded twice.",
    ),
    _opening("empty-envelope", "as it is", "The envelope has a list, and the list is empty: a note.", "Nothing: it carries no event."),
    _opening(
        "unknown-version", "invalid", "The event has no version of the number asked for.", "Ask for one that it has, which the hint gives, or for `--version any`."
    ),
    _opening(
        "out-of-date",
        "as it is",
        "The newest version rejects it, and an older one accepts it: a note beside the findings that made it invalid.",
        "Renew the fixture; for archived payloads ask for the version that the note names, or for `--version any`.",
    ),
    _opening(
        "undated",
        "as it is",
        "With `--at payload`: no time can be read from it, and the event has several versions, so the newest was asked for: a note.",
        "Ask with `--at` and the day on which it was recorded, or with `--version any`.",
    ),
    _opening(
        "general-contract",
        "as it is",
        "The name, or its service, has no contract of its own, and is nearly one that has: a warning.",
        "Look at the spelling of the name or the service, which the hint gives.",
    ),
    _opening(
        "deprecated", "as it is", "The provider no longer documents the event: a note.", "Move to the event that took its place, which the hint names where there is one."
    ),
    Rule(
        "untyped",
        "typed",
        "The contract lets it through at this level, but no type can hold it: a time that nobody can read, or values that are masked.",
        "invalid",
        "Take the payload as JSON with `signalbook.check`, or ask for the level `documented`, at which such a time is a finding of its own.",
    ),
    Rule(
        "other-event",
        "typed",
        "A test asked for another event than the payload's: `assert_contract(payload, event=…)`.",
        "invalid",
        "Give the test a payload of the event it is for.",
    ),
    Rule(
        "not-one-event",
        "typed",
        "`parse` was asked for the one event of a payload that carries none or several.",
        "invalid",
        "Call `parse_all`, which returns whatever a payload carries.",
    ),
    _reading("not-json", "It is not JSON; the message says what is wrong, in which line and column.", "Mend that place; one payload a line is NDJSON, and its file is called `.ndjson`."),
    _reading("empty", "The document is empty.", "Look whether the delivery was stored before its body was read."),
    _reading("not-utf8", "It has bytes that are not UTF-8.", "Save it as UTF-8; the hint says if it looks like UTF-16 or is compressed."),
    _reading("duplicate-key", "A key appears twice in one object, and parsers disagree on which one counts.", "Keep one of them."),
    _reading("number-range", "A number is too large for a double.", "Look what wrote it: no notification has such a number."),
    _reading("too-deep", "Arrays and objects are nested deeper than 128 levels, or than `--max-depth`.", "Take it apart: no notification is so deep. `--max-depth` allows up to 254."),
    _reading("too-large", "It has more than 64 MiB after decompression, or than `--max-size`; or it is a gzip bomb: it unpacks to more than 64 MiB and to more than 200 times its size, or than `--max-expansion`, where each payload counts as 1 KiB at least.", "Split it: one payload a line, as NDJSON, may go on for ever; or allow more with `--max-size`, or with `--max-expansion`."),
    _reading("too-long-string", "A string has more than 16 MiB as it is written, or than `--max-string`.", "Look what wrote it: no notification has such a text; or allow more with `--max-string`."),
    _reading("too-many-keys", "Its objects and arrays together have more than 1,000,000 members and items, or than `--max-keys`.", "Split it: one payload a line, as NDJSON; or allow more with `--max-keys`."),
    _reading("gzip", "The gzip data is cut off or damaged, or something else follows it; or the name ends in .gz and it is not compressed. Of NDJSON, the lines before the fault were checked.", "Fetch the file again, or give it its right name."),
    _reading("no-file", "There is no such file, or no file that could be read to its end: it is a device or a socket, its symbolic links form a loop, or it shrank while it was being read.", "Look at the spelling, and at the folder you are in; name a file that nobody writes."),
    _reading("no-permission", "There is no permission to read it.", "Give this user read permission."),
    _reading("no-payload", "A folder, a glob or an array holds no payloads.", "Quote the glob, and look at the spelling; files without an ending are read only where they are named."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExitCode:
    """One exit code of the command: its number, a short name, and when the command returns it."""

    code: int
    word: str
    when: str


EXIT_CODES: tuple[ExitCode, ...] = (
    ExitCode(0, "clean", "Every payload was identified and keeps its contract, or the command did what it was asked. An envelope whose list is empty carries no event, and a note says so."),
    ExitCode(
        1,
        "findings",
        "A payload is invalid, unidentified or unreadable; what `diff --require` asks for is not proved; a tree breaks a rule; generated files are out of date; "
        "a payload that `sample --send` sent was not taken.",
    ),
    ExitCode(
        2,
        "usage error",
        "An unknown option, event, version, provider, service or commit; a configuration or a baseline that cannot be used; "
        "a report, or another file, that cannot be written; a worker process that was killed, or too little memory, so that not everything was checked; "
        "a schema that cannot be compared; a payload that cannot be made, or has no such place; a library that is not installed.",
    ),
    ExitCode(3, "broken registry", "The tree of schemas cannot be used: each error is printed with its file, its location and a fix."),
    ExitCode(70, "bug in signalbook", "An unexpected error: please report it with the printed lines."),
    ExitCode(129, "hung up", "The same as 130, for SIGHUP: the terminal of a run, or its connection, was closed. Under `nohup`, a run continues."),
    ExitCode(130, "interrupted", "The command was stopped with Ctrl-C; this is the exit code that shells use. The report of `validate` contains all results so far, is complete in its format, and says that it was interrupted."),
    ExitCode(143, "stopped", "The same as 130, for SIGTERM, which CI systems send to stop a job that takes too long."),
)  # fmt: skip
