"""Argument parser: commands, options and their help texts."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from signalbook.cli import console
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Callable


class Parser(argparse.ArgumentParser):
    """Argument parser that escapes arguments in its error messages. Sub-commands use the same class.

    Raises an error, instead of ignoring it, if help cannot be written to standard output.
    """

    def error(self, message: str) -> NoReturn:
        """Exit with a usage error, whose message is escaped."""
        super().error(safe(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        if message and file is not None and file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


class Version(argparse.Action):
    """Prints the version of signalbook."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and exit."""
        from importlib.metadata import version  # noqa: PLC0415 - takes 20 ms, and only this option needs it

        console.say(f"signalbook {version('signalbook')}")
        parser.exit()


def parser(asked: str | None = None) -> argparse.ArgumentParser:
    """Return the argument parser. Parsed options have a function `run`, which takes them and returns an exit code.

    `asked` is the first argument of the command line. If it names a command, only that command is added, which makes startup faster.
    """
    whole: argparse.ArgumentParser = Parser(
        prog="signalbook",
        description="Identify cloud notifications, and validate them against versioned contracts.",
        epilog="Exit codes: 0 clean, 1 findings, 2 usage error, 3 broken registry, 70 bug in signalbook.",
    )
    whole.add_argument("--version", action=Version, nargs=0, help="show the version of signalbook")
    commands: _Commands[Any] = whole.add_subparsers(required=True, metavar="COMMAND")

    added = {
        "validate": _validate,
        "identify": _identify,
        "list": _list,
        "show": _show,
        "diff": _diff,
        "sample": _sample,
        "generate": _generate,
    }
    added |= {"lint": _lint, "build": _build}
    for name, add in added.items():
        if asked not in added or name == asked:
            add(commands)
    return whole


_Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for this type


def _validate(commands: _Commands[argparse.ArgumentParser]) -> None:
    from signalbook.cli import validate_arguments  # noqa: PLC0415 - only this command needs it

    validate = _command(commands, "validate", "validate", "validate payloads against their contracts")
    validate_arguments.add(validate)
    _paths(validate, "*")


def _identify(commands: _Commands[argparse.ArgumentParser]) -> None:
    _paths(
        _command(commands, "identify", "identify", "identify payloads and explain the result", "format"), "+"
    )


def _list(commands: _Commands[argparse.ArgumentParser]) -> None:
    listing = _command(commands, "list", "list", "list the events in the catalogue", "format")
    listing.add_argument(
        "text",
        nargs="?",
        help="only list events with this text in their id, name, title (English or Chinese) or summary",
    )
    listing.add_argument("--provider", metavar="NAME", help="only list events of this provider")
    listing.add_argument(
        "--service", metavar="NAME", help="only list events of this service, for example jdcloud/vm or vm"
    )


def _show(commands: _Commands[argparse.ArgumentParser]) -> None:
    show = _command(commands, "show", "show", "show an event: fields, example, versions, sources")
    show.add_argument(
        "--format",
        choices=("text", "json", "schema"),
        default="text",
        help="output format: text for people, JSON for tools, or the contract as one self-contained JSON Schema (default: text)",
    )
    show.add_argument(
        "--envelope",
        metavar="ID",
        help="with --format schema: the schema of the whole delivery in this envelope",
    )
    show.add_argument(
        "id",
        metavar="ID[@VERSION]",
        help="an event id or the provider's name for the event, with an optional version (default: the newest); or an envelope id",
    )


def _diff(commands: _Commands[argparse.ArgumentParser]) -> None:
    diff = _command(
        commands,
        "diff",
        "diff",
        "compare two versions: proof or witness, changes, and the required version bump",
    )
    diff.add_argument(
        "what",
        nargs="+",
        metavar="ID OLD NEW | OLD.json NEW.json",
        help="an event or envelope id and two versions (default: the two newest); or two JSON Schema files, one of which may be -",
    )
    diff.add_argument(
        "--format",
        choices=("text", "markdown", "json"),
        default="text",
        help="output format: text or Markdown for people, JSON for tools (default: text)",
    )
    diff.add_argument(
        "--require",
        choices=("backward", "forward", "full", "survives"),
        help="exit with 1 unless this is proved; full means backward and forward",
    )
    diff.add_argument(
        "--seconds",
        type=_seconds,
        metavar="N",
        help="time limit for the whole comparison, in seconds (default: 20)",
    )


def _sample(commands: _Commands[argparse.ArgumentParser]) -> None:
    sample = _command(
        commands,
        "sample",
        "sample",
        "generate sample payloads for an event: print them, write them to files, or send them",
    )
    sample.add_argument(
        "id",
        metavar="ID[@VERSION]",
        help="an event id or the provider's name for the event, with an optional version (default: the newest)",
    )
    sample.add_argument(
        "-n", dest="count", type=_count, default=1, metavar="N", help="number of payloads (default: 1)"
    )
    sample.add_argument(
        "--envelope",
        metavar="ROUTE",
        help="the route, for example mns-http+cloudmonitor or bare; 'any' mixes all routes (default: the first)",
    )
    sample.add_argument(
        "--kind",
        choices=("documented", "tomorrow", "broken"),
        default="documented",
        help="documented payloads, payloads after a compatible change, or payloads with exactly one fault (default: documented)",
    )
    sample.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="S",
        help="random seed: the same seed generates the same payloads (default: 0)",
    )
    sample.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="/POINTER=VALUE",
        help="set the value at a JSON Pointer, which may lead into JSON text; the value is JSON if it parses as JSON, otherwise text; repeatable",
    )
    sample.add_argument(
        "--format",
        choices=("json", "bytes", "described"),
        help="JSON (several payloads as NDJSON), the bytes as delivered, or one JSON object per line with everything known about a payload (default: json)",
    )
    where = sample.add_mutually_exclusive_group()
    where.add_argument("--out", metavar="DIR", help="write each payload to a file in this folder")
    where.add_argument(
        "--send",
        metavar="URL",
        help="send each payload to this URL as a POST request, with the provider's headers; exit with 1 if one is not accepted",
    )
    sample.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="with --send: an additional header; repeatable",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not text.strip("0"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a valid number of payloads: use a whole number, such as 1 or 20"
        )
    return int(text)


def _generate(commands: _Commands[argparse.ArgumentParser]) -> None:
    generate = commands.add_parser(
        "generate", help="generate code for your project", description="Generate code for your project."
    )
    kinds = generate.add_subparsers(required=True, metavar="WHAT")
    types = _command(
        kinds, "types", "generate:run_types", "generate Python types for events and their envelopes"
    )
    types.add_argument(
        "ids",
        nargs="+",
        metavar="ID[@VERSION]",
        help="an event (default version: the newest), a provider or a service",
    )
    types.add_argument(
        "--style",
        choices=("pydantic", "dataclass", "typeddict", "msgspec"),
        default="pydantic",
        help="kind of types to generate (default: pydantic)",
    )
    types.add_argument("--out", required=True, metavar="DIR", help="the folder of the package to write")
    _checking(types)

    _generate_tests(kinds)


def _generate_tests(kinds: _Commands[argparse.ArgumentParser]) -> None:
    tests = _command(
        kinds,
        "tests",
        "generate:run_tests",
        "generate a test module for your handler, with one test per event",
    )
    tests.add_argument(
        "ids",
        nargs="+",
        metavar="ID[@VERSION]",
        help="an event (default version: the newest), a provider or a service",
    )
    tests.add_argument(
        "--handler",
        required=True,
        metavar="MODULE:FUNCTION",
        help="the function that handles the payloads, for example shop.hooks:handle",
    )
    tests.add_argument(
        "--envelope",
        action="append",
        default=[],
        metavar="ROUTE",
        help="only test this route, for example mns-http+cloudmonitor; repeatable",
    )
    tests.add_argument(
        "--raises",
        action="append",
        default=[],
        metavar="MODULE:ERROR",
        help="an exception that the handler may raise for broken payloads; repeatable",
    )
    tests.add_argument("--out", required=True, metavar="DIR", help="the folder of your tests")
    tests.add_argument("--force", action="store_true", help="overwrite an existing module")


def _checking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if a file is out of date"
    )
    parser.add_argument("--diff", action="store_true", help="like --check, and also show what would change")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 86400:  # noqa: PLR2004 - a day
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid number of seconds, such as 5 or 0.5")
    return value


def _lint(commands: _Commands[argparse.ArgumentParser]) -> None:
    lint = _command(commands, "lint", "lint", "check a tree of schemas against the lint rules")
    lint.add_argument("--fix", action="store_true", help="first rewrite every file in the canonical format")

    lint.add_argument(
        "--base",
        metavar="REV",
        help="the branch or commit with the published versions, which must not change (default: the main branch)",
    )


def _build(commands: _Commands[argparse.ArgumentParser]) -> None:
    build = _command(
        commands, "build", "build", "generate the site and all other files that are built from the schemas"
    )
    build.add_argument(
        "--out",
        metavar="DIR",
        default="generated",
        help="folder for bundles, types and fuzz tests; '' to skip them (default: generated)",
    )
    build.add_argument(
        "--docs",
        metavar="DIR",
        default="docs",
        help="folder for the pages and files of the site; '' to skip them (default: docs)",
    )
    # The reference pages document this parser, and packages below `cli` cannot import it.
    build.set_defaults(parser=parser)
    _checking(build)


def _runner(module: str, function: str = "run") -> Callable[[argparse.Namespace], int]:
    """Return a function that runs a command. It imports the module of the command only then, so that help and other commands start fast."""

    def run(options: argparse.Namespace) -> int:
        code: int = getattr(import_module(f"signalbook.cli.{module}"), function)(options)
        return code

    return run


def _command(
    commands: _Commands[argparse.ArgumentParser],
    name: str,
    module: str,
    text: str,
    *options: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(run=_runner(*module.split(":")))
    parser.add_argument(
        "--schemas",
        metavar="DIR",
        help="folder with your own tree of schemas (default: the catalogue that comes with signalbook)",
    )
    if "format" in options:
        parser.add_argument(
            "--format",
            choices=("text", "json"),
            default="text",
            help="output format: text for people, JSON for tools (default: text)",
        )
    return parser


def _paths(parser: argparse.ArgumentParser, number: str) -> None:
    text = "a file, a folder, a quoted glob, or - for standard input; supports .json, .ndjson and .jsonl, each also as .gz"
    parser.add_argument(
        "paths",
        nargs=number,
        metavar="PATH",
        help=text + ("" if number == "+" else " (default: the paths in the config file)"),
    )
