"""Implements `signalbook sample`: makes payloads of an event and prints them, writes them to files, or posts them to a receiver."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signalbook import reporting
from signalbook.cli import console
from signalbook.cli.console import CLEAN, FINDINGS
from signalbook.codegen import writer
from signalbook.engine import suggestions
from signalbook.errors import Unreadable
from signalbook.reading import json_text, pointers, strict_json
from signalbook.registry import Registry
from signalbook.reporting.json_lines import line
from signalbook.terminal import json_lines
from signalbook.testing.sampler import Sampler, seeded, written
from signalbook.testing.samples import as_it_arrives, carried
from signalbook.testing.text_trees import folded, unfolded
from signalbook.validation.validator import Request, check_payload

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from signalbook.testing.sampler import Recipe, Sample
    from signalbook.testing.text_trees import Path as Place

ALL = "any"
"""Route name that stands for all routes that examples show, mixed."""

_MOST_KEYS, _MOST_FINDINGS = 20, 3
_LONGEST_INDEX = 9  # digits of the largest list index


def run(options: argparse.Namespace) -> int:
    """Make payloads of an event, and print, write or send them. Raises `Unreadable` for invalid arguments before it does anything."""
    _refuse(options)
    headers = dict(map(_header, options.header))
    changes = list(map(_change, options.set))
    registry = Registry.load(options.schemas)
    recipes = _recipes(registry, options)
    made: Iterable[Sample] = seeded(recipes, options.kind, options.seed, options.count)
    if changes:
        # Change all payloads first: if one lacks a location, nothing is printed, written or sent.
        made = list(_with(changes, made, recipes, registry))
    if options.send:
        return _send(made, options, headers)
    if options.out:
        return _write(made, options)
    _print(made, options)
    return CLEAN


def _refuse(options: argparse.Namespace) -> None:
    """Raise `Unreadable` for options that cannot be combined; no option is silently ignored."""
    form = f"--format {options.format}"
    if options.header and not options.send:
        raise Unreadable("--header", "only works with --send", "add --send URL, or remove --header")
    if options.send and options.format not in (None, "bytes"):
        raise Unreadable(
            form, "cannot be combined with --send", "remove it: --send always sends the bytes as delivered"
        )
    if options.out and options.format == "described":
        raise Unreadable(
            form, "cannot be combined with --out", "remove one of them: a file contains only a payload"
        )
    if options.format == "bytes" and options.count > 1 and not (options.out or options.send):
        raise Unreadable(
            f"{form} -n {options.count}",
            "would join several payloads without a separator",
            "write each payload to its own file with --out DIR",
        )
    if options.send:
        from signalbook.testing import sending  # noqa: PLC0415 - HTTP modules are slow to import

        if problem := sending.misfit(options.send):
            raise Unreadable(
                f"--send {reporting.safe(options.send)}",
                problem,
                "use the URL of a receiver: --send http://127.0.0.1:8080/hook",
            )


def _header(word: str) -> tuple[str, str]:
    from signalbook.testing import sending  # noqa: PLC0415 - see above

    if not (found := sending.header(word)):
        raise Unreadable(
            f"--header {reporting.safe(word)}", "is not a valid ASCII header", "write --header 'Name: value'"
        )
    return found


def _recipes(registry: Registry, options: argparse.Namespace) -> list[Recipe]:
    """Return a recipe for each requested route, by default the first. Raises `UnknownContract`, `CannotSample` and `Unreadable`."""
    event_id, _, version = options.id.partition("@")
    if event_id in registry.envelopes:
        raise Unreadable(
            event_id,
            "is an envelope, not an event",
            f"name an event and use --envelope {event_id.partition('/')[2]}",
        )
    if event_id in registry.known_names:
        raise Unreadable(
            event_id, "has no contract: the provider does not document the content of this event"
        )
    found = Sampler(registry).recipes(
        event_id, version or None, None if options.envelope == ALL else options.envelope
    )
    return found if options.envelope else found[:1]


def _change(word: str) -> tuple[str, Any]:
    """Parse `/content/state=Stopped` into a pointer and a value: JSON if the text is JSON, else a string. Raises `Unreadable`."""
    pointer, equals, text = word.partition("=")
    if not equals or not pointer.startswith("/"):
        raise Unreadable(
            f"--set {reporting.safe(word)}",
            "is not a pointer and a value",
            "write --set /content/state=Stopped",
        )
    try:
        word.encode()
    except UnicodeEncodeError:
        raise Unreadable(f"--set {reporting.safe(word)}", "is not valid UTF-8") from None
    try:
        return pointer, strict_json.loads(text.encode())
    except json_text.NotJSON:
        return pointer, text


def _with(
    changes: list[tuple[str, Any]], samples: Iterable[Sample], recipes: list[Recipe], registry: Registry
) -> Iterator[Sample]:
    """Yield payloads with values set in them, and warn on standard error about new findings. Raises `Unreadable`."""
    by_route = {recipe.route: recipe for recipe in recipes}
    told = {""}
    for number, one in enumerate(samples, 1):
        recipe, value = by_route[one.route], one.value
        for pointer, new in changes:
            try:
                value = _put(value, pointers.split(pointer), new, ())
            except _Nowhere as nowhere:
                why = f"does not exist in payload {number} ({written(one.route)}): {nowhere}"
                raise Unreadable(f"--set {reporting.safe(pointer)}", why, nowhere.fix) from None
        value = as_it_arrives(value, recipe.outermost)
        if (text := _told_of(one, value, registry)) not in told:
            told.add(text)
            console.warn(f"after --set, payload {number} is\n{text}")
        data, headers = carried(value, recipe.outermost)
        special = (*one.why, *(f"{pointer} was set to {strict_json.shown(new)}" for pointer, new in changes))
        yield replace(one, value=value, data=data, headers=headers, why=special)


class _Nowhere(Exception):
    """A pointer leads nowhere. The message says where it stopped and what is there; `fix` suggests what was probably meant."""

    def __init__(self, why: str, fix: str = "") -> None:
        super().__init__(why)
        self.fix = fix


def _put(node: Any, steps: tuple[str, ...], new: Any, done: Place) -> Any:
    """Return a copy of a value with the location at `steps` replaced. Steps may lead into JSON text, which stays text if it is replaced itself."""
    if isinstance(node, str) and strict_json.revealed(node) is not node:
        tree, folds = unfolded(node, [()])
        return folded(_put(tree, steps, new, done) if steps else new, folds)
    if not steps:
        return new
    key = _key(node, steps[0], done, is_last=len(steps) == 1)
    out = node.copy()
    out[key] = _put(
        None if isinstance(node, dict) and key not in node else node[key], steps[1:], new, (*done, key)
    )
    return out


def _key(node: Any, step: str, done: Place, *, is_last: bool) -> str | int:
    """Return the key or index that a step means; the last step may be a new key. Raises `_Nowhere`."""
    where = pointers.join(done) or "the payload"
    if isinstance(node, dict):
        if step in node or is_last:
            return step
        keys = ", ".join(map(repr, list(node)[:_MOST_KEYS])) or "no keys"
        meant = [reporting.safe(pointers.join((*done, name))) for name in suggestions.nearest(step, node)]
        more = ", …" if len(node) > _MOST_KEYS else ""
        raise _Nowhere(
            f"{where} has no {step!r}; it has {keys}{more}",
            f"did you mean {' or '.join(meant)}?" if meant else "",
        )
    if not isinstance(node, list):
        raise _Nowhere(f"{where} is {strict_json.shown(node)}, which has no members")
    if (
        step.isascii()
        and step.isdigit()
        and len(step) <= _LONGEST_INDEX
        and str(int(step)) == step
        and int(step) < len(node)
    ):
        return int(step)
    raise _Nowhere(
        f"{where} is a list without an item {step!r}; it has {', '.join(map(str, range(len(node)))) or 'no items'}"
    )


def _told_of(one: Sample, value: Any, registry: Registry) -> str:
    """Describe the findings that a changed payload has and the original does not; "" if there are none."""
    request = Request.pinned(
        registry.events[one.event], one.version, "tolerant" if one.kind == "tomorrow" else "documented"
    )
    before, after = (check_payload(payload, registry, request) for payload in (one.value, value))
    new = [
        finding for finding in after.findings if finding.severity != "note" and finding not in before.findings
    ]
    if not new and after.event == before.event:
        return ""
    more = (
        f"\n    and {reporting.counted(len(new) - _MOST_FINDINGS, 'finding')} more"
        if len(new) > _MOST_FINDINGS
        else ""
    )
    return reporting.verdict_text(replace(after, findings=tuple(new[:_MOST_FINDINGS]))) + more


def _print(made: Iterable[Sample], options: argparse.Namespace) -> None:
    for one in made:
        if options.format == "bytes":
            console.put_bytes(one.data)
        elif options.format == "described":
            console.put_bytes(f"{line(described(one))}\n".encode())
        else:
            text = (
                strict_json.canonical(one.value).decode()
                if options.count == 1
                else f"{strict_json.compact(one.value)}\n"
            )
            console.put_bytes(json_lines(text).encode())


def described(one: Sample) -> dict[str, Any]:
    """Return a payload with everything that is known about it, as JSON-ready values."""
    fault = one.fault
    wrong = (
        {"kind": fault.kind, "pointer": fault.pointer, "field": fault.field, "rules": list(fault.rules)}
        if fault
        else None
    )
    about = {
        "event": one.event,
        "version": one.version,
        "route": written(one.route),
        "kind": one.kind,
        "why": list(one.why),
    }
    return {**about, "name": one.name, "fault": wrong, "headers": dict(one.headers), "payload": one.value}


def _write(made: Iterable[Sample], options: argparse.Namespace) -> int:
    """Write one file per payload. Raises `Unreadable`, before anything is written, if a file name is taken by a file with other content."""
    files = {}
    for number, one in enumerate(made, 1):
        # A fixed width keeps names in order, and the same whatever the count is.
        name = f"{pointers.split(f'/{one.event}')[-1]}-{one.kind}-{number:03}"
        exact = options.format == "bytes"
        files[f"{name}{_ending(one) if exact else '.json'}"] = (
            one.data if exact else strict_json.canonical(one.value)
        )
    for name in writer.differences(files, options.out).changed:
        path = Path(options.out, name)
        if path.exists() or path.is_symlink():
            raise Unreadable(
                str(path),
                "already exists with different content",
                "move it, or choose another folder with --out",
            )
    done = writer.write(files, options.out)
    console.say(
        f"{reporting.safe(options.out)}: {len(done)} of {reporting.counted(len(files), 'file')} written"
    )
    return CLEAN


def _ending(one: Sample) -> str:
    if one.data.startswith(json_text.GZIP):
        return ".json.gz"
    return ".form" if "form" in one.headers["Content-Type"] else ".json"


def _send(made: Iterable[Sample], options: argparse.Namespace, headers: dict[str, str]) -> int:
    """Post payloads one after the other, and print each result. Stop at the first one for which the receiver cannot be reached."""
    from signalbook.testing import sending  # noqa: PLC0415 - see above

    good = sent = 0
    for number, one in enumerate(made, 1):
        answer = sending.post(options.send, one.data, {**one.headers, **headers})
        console.say(
            f"{number}  {reporting.safe(f'{one.kind} {one.event} {one.version} in {written(one.route)}')}, {len(one.data)} bytes"
        )
        console.say(*(f"   {reporting.safe(line)}" for line in (*one.why, *answer.told())), flush=True)
        sent, good = sent + 1, good + answer.is_good
        if not answer.reached:
            break
    left = f"; {options.count - sent} not sent" if options.count > sent else ""
    console.say(f"{reporting.counted(sent, 'payload')} sent: {good} accepted, {sent - good} not{left}")
    return CLEAN if good == sent else FINDINGS
