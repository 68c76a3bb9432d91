"""Generates the reference page of the command from its argument parser and from texts on what the parser does not know."""

from __future__ import annotations

import argparse
import re
import textwrap
from dataclasses import dataclass
from importlib.resources import files as resources
from typing import TYPE_CHECKING

from signalbook.reading.pointers import split
from signalbook.reading.strict_json import at, loads
from signalbook.registry.tree_reader import META

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.levels import Schema

PAGE = "reference/commands.md"
_KEYS = re.compile(r"^<!-- keys: ([a-z]+)(?:/([a-z]+))? -->$", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """One command: its words after the program name, its line in the list, and its parser."""

    words: tuple[str, ...]
    text: str
    parser: argparse.ArgumentParser

    @property
    def slug(self) -> str:
        """Name of the command in anchors and file names."""
        return "-".join(self.words)


def commands(parser: argparse.ArgumentParser) -> list[Command]:
    """Return the commands of a parser, with groups expanded, in order."""
    return list(_below(parser, ()))


def _below(parser: argparse.ArgumentParser, words: tuple[str, ...]) -> Iterator[Command]:
    for action in _actions(parser):
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for this type
            texts = {one.dest: one.help or "" for one in action._choices_actions}  # noqa: SLF001 - nor for the help of each sub-command
            for name, inner in action.choices.items():
                found = list(_below(inner, (*words, name)))
                yield from found or [Command((*words, name), texts.get(name, ""), inner)]


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the arguments and then the options of a parser, without --help, which all commands have. --schemas, which most have, comes last."""
    told = [action for action in parser._actions if "--help" not in action.option_strings]  # noqa: SLF001 - argparse has no public accessor
    return sorted(
        told, key=lambda action: (bool(action.option_strings), "--schemas" in action.option_strings)
    )


def page(parser: argparse.ArgumentParser) -> str:
    """Return the page of a command: every sub-command with its usage, arguments, options and further text."""
    found = commands(parser)
    lines = ["# Commands", "", "```text", *_list(parser, found), "```", ""]
    lines += [
        "Every command takes `--help`. What its exit code means stands [in a table](exit-codes.md).",
        "",
    ]
    lines += ["## Where payloads come from", "", text("payloads"), ""]
    for command in found:
        lines += _command(parser.prog, command)
    return "\n".join(lines).rstrip("\n") + "\n"


def text(name: str) -> str:
    """Return a text by name, with its tables of keys filled in; "" if there is no such text."""
    file = resources("signalbook.site").joinpath("texts", f"{name}.md")
    return _KEYS.sub(_keys, file.read_text("utf-8").rstrip("\n")) if file.is_file() else ""


def _list(parser: argparse.ArgumentParser, found: list[Command]) -> list[str]:
    """Return the commands as lines in two columns."""
    rows = [
        (
            " ".join([parser.prog, *command.words, *_positionals(command.parser)]),
            command.text.partition(": ")[0],
        )
        for command in found
    ]
    rows += [
        (f"{parser.prog} {action.option_strings[-1]}", action.help or "")
        for action in _actions(parser)
        if action.option_strings
    ]
    width = max(len(left) for left, _ in rows)
    return [f"{left:<{width}}  {right}" for left, right in rows]


def _positionals(parser: argparse.ArgumentParser) -> list[str]:
    return [_shown(action) for action in _actions(parser) if not action.option_strings]


def _command(program: str, command: Command) -> list[str]:
    usage = [
        *(_in_usage(action) for action in _actions(command.parser) if action.option_strings),
        *_positionals(command.parser),
    ]
    name = " ".join([program, *command.words])
    lines = textwrap.wrap(
        " ".join(one.replace(" ", "\0") for one in usage),
        100,
        initial_indent=f"{name} ",
        subsequent_indent=" " * (len(name) + 1),
        break_on_hyphens=False,
    )
    out = [
        f"## {' '.join(command.words)}",
        "",
        command.parser.description or "",
        "",
        "```text",
        *(line.replace("\0", " ") for line in lines),
        "```",
        "",
    ]
    out += [
        "| argument or option | means |",
        "|---|---|",
        *(_row(command, action) for action in _actions(command.parser)),
        "",
    ]
    more = text(command.slug)
    return [*out, more, ""] if more else out


def _in_usage(action: argparse.Action) -> str:
    return _shown(action) if action.required else f"[{_shown(action)}]"


def _shown(action: argparse.Action) -> str:
    """Return an argument or option as you type it: `--format {text,json}`, `PATH…`, `[TEXT]`."""
    value = _value(action)
    if action.option_strings:
        return f"{action.option_strings[-1]} {value}".rstrip()
    # A name of several words already shows which arguments repeat.
    several = f"{value}…" if action.nargs in ("+", "*") and " " not in value else value
    return f"[{several}]" if action.nargs in ("?", "*") else several


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, str):
        return action.metavar
    return f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper()


def _row(command: Command, action: argparse.Action) -> str:
    """Return the table row of an argument or option, with an anchor: `validate--event`, `validate-paths`."""
    name = action.option_strings[-1].lstrip("-") if action.option_strings else action.dest
    anchor = f"{command.slug}{'--' if action.option_strings else '-'}{name}"
    return f'| <a id="{anchor}"></a>`{_cell(_spaced(action))}` | {_cell(action.help or "")} |'


def _spaced(action: argparse.Action) -> str:
    """Return an argument or option with spaces between its choices, so that narrow tables can wrap the line."""
    return re.sub(r"(?<=\w),(?=\w)", ", ", _shown(action))


def _cell(content: str) -> str:
    return content.replace("|", "\\|")


def _keys(found: re.Match[str]) -> str:
    """Return the table of keys of a JSON Schema in `meta/`, of one of its objects, or of the items of one of its arrays."""
    schema = loads((META / f"{found[1]}.schema.json").read_bytes())
    inner = schema["properties"][found[2]] if found[2] else schema
    node = _named(schema, inner.get("items", inner))
    rows = [
        f"| `{key}` | {_cell(_about({**_named(schema, inner), **inner}))} |"
        for key, inner in node["properties"].items()
    ]
    return "\n".join(["| key | holds |", "|---|---|", *rows])


def _named(schema: Schema, node: Schema) -> Schema:
    """Resolve the reference of a schema node, or return the node. A fully resolved schema would not keep the order of keys."""
    return at(schema, split(node["$ref"])) if "$ref" in node else node


def _about(schema: Schema) -> str:
    """Return the description of a schema, or else the values it lists or its type."""
    if "description" in schema:
        return str(schema["description"])
    if "enum" in schema:
        return f"One of {', '.join(f'`{value}`' for value in schema['enum'])}."
    inner = schema.get("items", {}).get("properties", {})
    return (
        f"A list of objects with {', '.join(f'`{key}`' for key in inner)}."
        if inner
        else f"Of type {schema.get('type', 'any')}."
    )
