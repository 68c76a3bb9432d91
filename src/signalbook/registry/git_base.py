"""Reads the published tree of schemas from git, as it was where this branch left the main branch.

Others may rely on the schemas that are on the main branch. The merge base is the newest commit of the main branch that this branch contains.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from signalbook.errors import Unreadable
from signalbook.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

_MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def published(root: Path, base: str | None = None) -> tuple[str, Registry] | None:
    """Return the merge base of HEAD and `base`, and the registry at `root` as it was in that commit.

    Without `base`, the main branch is used. Returns None if nothing has changed since then or the tree did not exist yet and, without `base`,
    if there is no git or no main branch. Raises `Unreadable` if git does not know `base`, or if it has no commit in common with HEAD.
    Raises `BrokenRegistry` if this version of signalbook cannot read the published tree.
    """
    commit = _merge_base(root, base)
    if commit is None or _git(root, "diff", "--quiet", commit, "--", ".") is not None:
        return None
    packed = _git(root, "archive", "--format=tar", commit, ".")
    if packed is None:
        return None
    with TemporaryDirectory(prefix="signalbook-") as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        return commit, Registry.load(folder)


def _merge_base(root: Path, base: str | None) -> str | None:
    """Return the merge base of HEAD and `base`, or None if no base is given and none is found."""
    for name in (base,) if base is not None else _MAIN:
        if (found := _git(root, "merge-base", "HEAD", name)) is not None:
            return found.decode().strip()
    if base is None:
        return None
    if _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}") is None:
        raise Unreadable(
            base,
            f"is not a commit that git knows in {root}",
            "use a branch or a commit, for example origin/main, and fetch it first",
        )
    raise Unreadable(
        base, "has no commit in common with the current one", "the clone may be shallow: fetch more history"
    )


def _git(root: Path, *words: str) -> bytes | None:
    """Return the output of a git command run in the tree, or None if it fails or git is not installed."""
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)  # noqa: S603, S607 - uses git from the PATH
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
