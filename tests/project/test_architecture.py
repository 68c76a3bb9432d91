"""The architecture: the packages, who imports which library, what a run may load, and how large files get. `make lint` checks the order of imports."""

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
PACKAGES = {
    *(
        "cli",
        "site",
        "testing",
        "reporting",
        "config",
        "validation",
        "codegen",
        "compat",
        "envelopes",
        "registry",
        "engine",
        "reading",
    ),
    *("__init__", "__main__", "api", "strategies", "errors", "terminal"),
}
OWNERS = {
    "orjson": {"reading"},
    "jsonschema_rs": {"engine", "compat"},  # the validator; and its set algebra, which the proofs use
    "jsonschema": {"engine", "compat"},
    "rfc3986_validator": {"engine"},
    "hypothesis": {"engine"},
    "hypothesis_jsonschema": {"engine"},
    "datamodel_code_generator": {"codegen"},
    "pydantic": {"codegen"},
    "pydantic_core": {"codegen"},
    "typing_extensions": {"codegen"},
    "msgspec": {"codegen"},
    "signalbook_models": {"validation"},
    "pytest": {"testing"},
}
HEAVY = (
    "hypothesis",
    "pytest",
    "pydantic",
    "datamodel_code_generator",
    "jsonschema",
    "referencing",
    "mkdocs",
    "attr",
    "rpds",
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 60

FILES = sorted(SOURCE.rglob("*.py"))


def package(file: Path) -> str:
    """Return the package a file belongs to: its own name, or that of its folder."""
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(file: Path) -> Iterator[str]:
    """Yield every module a file imports, at its top or inside a function, with the names taken from the package itself."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide the package"
            yield from (
                (f"signalbook.{alias.name}" for alias in node.names)
                if node.module == "signalbook"
                else [str(node.module)]
            )


CHANGING = {
    *("write_text", "write_bytes", "unlink", "mkdir", "makedirs", "rename", "renames", "rmdir", "rmtree"),
    *("touch", "symlink_to", "hardlink_to", "symlink", "copyfile", "copytree"),
    *("NamedTemporaryFile", "mkstemp", "mkdtemp"),
}
"""Names of functions of the standard library that change files, whatever their arguments are. A temporary directory is fine: nobody sees it."""


def called(call: ast.Call) -> tuple[str, str]:
    """Return the name of a called function, and the name before its dot, if any."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr, call.func.value.id if isinstance(call.func.value, ast.Name) else ""
    return (call.func.id if isinstance(call.func, ast.Name) else ""), ""


def calls(file: Path) -> list[ast.Call]:
    """Return the calls in a file."""
    return [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]


def changes_files(call: ast.Call) -> bool:
    """Return whether a call creates, changes or removes a file, as far as its source says so."""
    name, before = called(call)
    if name in CHANGING or (name == "replace" and before == "os"):
        return True
    if name != "open":
        return False
    written = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    if before == "os":
        return "devnull" not in ast.unparse(call) and bool(re.search(r"O_(WRONLY|RDWR)", ast.unparse(call)))
    modes = [one.value for one in written if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(re.fullmatch(r"[rwaxbt+]{1,3}", mode) and set(mode) & set("wax+") for mode in modes)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_each_library_has_one_owner(file: Path) -> None:
    """A third-party library is imported by its owner only, so that it can be replaced there."""
    used = {module.split(".")[0] for module in imports(file)} - set(sys.stdlib_module_names) - {"signalbook"}
    assert {library for library in used if package(file) not in OWNERS.get(library, set())} == set()


def test_there_are_twelve_packages_and_a_few_modules() -> None:
    """A new package is entered here, in the layers of pyproject.toml, and in docs/explanation/architecture.md."""
    assert {package(file) for file in FILES} == PACKAGES


def test_validating_imports_nothing_heavy() -> None:
    """`signalbook validate` starts fast: it imports no test, model or documentation library, and not the reference engine."""
    payload = ROOT / "demo" / "jdcloud-state-change.json"
    command = [sys.executable, "-X", "importtime", "-m", "signalbook", "validate", str(payload)]
    done = subprocess.run(command, capture_output=True, check=True)
    imported = {
        line.split("|")[-1].strip().split(".")[0]
        for line in done.stderr.decode().splitlines()
        if line.startswith("import time:")
    }
    assert "jsonschema_rs" in imported
    assert imported & set(HEAVY) == set()


def test_importing_the_package_imports_nothing_heavy() -> None:
    """`import signalbook` brings none of the optional libraries along."""
    code = f"import sys, signalbook; print(sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_files_and_functions_stay_small(file: Path) -> None:
    """A file has at most 400 lines and a function at most 60, so that each is read in one go."""
    text = file.read_text("utf-8")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION]
    assert (len(text.splitlines()) <= LONGEST_FILE, long) == (True, [])


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_each_file_says_what_it_is_for(file: Path) -> None:
    """The first line of a file is a sentence about it."""
    first = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").splitlines()[0]
    assert first.endswith((".", "?"))


def test_only_the_console_prints_and_only_codegen_writes() -> None:
    """Printing belongs to one file of the command, through which all text goes; writing to one package."""
    printing = {
        file.relative_to(SOURCE).as_posix()
        for file in FILES
        if any(called(call)[0] == "print" for call in calls(file))
    }
    writing = {package(file) for file in FILES if any(map(changes_files, calls(file)))}
    assert (printing, writing) == ({"cli/console.py"}, {"codegen"})


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("Path(name).write_text(text)", True),
        ("os.replace(old, new)", True),
        ("shutil.rmtree(folder)", True),
        ("open(name, 'w')", True),
        ("open(name, mode='r+b')", True),
        ("Path(name).open('ab')", True),
        ("os.open(name, os.O_WRONLY | os.O_CREAT)", True),
        ("tempfile.NamedTemporaryFile(dir=folder)", True),
        ("open(name)", False),
        ("open(name, 'rb', buffering=0)", False),
        ("os.open(os.devnull, os.O_WRONLY)", False),
        ("text.replace(old, new)", False),
    ],
)
def test_calls_that_change_files_are_found(code: str, *, changes: bool) -> None:
    """The test above counts these calls as writing."""
    (call,) = [node for node in ast.walk(ast.parse(code, mode="eval").body) if isinstance(node, ast.Call)][:1]
    assert changes_files(call) is changes
