"""The check in a browser gives the verdicts of the command: the same page, script and data as on the site, in a real Chromium."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re
import sys
from io import BufferedReader, BytesIO
from itertools import chain
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from attributing import cases as attributed
from conftest import ROOT
from mutants import mutants
from signalbook.engine.levels import LEVELS
from signalbook.reading.paths import documents
from signalbook.registry import examples
from signalbook.site import recognition_data
from signalbook.site.fields import fields
from signalbook.validation.contracts import ANY, Request
from signalbook.validation.validator import check_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from signalbook import Registry
    from signalbook.validation.findings import Verdict

Case = tuple[bytes, dict[str, Any]]
"""Bytes, and how they are checked: level, version, event."""

ANSWER = """
const done = arguments[arguments.length - 1];
const gist = (v) => [v.status, v.event, v.name, v.version, v.envelopes, v.line, v.index,
  v.findings.map((f) => [f.rule, f.severity, f.pointer, f.field ?? null, / \\((?:line|column).*\\)$/.exec(f.message)?.[0] ?? null]),
  v.parts.map((p) => [p.pointer, p.status, p.event, p.name, p.version, p.envelopes])];
(async () => {
  const { texts, cases, data } = await (await fetch("/cases.json", { cache: "no-store" })).json();
  const other = data && (await import("/catalogue/assets/try-engine.js")).kitOf(data);
  const check = (bytes, options) => (other ? other.check(bytes, options) : signalbookTry.checkBytes(bytes, options));
  const bytes = texts.map((text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  const verdicts = [];
  const rows = new Set();
  for (const [number, options] of cases) {
    const found = await check(bytes[number], options);
    for (const { href } of found.flatMap((verdict) => verdict.findings)) if (href) rows.add(href);
    verdicts.push(found.map(gist));
  }
  return JSON.stringify([verdicts, [...rows]]);
})().then(done, (fault) => done(JSON.stringify(String(fault.stack))));
"""


def gist(verdict: Verdict) -> list[Any]:
    """Return what must be equal: all but the texts for people; of those, the line and the column at which text is no JSON."""
    found = verdict.as_dict()
    parts = [
        [part[key] for key in ("pointer", "status", "event", "name", "version", "envelopes")]
        for part in found["parts"]
    ]
    places = [re.search(r" \((?:line|column).*\)$", finding.message) for finding in verdict.findings]
    findings = [
        [finding.rule, finding.severity, finding.pointer, finding.field, place and place[0]]
        for finding, place in zip(verdict.findings, places, strict=True)
    ]
    return [
        *(found[key] for key in ("status", "event", "name", "version", "envelopes", "line", "index")),
        findings,
        parts,
    ]


def commanded(data: bytes, registry: Registry, request: Request, source: str = "-") -> list[list[Any]]:
    """Return the verdicts of the command on standard input, or on a file."""
    with patch.object(sys, "stdin", SimpleNamespace(buffer=BufferedReader(BytesIO(data)))):
        return [
            gist(verdict)
            for document in documents([source])
            for verdict in check_document(document, registry, request)
        ]


def request_of(registry: Registry, options: dict[str, Any]) -> Request:
    """Return how the command checks what the page checks with some options."""
    return Request.of(
        registry, options.get("event"), options.get("version"), options.get("level", "documented")
    )


def assert_equal(
    window: Chrome, try_site: tuple[Path, str], registry: Registry, cases: Iterable[Case], data: Any = None
) -> set[str]:
    """Hold the page's verdicts on some bytes against the command's, and return the links of its findings. `data` is that of another registry."""
    cases = list(cases)
    numbers = {text: number for number, text in enumerate(dict.fromkeys(text for text, _ in cases))}
    texts = [base64.b64encode(text).decode() for text in numbers]
    (try_site[0] / "cases.json").write_text(
        json.dumps(
            {"data": data, "texts": texts, "cases": [(numbers[text], options) for text, options in cases]}
        )
    )
    answer = json.loads(window.execute_async_script(ANSWER))
    assert isinstance(answer, list), answer
    expected = [commanded(text, registry, request_of(registry, options)) for text, options in cases]
    different = [
        (case, wanted, got)
        for case, wanted, got in zip(cases, expected, answer[0], strict=True)
        if wanted != got
    ]
    assert not different, f"{len(different)} of {len(cases)} differ, first {different[0]}"
    return set(answer[1])


def example_files(registry: Registry, *kinds: examples.Kind) -> Iterator[tuple[str, str, bytes]]:
    """Yield the event or envelope, the version and the bytes of each example of some kinds."""
    owners = chain(registry.events.values(), registry.envelopes.values())
    for contract in (contract for owner in owners for contract in owner.oldest_first()):
        for kind in kinds:
            yield from (
                (contract.of, contract.version, example.file.read_bytes())
                for example in examples.of(registry, contract, kind)
            )


def test_every_example_has_the_same_verdict(
    window: Chrome, try_site: tuple[Path, str], registry: Registry
) -> None:
    """On every example of the catalogue, at every level, the page says what the command says; and each finding's link leads to a row that there is."""
    cases = [
        (data, {"level": level})
        for _, _, data in example_files(registry, *examples.KINDS)
        for level in LEVELS
    ]
    assert len(cases) > 13_000
    links = assert_equal(window, try_site, registry, cases)
    rows = {
        f"{recognition_data.page(one.id)}#f.{field.path.replace('[]', '')}"
        for one in chain(registry.events.values(), registry.envelopes.values())
        for contract in one.oldest_first()[-1:]
        for field in fields(contract)
    }
    assert {link for link in links if "#" in link} <= rows


def test_every_body_has_the_same_verdict_as_a_given_event(
    window: Chrome, try_site: tuple[Path, str], registry: Registry
) -> None:
    """Checked as an event that is named, in its newest, in its own and in any version, a body has the verdict of the command."""
    bodies = [one for one in example_files(registry, "valid", "invalid") if one[0] in registry.events]
    ways = [("documented", None), ("strict", "own"), ("tolerant", ANY)]
    cases = [
        (
            data,
            {
                "level": level,
                "event": event,
                **({"version": version if wanted == "own" else wanted} if wanted else {}),
            },
        )
        for event, version, data in bodies
        for level, wanted in ways
    ]
    assert_equal(window, try_site, registry, cases)


def test_a_registry_of_ones_own_gives_the_same_verdicts(
    window: Chrome, try_site: tuple[Path, str], model: Registry
) -> None:
    """The page of another registry says what the command says with that registry."""
    found = list(example_files(model, *examples.KINDS))
    ways = [{"level": level} for level in LEVELS] + [{"level": "strict", "version": ANY}]
    cases = [
        (data, {**way, **named})
        for event, _, data in found
        for way in ways
        for named in ({}, {"event": event})
        if event in model.events
    ]
    assert len(cases) > 100
    assert_equal(window, try_site, model, cases, recognition_data.compiled(model))


def test_every_version_gives_the_same_verdict(
    window: Chrome, try_site: tuple[Path, str], registry: Registry
) -> None:
    """Deliveries of events with several versions have the verdict of the command in any version, and in each that is asked for."""
    several = {event.id: event for event in registry.events.values() if len(event.versions) > 1}
    found = [one for one in example_files(registry, "delivered") if one[0] in several]
    assert_equal(
        window,
        try_site,
        registry,
        [
            (data, {"version": version})
            for event, _, data in found
            for version in (ANY, *several[event].versions)
        ],
    )


def test_lookalikes_and_demo_have_the_same_verdict(
    window: Chrome, try_site: tuple[Path, str], registry: Registry
) -> None:
    """JSON of other products, and all that the demo shows, has the verdict of the command."""
    lookalikes = (ROOT / "tests" / "lookalikes.ndjson").read_bytes()
    demo = [file.read_bytes() for file in sorted((ROOT / "demo").rglob("*")) if file.is_file()]
    assert_equal(
        window,
        try_site,
        registry,
        [
            (data, {"level": level})
            for data in [*lookalikes.splitlines(), lookalikes, *demo]
            for level in LEVELS
        ],
    )


def test_mutants_have_the_same_verdict(
    window: Chrome, try_site: tuple[Path, str], registry: Registry
) -> None:
    """Payloads with a single fault, at random levels and versions, have the verdict of the command."""
    chance = random.Random(7)  # noqa: S311 - a fixed seed, so that a red run can be replayed
    cases: list[Case] = []
    for _, _, data in example_files(registry, "delivered"):
        found = list(mutants(json.loads(data)))
        chosen = chance.sample(found, min(len(found), 10))
        cases += [
            (
                json.dumps(one.payload).encode(),
                {"level": chance.choice(LEVELS), **chance.choice([{}, {"version": ANY}])},
            )
            for one in chosen
        ]
    assert len(cases) > 4_000
    assert_equal(window, try_site, registry, cases)


def test_attributes_of_events_have_the_same_verdict(
    window: Chrome, try_site: tuple[Path, str], registry: Registry
) -> None:
    """Names with other statuses, and resources of other kinds, have the verdict of the command."""
    chance = random.Random(5)  # noqa: S311 - a fixed seed, so that a red run can be replayed
    found = chance.sample(list(attributed(registry)), 800)
    assert_equal(
        window,
        try_site,
        registry,
        [(json.dumps(one.payload).encode(), {"level": chance.choice(LEVELS)}) for one in found],
    )


HOSTILE = (
    b"<?xml version='1.0'?><Message/>",
    b"<html><body>",
    b'{"a": <b/>}',
    *(
        b"",
        b" \n",
        b"{}",
        b"[]",
        b"[{}]",
        b'[[],1,null,"x",{}]',
        b"null",
        b'"x"',
        b"NaN",
        b'{"a":Infinity}',
        b"{'a':1}",
        b'{"a":1,}',
        b"[1,]",
        b"//\n{}",
    ),
    *(
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":1 "a":1}',
        b'\xef\xbb\xbf{"a":1}',
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b"\xef\xbb\xbf",
        b"{}{}",
    ),
    *(
        b"[" * 128 + b"]" * 128,
        b"[" * 129 + b"]" * 129,
        b"[" * 100_000,
        b'{"a":' * 129 + b"1" + b"}" * 129,
        b'["' + b"[" * 500 + b'"]',
    ),
    *(
        b"1" * 400,
        b"-1e400",
        b"[1e400",
        b"18446744073709551616",
        b"-0",
        b"01",
        b".5",
        b"1.",
        b"+1",
        b"0x10",
        b"tru",
        b"1e5",
        b'"',
        b'{"a',
        b'"\\',
    ),
    *(
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"\\ud83d\\ude00"',
        b'{"\\ud800":1}',
        b'"\xed\xa0\x80"',
        b'{"a":"\xff"}',
        b'"\\x"',
        b'"a\tb"',
        b'"a\x00b"',
    ),
    *(
        b"\xff\xfe{\x00}\x00",
        b"{\x00}\x00",
        b'{\x00"\x01',
        b"\x1f\x8b",
        b"\x1f\x8bjunk",
        b"\x0b{}",
        b"{}\x0c",
        b'{"a":1}\x00',
        b'{"":{"":1}}',
    ),
    *(
        b"a=1&b=2",
        b"a=1",
        b"a=%ff&b=1",
        b"a=%e4%b8%ad&b=+x",
        b"a=1&a=2",
        b"a=%zz&b=%4",
        b"a=1&b=2\n",
        b"alert=%7B%7D&userInfo=",
    ),
    *(
        b"{}\n{}",
        b"\n\n{}\nx\n{}\n",
        b"x\n{}\n",
        b"{\n}\n{}\n",
        b"[1\n]\n",
        b"{}\n\n \n[]\n{",
        b'{"a":1}\n{"a":1,"a":2}',
    ),
    *(
        b'["x","a\\ud800z"]',
        b'"\\ud800\\ud800"',
        b'"\\ud800\\x"',
        b'"a\\udc00"',
        b'"\\ud800',
        b'"\\ud800\\ud',
        b'"\\u12',
        b'"\\u12"',
        b"[1,  ]",
        b'{"a":1\n,\n}',
    ),
    *(
        b"[-01]",
        b"[-]",
        b"-x",
        b"[1.]",
        b"1e",
        b"[1e+]",
        b"1.2.3",
        b"0.",
        b"1e5e",
        b"truex",
        b"[tru]",
        b"nul\n",
        b"1.\n",
        b"-",
        b'["\xe4\xb8\xad", "\xe4\xb8"]',
    ),
    *(
        b"\n\xc0\x80",
        b'"\xf0\x80\x80\x80"',
        b'"\xf4\x90\x80\x80"',
        b'"\xe4\xb8',
        b'"\xf0\x9f\x98\x80\xf0\x9f\x98"',
        b'"\xed\x9f\xbf\xed\xa0\x80"',
        b'{"a":1,\n\n}\n',
    ),
    *(
        b"[1,\r2,\rx]",
        b'{"a":1,\r\n"b" 2}',
        b"\r\r{} {}",
        b"x\r\n\r",
        b'{"a":1}\r{"b":2}',
        b'{"a":\r"\xff"}',
        b'{"a":1,\r\n\r"a":2}',
        b'["\r\n"]',
    ),
    *(
        '{"a": 1}'.encode(form)
        for form in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
    ),
    b'{"__proto__":{"a":1},"constructor":1,"toString":2,"valueOf":3,"hasOwnProperty":4,"0":5}',
)


MANY = 1_000_000
LARGE = (
    *(
        b'{"a":[' + b"1," * (MANY - 2) + b"1]}",
        b'{"a":[' + b"1," * (MANY - 1) + b"1]}",
        b'{"a":[' + b"{ }," * (MANY - 1) + b"[[]]]}",
    ),
    *(
        b"," * (2 * MANY + 1),
        b'{"a":' + b"[" * (2 * MANY),
        b'{"a":"' + b"[," * (2 * MANY) + b'"}',
        b'{"a":"\\"' + b"," * (2 * MANY),
    ),
    *(b'{"a":\r"' + b"x" * (16 * 1024 * 1024 + more) + b'"}' for more in (0, 1)),
)


def changed(data: bytes, chance: random.Random) -> bytes:
    """Return a text with a few bytes put in, taken out or doubled."""
    out = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5])):
        place = chance.randrange(len(out) + 1)
        put = chance.choice(
            [
                b'"',
                b"{",
                b"]",
                b"***",
                b"\\u0000",
                b"\\ud8",
                b"9",
                b",",
                b"null",
                b'"a":1,',
                b"&",
                b"\n",
                b"\xff",
                out[place : place + 40],
            ]
        )
        out[place : place + chance.choice([0, 0, 1, 3, 20])] = put
    return bytes(out)


def test_hostile_texts_have_the_same_verdict(
    window: Chrome, try_site: tuple[Path, str], registry: Registry
) -> None:
    """What no provider would send has the verdict of the command: broken JSON, deep and huge things, names of JavaScript, damaged deliveries and archives."""
    chance = random.Random(3)  # noqa: S311 - a fixed seed, so that a red run can be replayed
    delivered = [data for _, _, data in example_files(registry, "delivered")]
    lines = b"".join(json.dumps(json.loads(data)).encode() + b"\n" for data in delivered[:40])
    packed = gzip.compress(lines, mtime=0)
    archives = [
        packed,
        packed[:-3],
        packed[:-8] + b"12345678",
        packed + packed,
        packed + b"\0\0",
        packed + b"junk",
        gzip.compress(packed),
        packed[:9],
    ]
    texts = [
        *HOSTILE,
        *archives,
        gzip.compress(b""),
        *(changed(chance.choice(delivered), chance) for _ in range(1_500)),
    ]
    assert_equal(
        window,
        try_site,
        registry,
        [(text, {"level": chance.choice(LEVELS), "version": ANY}) for text in texts],
    )


def test_limits_are_the_same(window: Chrome, try_site: tuple[Path, str], registry: Registry) -> None:
    """What has too many members, too much depth or too long a string for the command has it for the page, to the last one."""
    assert_equal(window, try_site, registry, [(text, {}) for text in LARGE])


TIMES = (
    *(
        "2020-01-01T00:00:00Z",
        "2020-01-01t00:00:00.123456789z",
        "2020-01-01 00:00:00Z",
        "2020-01-01T00:00:00",
        "2020-02-30T00:00:00Z",
        "",
    ),
    *(
        "2000-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2016-12-31T23:59:60Z",
        "2016-12-31T12:00:60Z",
        "2017-01-01T05:29:60+05:30",
        "2020-1-1T0:0:0Z",
    ),
    *(
        "2020-01-01T24:00:00Z",
        "2020-01-01T00:00:00+24:00",
        "2020-01-01T00:00:00+0530",
        "2020-01-01T00:00:00.Z",
        "２020-01-01T00:00:00Z",
        "2***Z",
    ),
    *(
        "2020-01-01T00:00:00Z\n",
        "2020-13-01T00:00:00Z",
        "2020-01-01T00:00:00-00:00",
        "2020-12-31T15:59:60-08:00",
        "2020-01-01T00:00:61Z",
    ),
)
VALUES: tuple[Any, ...] = (
    *TIMES,
    "***",
    "ß",
    None,
    True,
    0,
    1.0,
    1.5,
    2**53 + 1,
    10**30,
    [],
    {},
    [{}],
    {"": 1},
    "{}",
    "[1]",
    {"valueOf": 1},
    "😀",
)


def replaced(value: Any, chance: random.Random) -> Any:
    """Return a payload with one value replaced by an odd one, at a random place; inside texts of JSON too."""
    if isinstance(value, str) and value.startswith("{"):
        return json.dumps(replaced(json.loads(value), chance), ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return chance.choice(VALUES)
    out = dict(value) if isinstance(value, dict) else list(value)
    key = chance.choice(list(out) if isinstance(out, dict) else range(len(out)))
    out[key] = replaced(out[key], chance)
    return out


def test_odd_values_have_the_same_verdict(
    window: Chrome, try_site: tuple[Path, str], registry: Registry
) -> None:
    """Times at the edge of their form, masks, numbers beyond what JavaScript counts, names of its methods: the verdict is that of the command."""
    chance = random.Random(11)  # noqa: S311 - a fixed seed, so that a red run can be replayed
    delivered = [json.loads(data) for _, _, data in example_files(registry, "delivered")]
    payloads = [json.dumps(replaced(chance.choice(delivered), chance)).encode() for _ in range(3_000)]
    assert_equal(
        window, try_site, registry, [(payload, {"level": chance.choice(LEVELS)}) for payload in payloads]
    )


@pytest.mark.parametrize("name", ["a.json", "a.ndjson", "a.jsonl.gz", "a.json.gz"])
def test_files_are_read_as_their_names_say(
    window: Chrome, registry: Registry, tmp_path: Path, name: str
) -> None:
    """A file is one document or one payload a line by its name, compressed or not, as for the command."""
    line = json.dumps(json.loads((ROOT / "demo" / "jdcloud-state-change.json").read_bytes())).encode()
    script = "const done = arguments[2]; signalbookTry.checkBytes(new Uint8Array(arguments[0]), { source: arguments[1] }).then(done)"
    for data in (b"", line, line + b"\n" + line, gzip.compress(line + b"\n" + line), gzip.compress(line)):
        (tmp_path / name).write_bytes(data)
        found = window.execute_async_script(script, list(data), name)
        statuses = [
            (verdict["status"], verdict["line"], [finding["rule"] for finding in verdict["findings"]])
            for verdict in found
        ]
        expected = commanded(b"", registry, Request(), str(tmp_path / name))
        assert statuses == [
            (verdict[0], verdict[5], [finding[0] for finding in verdict[7]]) for verdict in expected
        ]


def test_a_browser_reads_every_pattern(window: Chrome, registry: Registry) -> None:
    """Each pattern of the registry is one in JavaScript, and no format is used that the page does not look at."""
    data = recognition_data.compiled(registry)
    patterns = [node["pattern"] for node in walked(data) if isinstance(node.get("pattern"), str)]
    script = 'return arguments[0].filter((text) => { try { new RegExp(text, "u") } catch { return true } return false })'
    assert (len(patterns) > 50, window.execute_script(script, patterns), data["unchecked"]) == (True, [], [])


def walked(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walked(inner)
