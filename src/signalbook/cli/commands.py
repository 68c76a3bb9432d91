"""The command: words on the command line → one call each → an exit code. Nothing is decided here.

Exit codes: 0 clean · 1 findings · 2 usage · 3 the registry is broken · 70 our bug.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from signalbook import identity, intake, jsontext, report, walk
from signalbook.errors import SignalbookError, UnknownContract
from signalbook.findings import LEVELS
from signalbook.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLEAN, FINDINGS, USAGE, BROKEN, BUG = 0, 1, 2, 3, 70
INTERRUPTED = 130  # what shells say of a command that was stopped with Ctrl-C
_BUG = "this is a bug of signalbook, not of your files; please report it with the lines above"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code. `arguments` are the words after the program's name; None takes those of this process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A payload may hold what this terminal's encoding cannot show; a replacement character beats a crash.
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last resort: a traceback is never all that a user gets
        return _failed(error)
    return code


def _failed(error: BaseException) -> int:
    """Say on standard error what went wrong, and return the exit code for it."""
    match error:
        case BrokenPipeError():
            # The reader went away (head, less): not our fault, and nothing to say. Keep the interpreter from complaining at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return CLEAN
        case KeyboardInterrupt():
            return INTERRUPTED
        case SignalbookError():
            code, text = (USAGE if isinstance(error, UnknownContract) else BROKEN), str(error)
        case OSError():
            # Reading payloads reports its own faults; this is a place we were told to write to, or a standard stream.
            code, text = USAGE, f"{error.filename or 'output'}: {error.strerror or error}"
        case _:
            import traceback  # noqa: PLC0415 - only for a bug

            code, text = BUG, "\n".join(["".join(traceback.format_exception(error)).rstrip(), _BUG])
    print(f"signalbook: {text}", file=sys.stderr)
    return code


def _validate(options: argparse.Namespace) -> int:
    registry = Registry.load(options.schemas)
    request = walk.Request.of(registry, options.event, options.version, options.level)
    statuses: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    paint = _paint()
    for document in intake.documents(options.paths):
        for verdict in walk.check_document(document, registry, request):
            statuses[verdict.status] += 1
            severities.update(finding.severity for finding in verdict.findings)
            print(report.verdict_json(verdict) if options.format == "json" else report.verdict_text(verdict, paint))
    if options.format == "text":
        print(report.summary(statuses, severities))
    return CLEAN if set(statuses) <= {"valid"} else FINDINGS


def _identify(options: argparse.Namespace) -> int:
    registry = Registry.load(options.schemas)
    paint = _paint()
    clean = True
    for document in intake.documents(options.paths):
        for found in identity.identify_document(document, registry):
            clean = clean and found.status == "identified"
            print(report.identity_json(found) if options.format == "json" else report.identity_text(found, paint))
    return CLEAN if clean else FINDINGS


def _list(options: argparse.Namespace) -> int:
    from signalbook import catalogue  # noqa: PLC0415 - not needed to validate

    registry = Registry.load(options.schemas)
    chosen = {"provider": options.provider, "service": options.service, "text": options.text}
    events = catalogue.chosen(registry, **chosen)
    if options.format == "json":
        _print_json([catalogue.entry(event, registry) for event in events])
    else:
        print(catalogue.listing(events, registry, catalogue.named_only(registry, **chosen)))
    return CLEAN


def _show(options: argparse.Namespace) -> int:
    from signalbook import catalogue, examples  # noqa: PLC0415 - not needed to validate

    registry = Registry.load(options.schemas)
    event_id, _, version = options.id.partition("@")
    if event_id in registry.known_names and options.format == "text":
        print(catalogue.known_page(registry.known_names[event_id]))
        return CLEAN
    if event_id in registry.envelopes:
        envelope = registry.envelopes[event_id]
        if options.format == "json":
            _print_json(catalogue.envelope_entry(envelope))
        else:
            print(catalogue.envelope_page(envelope, registry))
        return CLEAN
    event = registry.event(event_id)
    contract = registry.contract(event.id, version or None)
    if options.format == "json":
        _print_json(catalogue.details(event, contract, registry))
    else:
        print(catalogue.page(event, contract, registry, examples.shown(registry, contract)))
    return CLEAN


def _print_json(value: Any) -> None:
    print(jsontext.canonical(value).decode(), end="")


def _lint(options: argparse.Namespace) -> int:
    from signalbook import lint, sync  # noqa: PLC0415 - not needed to validate

    registry = Registry.load(options.schemas)
    if options.fix:
        written = sync.write(lint.formatted(registry), registry.root)
        print(*(f"formatted {registry.root / path}" for path in written), sep="\n", end="\n" if written else "")
    findings = lint.run(registry)
    for finding in findings:
        print(finding)
    looked_at = f"{report.counted(len(registry.events), 'event')}, {report.counted(len(registry.envelopes), 'envelope')}"
    print(f"{looked_at}: {report.counted(len(findings), 'finding') if findings else 'no findings'}")
    return FINDINGS if findings else CLEAN


def _build(options: argparse.Namespace) -> int:
    from signalbook import build, sync  # noqa: PLC0415 - not needed to validate

    files = build.files(Registry.load(options.schemas))
    if options.check or options.diff:
        stale = sync.differences(files, options.out, build.OWNED)
        print(*(stale if options.diff else stale.names()), sep="\n", end="\n" if stale else "")
        print(f"{options.out}: run 'signalbook build' to bring it up to date" if stale else f"{options.out} is up to date")
        return FINDINGS if stale else CLEAN
    written = sync.write(files, options.out, build.OWNED)
    print(f"{options.out}: {len(written)} of {len(files)} files written")
    return CLEAN


def _paint() -> Callable[[str, str], str]:
    terminal = sys.stdout is not None and sys.stdout.isatty()
    return report.coloured if terminal and not os.environ.get("NO_COLOR") else report.plain


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="signalbook",
        description="Contracts for the notifications that clouds send: what is this payload, and does it keep its contract?",
        epilog="Exit codes: 0 clean, 1 findings, 2 usage, 3 the registry is broken, 70 a bug of ours.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version of signalbook")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    validate = _command(commands, "validate", _validate, "check payloads against their contracts", "format", "paths")
    validate.add_argument("--event", metavar="ID", help="check against this event, whatever the payload says it is")
    validate.add_argument("--version", metavar="X", help="a version of the contract, or 'any' for the newest that accepts (default: the newest)")
    validate.add_argument("--level", choices=LEVELS, default="documented", help="how much to ask for (default: documented)")

    _command(commands, "identify", _identify, "say what payloads are, and why", "format", "paths")

    listing = _command(commands, "list", _list, "list the events of the catalogue", "format")
    listing.add_argument("text", nargs="?", help="only events with this text in their id, name, title (English or Chinese) or summary")
    listing.add_argument("--provider", metavar="NAME", help="only events of this provider")
    listing.add_argument("--service", metavar="NAME", help="only events of this service: jdcloud/vm, or vm")

    show = _command(commands, "show", _show, "show one event: fields, example, versions, sources", "format")
    show.add_argument(
        "id", metavar="ID[@VERSION]", help="an event's id or the provider's name for it, and a version (default: the newest); or an envelope's id"
    )

    lint = _command(commands, "lint", _lint, "check a tree of schemas against the law of the tree")
    lint.add_argument("--fix", action="store_true", help="first write every file in the canonical format")

    build = _command(commands, "build", _build, "write what is generated from the schemas")
    build.add_argument("--out", metavar="DIR", default="generated", help="where to write (default: generated)")
    build.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file is out of date")
    build.add_argument("--diff", action="store_true", help="like --check, and show what would change")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
    *options: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(run=run)
    parser.add_argument("--schemas", metavar="DIR", help="a tree of schemas of your own (default: the catalogue that comes with signalbook)")
    if "format" in options:
        parser.add_argument("--format", choices=("text", "json"), default="text", help="text for people, JSON for tools (default: text)")
    if "paths" in options:
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help="a file, a folder, a quoted glob, or - for standard input; .json, .ndjson, .jsonl, and .gz of each",
        )
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - 20 ms, and only this option asks

        print(f"signalbook {version('signalbook')}")
        parser.exit()
