"""What the tests of generated types share: the class of a contract, and which values it reads."""

from __future__ import annotations

import functools
import importlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from signalbook.registry import naming

if TYPE_CHECKING:
    from pathlib import Path

    from signalbook.registry import Contract, Registry

CHECKERS = {
    "mypy": ["mypy", "--strict", "--no-incremental", "--config-file", os.devnull],
    "pyright": ["pyright", "--pythonpath", sys.executable],
    "ruff check": ["ruff", "check", "--isolated", "--no-cache"],
    "ruff format": ["ruff", "format", "--check", "--isolated", "--no-cache"],
}
"""Type checkers in strict mode, and ruff as a user has it who set nothing."""


def complaints(checker: str, folder: Path, *names: str) -> str:
    """Return what a checker says of packages or modules in a folder; nothing where it is content."""
    words = [*CHECKERS[checker], *names]
    if checker == "pyright":
        # Of files that it is given by name it would read no settings, and so not be strict.
        (folder / "pyrightconfig.json").write_text(
            json.dumps({"typeCheckingMode": "strict", "include": names}), "utf-8"
        )
        words = [*CHECKERS[checker], "-p", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    return f"{done.stdout[-3000:]}{done.stderr}" if done.returncode else ""


LISTS_OPEN = frozenset({"enum"})
"""Rules that the models leave aside on purpose: a provider may extend a list."""


@functools.cache
def _class(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def body_class(registry: Registry, contract: Contract, package: str = "signalbook_models") -> Any:
    """Return the generated class of an event's contract."""
    return _class(
        f"{package}.{naming.python_module(contract.of, contract.version, registry.events[contract.of].versions)}",
        naming.python_class(contract.of),
    )


def envelope_class(envelope_id: str, package: str = "signalbook_models") -> Any:
    """Return the generated class of an envelope."""
    return _class(
        f"{package}.{naming.identifier(envelope_id.partition('/')[0])}.envelopes",
        naming.python_class(envelope_id),
    )


def reads(model: Any, value: Any, context: Any = None) -> bool:
    """Whether a model reads a value, and gives it back as it was."""
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        read = model.model_validate(value, context=context)
    except ValidationError:
        return False
    assert read.to_payload() == value, (model, value)
    return True


def broken_rules(contract: Contract, value: Any) -> set[str]:
    """Return the rules that a value breaks, of those that the models are to hold up: lists and objects are open."""
    return {
        problem.rule for problem in contract.checker.problems(value) if problem.weight != "novelty"
    } - LISTS_OPEN
