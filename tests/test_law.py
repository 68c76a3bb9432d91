"""The architecture is a test: imports go down only, one owner for each library, nothing heavy on the way of a payload, small rooms."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = ROOT / "src" / "signalbook"
FLOORS = (
    ("terminal",),
    ("errors", "findings", "naming", "jsontext", "rules", "theme", "opening"),
    ("levels", "intake", "regular", "drawing", "sync", "sending"),
    ("engine",),
    ("registry",),
    ("envelopes", "judging", "attributes", "compose", "examples", "compat", "published", "models", "typed", "suites"),
    ("dating", "express", "pinpointing"),
    ("walk", "identity", "catalogue"),
    ("lint", "report", "config", "build", "delivery", "sampling"),
    ("strategies", "pages", "checking"),
    ("handling", "fuzzing"),
    ("calls",),
    ("cli", "pytest_plugin", "__init__", "__main__"),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
OWNERS = {
    "orjson": "jsontext",
    "jsonschema_rs": "engine",
    "jsonschema": "engine",
    "rfc3986_validator": "engine",
    "hypothesis": "drawing",
    "hypothesis_jsonschema": "drawing",
    "datamodel_code_generator": "models",
    "pytest": "pytest_plugin",
    "pydantic": "models",
    "pydantic_core": "models",
    "typing_extensions": "models",
    "msgspec": "models",
    "signalbook_models": "typed",
}
HEAVY = ("hypothesis", "pytest", "pydantic", "datamodel_code_generator", "jsonschema", "referencing", "mkdocs", "attr", "rpds")
LONGEST_FILE, LONGEST_FUNCTION = 250, 40

FILES = sorted(SOURCE.rglob("*.py"))


def room(file: Path) -> str:
    """Return the room a file belongs to: its own name, or that of its folder."""
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(file: Path) -> Iterator[str]:
    """Yield every module a file imports, at its top or inside a function, with the names taken from the package itself."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide the room"
            yield from (f"signalbook.{alias.name}" for alias in node.names) if node.module == "signalbook" else [str(node.module)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_imports_go_down_only(file: Path) -> None:
    """A room imports rooms of lower floors: never its own floor, never a higher one."""
    own = room(file)
    targets = {module.split(".")[1] for module in imports(file) if module.startswith("signalbook.")} - {own}
    wrong = {target for target in targets if FLOOR[target] >= FLOOR[own] and own != "__main__"}
    assert wrong == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_each_library_has_one_owner(file: Path) -> None:
    """A third-party library is imported by one room, so that it can be replaced in one."""
    used = {module.split(".")[0] for module in imports(file)} - set(sys.stdlib_module_names) - {"signalbook"}
    assert {(library, OWNERS.get(library)) for library in used} == {(library, room(file)) for library in used}


def test_every_room_stands_on_a_floor() -> None:
    """A new room is entered here, and the table names no room that is gone."""
    assert {room(file) for file in FILES} == set(FLOOR)


def test_validating_imports_nothing_heavy() -> None:
    """`signalbook validate` starts fast: it imports no test, model or documentation library, and not the reference engine."""
    payload = ROOT / "demo" / "jdcloud-state-change.json"
    command = [sys.executable, "-X", "importtime", "-m", "signalbook", "validate", str(payload)]
    done = subprocess.run(command, capture_output=True, check=True)
    imported = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.decode().splitlines() if line.startswith("import time:")}
    assert "jsonschema_rs" in imported
    assert imported & set(HEAVY) == set()


def test_importing_the_package_imports_nothing_heavy() -> None:
    """`import signalbook` brings none of the optional libraries along."""
    code = f"import sys, signalbook; print(sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_rooms_and_functions_stay_small(file: Path) -> None:
    """A file stays under 250 lines and a function under 40, so that each is read in one go."""
    text = file.read_text("utf-8")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION]
    assert (len(text.splitlines()) <= LONGEST_FILE, long) == (True, [])


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_each_file_says_what_it_is_for(file: Path) -> None:
    """The first line of a room is a sentence about it."""
    first = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").splitlines()[0]
    assert first.endswith((".", "?"))


def test_only_the_console_prints_and_only_sync_writes() -> None:
    """Printing belongs to one file of the command, through which all text goes; writing to one room."""
    printing = {file.relative_to(SOURCE).as_posix() for file in FILES if re.search(r"\bprint\(", file.read_text("utf-8"))}
    writing = {room(file) for file in FILES if re.search(r"\.(write_(text|bytes)|unlink)\(", file.read_text("utf-8"))}
    assert (printing, writing) == ({"cli/console.py"}, {"sync"})
