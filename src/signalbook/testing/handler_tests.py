"""Generates a test module for your handler: one test per event, with the payload form that the handler's source asks for."""

from __future__ import annotations

import ast
import sys
import textwrap
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook.engine import suggestions
from signalbook.errors import Unreadable
from signalbook.terminal import safe
from signalbook.testing.calls import form_of
from signalbook.testing.sampler import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signalbook.registry import Contract
    from signalbook.testing.calls import Form
    from signalbook.testing.sampler import Recipe

_ANNOTATIONS: dict[Form, str] = {
    "bytes": "bytes",
    "text": "str",
    "json": "dict[str, Any]",
    "sample": "Sample",
}
_WRONG = "name a module and a function of it: --handler shop.hooks:handle"
_MOST_ON_A_LINE = 88


@dataclass(frozen=True, slots=True)
class Name:
    """Object in a module: `shop.hooks:handle`."""

    module: str
    name: str

    @staticmethod
    def of(text: str) -> Name:
        """Parse a `module:name` text. Raises `Unreadable`."""
        module, _, name = text.partition(":")
        if not name.isidentifier() or not all(word.isidentifier() for word in module.split(".")):
            raise Unreadable(text, "names no function", _WRONG)
        return Name(module, name)


@dataclass(frozen=True, slots=True)
class Signature:
    """Signature of a handler, read from its source.

    `form` is the form of the payload that it takes (None if the source does not say), `more` the other required parameters, and `awaited` says
    whether it is a coroutine function.
    """

    form: Form | None
    more: tuple[str, ...] = ()
    awaited: bool = False


def signature(handler: Name) -> Signature:
    """Read a handler's signature from its source. The module is located and parsed, never executed. Raises `Unreadable`."""
    where = f"{handler.module}:{handler.name}"
    tree = ast.parse(_source(handler.module, where).read_bytes())
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == handler.name:
            return _of(node, where)
    bound = {name for node in ast.walk(tree) for name in _bound(node)}
    if handler.name in bound:
        return Signature(None)  # defined elsewhere: the first payload will show what it takes
    near = suggestions.nearest(handler.name, bound)
    raise Unreadable(
        where,
        f"there is no {handler.name} in {handler.module}",
        f"did you mean {near[0]}?" if near else _WRONG,
    )


def _of(node: ast.FunctionDef | ast.AsyncFunctionDef, where: str) -> Signature:
    places = [*node.args.posonlyargs, *node.args.args]
    if not places:
        raise Unreadable(where, "takes no payload", "give it a parameter")
    needed = (
        places[1 : len(places) - len(node.args.defaults)] if len(node.args.defaults) < len(places) else []
    )
    note = places[0].annotation
    form = form_of(ast.unparse(note).strip("'\"")) if note else None
    return Signature(form, tuple(one.arg for one in needed), isinstance(node, ast.AsyncFunctionDef))


def _bound(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    return [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []


def _source(module: str, where: str) -> Path:
    """Return the source file of a module from where pytest would import it: here, `src`, or Python's path. Its packages are not executed."""
    here = str(Path.cwd())
    path: list[str] | None = [here, str(Path(here, "src")), *sys.path]
    spec = None
    for place, _ in enumerate(module.split(".")):
        spec = PathFinder.find_spec(".".join(module.split(".")[: place + 1]), path)
        path = list(spec.submodule_search_locations or ()) if spec else []
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        raise Unreadable(
            where,
            f"there is no module {module} here, in src, or where Python looks",
            "run it in the folder from which the module is imported",
        )
    return Path(spec.origin)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Input of a test module: the handler, its signature, the recipes of each event's routes, the exceptions that it may raise, and the registry."""

    handler: Name
    signature: Signature
    recipes: list[list[Recipe]]
    raises: list[Name]
    schemas: str | None = None


def module(wanted: Wanted, command: str) -> str:
    """Return the text of a test module; `command` is the command that generates it again."""
    handler = wanted.handler
    head = [
        f'"""Does {handler.module}.{handler.name} survive what arrives? One test for each event it takes.',
        "",
        "Written by signalbook, and yours to change:",
        "",
    ]
    head += [
        f"    {line}" for line in _wrapped(safe(command).replace("\\", "\\\\").replace('"""', '\\"\\"\\"'))
    ]
    lines = [*head, '"""', "", *_imports(wanted)]
    lines += (
        ["", f"REGISTRY = signalbook.Registry.load({_literal(wanted.schemas)})"] if wanted.schemas else []
    )
    names = _test_names([one[0].contract for one in wanted.recipes])
    for several in wanted.recipes:
        lines += ["", "", *_test(names[str(several[0].contract)], several, wanted)]
    return "\n".join([*lines, ""])


def _literal(text: str) -> str:
    """Return a text as a Python literal, in double quotes if it needs no escapes."""
    return f'"{text}"' if text.isprintable() and not set(text) & {'"', "\\"} else ascii(text)


def _wrapped(command: str) -> list[str]:
    return textwrap.wrap(
        command, _MOST_ON_A_LINE - 6, break_long_words=False, break_on_hyphens=False, subsequent_indent="  "
    )


def _imports(wanted: Wanted) -> list[str]:
    standard = ["from typing import Any"] if wanted.signature.form == "json" else []
    standard += ["from unittest.mock import MagicMock"] if wanted.signature.more else []
    own: dict[str, set[str]] = {}
    for one in [wanted.handler, *wanted.raises]:
        own.setdefault(one.module, set()).add(one.name)
    mine = [f"from {one} import {', '.join(sorted(own[one]))}" for one in sorted(own)]
    kit = [
        "import signalbook",
        *(["from signalbook.testing.sampler import Sample"] if wanted.signature.form == "sample" else []),
    ]
    # The handler's module belongs to the project, so import sorters want it after the installed packages.
    return [*standard, *([""] if standard else []), *kit, "", *mine]


def _test_names(contracts: list[Contract]) -> dict[str, str]:
    """Return test names by contract, as short as is unique: the last word of the event's id, then the service, the whole id, the version."""
    names: dict[str, str] = {}
    for words in (1, 2, 3):
        names = {
            str(one): "_".join(["test", *(word.replace("-", "_") for word in one.of.split("/")[-words:])])
            for one in contracts
        }
        if len(set(names.values())) == len(names):
            return names
    return {str(one): f"{names[str(one)]}_{one.version.replace('.', '_')}" for one in contracts}


def _test(name: str, recipes: list[Recipe], wanted: Wanted) -> list[str]:
    found, handler = wanted.signature, wanted.handler
    lines = ["@signalbook.contract(", f'    "{recipes[0].contract.of}",']
    lines += [f'    version="{recipes[0].contract.version}",'] if recipes[0].is_old else []
    lines += [
        "    # How it may arrive. Take out what your handler never gets.",
        *_list([f'"{written(recipe.route)}"' for recipe in recipes]),
    ]
    lines += (
        [
            f"    raises=({''.join(f'{one.name}, ' for one in wanted.raises).rstrip()}),  # how it may refuse what is broken"
        ]
        if wanted.raises
        else []
    )
    lines += ["    registry=REGISTRY,"] if wanted.schemas else []
    note = f": {_ANNOTATIONS[found.form]}" if found.form else ""
    call = f"{handler.name}(payload{', MagicMock()' * len(found.more)})"
    body = f"    {'await ' if found.awaited else ''}{call}" + (
        f"  # {', '.join(found.more)}" if found.more else ""
    )
    return [
        *lines,
        ")",
        f"{'async ' if found.awaited else ''}def {name}(payload{note}){' -> None' if note else ''}:",
        body,
    ]


def _list(routes: list[str]) -> list[str]:
    line = f"    envelopes=[{', '.join(routes)}],"
    return (
        [line]
        if len(line) <= _MOST_ON_A_LINE
        else ["    envelopes=[", *(f"        {route}," for route in routes), "    ],"]
    )
