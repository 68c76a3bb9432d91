"""The page on the command, made from the parser that reads its words, and from texts on what no parser knows."""

from __future__ import annotations

import argparse
import re
import textwrap
from dataclasses import dataclass
from importlib.resources import files as resources
from typing import TYPE_CHECKING

from signalbook.jsontext import at, loads
from signalbook.naming import tokens
from signalbook.registry.reading import META

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.levels import Schema

PAGE = "reference/commands.md"
_KEYS = re.compile(r"^<!-- keys: ([a-z]+)(?:/([a-z]+))? -->$", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """One command: its words after the program's name, its line in the list, and the parser of what follows them."""

    words: tuple[str, ...]
    text: str
    parser: argparse.ArgumentParser

    @property
    def slug(self) -> str:
        """What its heading is called in an address."""
        return "-".join(self.words)


def commands(parser: argparse.ArgumentParser) -> list[Command]:
    """Return the commands of a parser, those of groups one by one, in its order."""
    return list(_below(parser, ()))


def _below(parser: argparse.ArgumentParser, words: tuple[str, ...]) -> Iterator[Command]:
    for action in _actions(parser):
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for what holds its sub-commands
            texts = {one.dest: one.help or "" for one in action._choices_actions}  # noqa: SLF001 - nor for what `help=` said of each
            for name, inner in action.choices.items():
                found = list(_below(inner, (*words, name)))
                yield from found or [Command((*words, name), texts.get(name, ""), inner)]


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the arguments and then the options of a parser; --help, which all have, is left out, and --schemas, which nearly all have, comes last."""
    told = [action for action in parser._actions if "--help" not in action.option_strings]  # noqa: SLF001 - no public way to read a parser
    return sorted(told, key=lambda action: (bool(action.option_strings), "--schemas" in action.option_strings))


def page(parser: argparse.ArgumentParser) -> str:
    """Return the page on a command, below its first line: every sub-command with its usage, its arguments and options, and more to know."""
    found = commands(parser)
    lines = ["# Commands", "", "```text", *_list(parser, found), "```", ""]
    lines += ["Every command takes `--help`. What its exit code means stands [in a table](exit-codes.md).", ""]
    lines += ["## Where payloads come from", "", text("payloads"), ""]
    for command in found:
        lines += _command(parser.prog, command)
    return "\n".join(lines).rstrip("\n") + "\n"


def text(name: str) -> str:
    """Return one of the texts, with the tables of keys that it asks for; nothing where there is none."""
    file = resources("signalbook.pages").joinpath("texts", f"{name}.md")
    return _KEYS.sub(_keys, file.read_text("utf-8").rstrip("\n")) if file.is_file() else ""


def _list(parser: argparse.ArgumentParser, found: list[Command]) -> list[str]:
    """Return the commands as lines of two columns."""
    rows = [(" ".join([parser.prog, *command.words, *_positionals(command.parser)]), command.text.partition(": ")[0]) for command in found]
    rows += [(f"{parser.prog} {action.option_strings[-1]}", action.help or "") for action in _actions(parser) if action.option_strings]
    width = max(len(left) for left, _ in rows)
    return [f"{left:<{width}}  {right}" for left, right in rows]


def _positionals(parser: argparse.ArgumentParser) -> list[str]:
    return [_shown(action) for action in _actions(parser) if not action.option_strings]


def _command(program: str, command: Command) -> list[str]:
    usage = [*(_in_usage(action) for action in _actions(command.parser) if action.option_strings), *_positionals(command.parser)]
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
    out += ["| argument or option | means |", "|---|---|", *(_row(command, action) for action in _actions(command.parser)), ""]
    more = text(command.slug)
    return [*out, more, ""] if more else out


def _in_usage(action: argparse.Action) -> str:
    return _shown(action) if action.required else f"[{_shown(action)}]"


def _shown(action: argparse.Action) -> str:
    """Return an argument or an option as one types it: `--format {text,json}`, `PATH…`, `[TEXT]`."""
    value = _value(action)
    if action.option_strings:
        return f"{action.option_strings[-1]} {value}".rstrip()
    # A name of several words says itself what may follow what.
    several = f"{value}…" if action.nargs in ("+", "*") and " " not in value else value
    return f"[{several}]" if action.nargs in ("?", "*") else several


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, str):
        return action.metavar
    return f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper()


def _row(command: Command, action: argparse.Action) -> str:
    """Return the row of an argument or an option, with an anchor: `validate--event`, `validate-paths`."""
    name = action.option_strings[-1].lstrip("-") if action.option_strings else action.dest
    anchor = f"{command.slug}{'--' if action.option_strings else '-'}{name}"
    return f'| <a id="{anchor}"></a>`{_cell(_spaced(action))}` | {_cell(action.help or "")} |'


def _spaced(action: argparse.Action) -> str:
    """Return an argument or an option with spaces between its choices, so that a narrow table can break the line there."""
    return re.sub(r"(?<=\w),(?=\w)", ", ", _shown(action))


def _cell(content: str) -> str:
    return content.replace("|", "\\|")


def _keys(found: re.Match[str]) -> str:
    """Return the table of the keys of one of our JSON Schemas, or of one of its objects, or of the items of one of its arrays."""
    schema = loads((META / f"{found[1]}.schema.json").read_bytes())
    inner = schema["properties"][found[2]] if found[2] else schema
    node = _named(schema, inner.get("items", inner))
    rows = [f"| `{key}` | {_cell(_about({**_named(schema, inner), **inner}))} |" for key, inner in node["properties"].items()]
    return "\n".join(["| key | holds |", "|---|---|", *rows])


def _named(schema: Schema, node: Schema) -> Schema:
    """Return what a node of a schema refers to, or the node. A resolved schema would not do: its keys are sorted."""
    return at(schema, tokens(node["$ref"])) if "$ref" in node else node


def _about(schema: Schema) -> str:
    """Return what a schema says of itself, or else the values it lists or the type it has."""
    if "description" in schema:
        return str(schema["description"])
    if "enum" in schema:
        return f"One of {', '.join(f'`{value}`' for value in schema['enum'])}."
    inner = schema.get("items", {}).get("properties", {})
    return f"A list of objects with {', '.join(f'`{key}`' for key in inner)}." if inner else f"Of type {schema.get('type', 'any')}."
