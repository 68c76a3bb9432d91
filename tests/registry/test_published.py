"""What was published stays: lint reads it from git, at the merge base."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from breaking import EVENT, NEW, OLD, SHARED, drop, put, remove
from signalbook import Registry
from signalbook.errors import Unreadable
from signalbook.registry.git_base import published
from signalbook.registry.lint import rules, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from breaking import Change
    from conftest import Run

ME = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@b.cc",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@b.cc",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(folder: Path, *words: str) -> str:
    """Run git in a folder."""
    done = subprocess.run(
        ["git", "-C", str(folder), *words],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **ME},
    )
    return done.stdout.strip()


def commit(folder: Path, message: str = "a change") -> None:
    """Commit all that is in a folder."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


@pytest.fixture
def branch(good_tree: Path) -> Path:
    """The small registry, published on main, with a branch that left it."""
    git(good_tree.parent, "init", "-q", "-b", "main")
    commit(good_tree.parent)
    git(good_tree.parent, "checkout", "-q", "-b", "work")
    return good_tree


def found(tree: Path, base: str | None = None) -> list[tuple[str, str]]:
    """Return what the rule says of a tree: the file below it, and the message."""
    (rule,) = [rule for rule in rules(base) if rule.name == "published-unchanged"]
    return [
        (finding.fault.file.removeprefix(f"{tree}/"), finding.fault.message)
        for finding in run(Registry.load(tree), (rule,))
    ]


@pytest.mark.parametrize(
    ("change", "file", "message"),
    [
        pytest.param(
            put(OLD, "/properties/used/maximum", 90),
            OLD,
            "/used: form changed: the greatest number: 100 → 90",
            id="a limit",
        ),
        pytest.param(
            put(OLD, "/required", ["at", "diskId", "event"]),
            OLD,
            "/used: guarantee weakened",
            id="a guarantee",
        ),
        pytest.param(
            put(SHARED, "/pattern", "^d-[a-z0-9]{9}$"),
            OLD,
            "/diskId: form changed: pattern",
            id="a shared definition",
        ),
        pytest.param(
            put(OLD, "/properties/title", {"description": "A field called as a word is.", "type": "string"}),
            OLD,
            "/title: field added",
            id="title",
        ),
    ],
)
def test_a_published_version_stays(branch: Path, change: Change, file: str, message: str) -> None:
    """A published version that means something else is found, whether the change was committed or not, and in shared definitions too."""
    change(branch)
    before = found(branch)
    commit(branch.parent)
    assert found(branch) == before
    assert any(where == file and message in text for where, text in before), before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(put(OLD, "/description", "In other words."), id="words"),
        pytest.param(put(OLD, "/properties/used/x-unit", "per cent"), id="a unit"),
        pytest.param(put(OLD, "/properties/used/examples", [95]), id="an example"),
        pytest.param(put(EVENT, "/versions/1.0.0/note", "Another note."), id="a note"),
        pytest.param(put(OLD, "/required", ["used", "event", "diskId", "at"]), id="order"),
    ],
)
def test_words_may_change(branch: Path, change: Change) -> None:
    """Words, sources and examples of a published version may change."""
    change(branch)
    assert found(branch) == []


def test_a_published_version_may_not_go(branch: Path) -> None:
    """A published version that is gone is found."""
    for change in (remove(OLD), remove("acme/disk/disk-full/examples/1.0.0"), drop(EVENT, "/versions/1.0.0")):
        change(branch)
    ((file, message),) = found(branch)
    assert file == OLD
    assert message.endswith("and is missing now")


def test_a_new_version_is_free(branch: Path) -> None:
    """What is not on the main branch yet may change as it likes; what was on it when the branch left, not what came since."""
    git(branch.parent, "checkout", "-q", "main")
    put(NEW, "/properties/usage/maximum", 99)(branch)
    commit(branch.parent)
    git(branch.parent, "checkout", "-q", "work")
    assert found(branch) == []
    assert published(branch) is None


def test_the_base_can_be_named(branch: Path, signalbook: Callable[..., Run]) -> None:
    """`lint --base` names the branch or commit; one that git does not know is a fault of usage."""
    put(OLD, "/properties/used/maximum", 90)(branch)
    commit(branch.parent)
    assert found(branch, "work") == []
    assert len(found(branch, "main")) == 1
    clean, broken, unknown = (
        signalbook("lint", "--schemas", branch, "--base", base) for base in ("work", "main", "none")
    )
    assert (broken.code, unknown.code) == (1, 2)
    assert ["[published-unchanged]" in run.out for run in (clean, broken)] == [False, True]
    assert "is not a commit that git knows" in unknown.err


def test_without_git_nothing_was_published(good_tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is no clone, a clone without a main branch, a tree that is new, and a machine without git are all fine, unless a base was named."""
    assert published(good_tree) is None
    with pytest.raises(Unreadable):
        published(good_tree, "main")
    git(good_tree.parent, "init", "-q", "-b", "other")
    (good_tree.parent / "a.txt").write_text("a", "utf-8")
    git(good_tree.parent, "add", "a.txt")
    git(good_tree.parent, "commit", "-q", "-m", "first")
    assert published(good_tree) is None
    git(good_tree.parent, "branch", "main")
    git(good_tree.parent, "add", "-A")
    assert published(good_tree) is None
    monkeypatch.setenv("PATH", "")
    assert published(good_tree) is None


def test_histories_that_never_met(branch: Path) -> None:
    """A base without a common commit is refused, and says what a shallow clone lacks."""
    git(branch.parent, "checkout", "-q", "--orphan", "island")
    commit(branch.parent, "another beginning")
    with pytest.raises(Unreadable, match="no commit in common"):
        published(branch, "main")


def test_a_published_tree_that_cannot_be_read(branch: Path) -> None:
    """A published tree that this release cannot read is a finding that says so, not a crash."""
    kept = branch.parent / "kept"
    shutil.copytree(branch, kept)
    git(branch.parent, "checkout", "-q", "main")
    (branch / "registry.json").write_text("{}", "utf-8")
    git(branch.parent, "add", branch.name)
    git(branch.parent, "commit", "-q", "-m", "broken")
    git(branch.parent, "checkout", "-q", "-b", "later")
    shutil.copytree(kept, branch, dirs_exist_ok=True)
    ((_, message),) = found(branch)
    assert "this version of signalbook cannot read" in message
