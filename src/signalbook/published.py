"""What was published before: the tree of schemas as it was where this branch left the main one, read from git.

A schema that others may rely on is one that is on the main branch; the merge base is the newest of those that a branch began with.
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
    """Return the commit and the registry at `root` as they were published: at the merge base of this commit and `base`.

    Without `base`, the main branch is looked for. Returns None where nothing differs from there, where the tree was not there yet, and, without
    `base`, where there is no git or no main branch. Raises `Unreadable` for a `base` that git does not know, and for one without a common commit;
    `BrokenRegistry` for a published tree that cannot be read today.
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
    """Return the commit that this one and the base have in common, or None where no base was named and none is found."""
    for name in (base,) if base is not None else _MAIN:
        if (found := _git(root, "merge-base", "HEAD", name)) is not None:
            return found.decode().strip()
    if base is None:
        return None
    if _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}") is None:
        raise Unreadable(base, f"is no commit that git knows at {root}", "name a branch or a commit, as origin/main, and fetch it first")
    raise Unreadable(base, "has no commit in common with this one", "a shallow clone cuts history off: fetch more of it")


def _git(root: Path, *words: str) -> bytes | None:
    """Return what a git command prints at the tree, or None where it fails, or there is no git."""
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)  # noqa: S603, S607 - git, wherever it is installed
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
