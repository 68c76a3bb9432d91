"""The hooks for pre-commit: installed by the real one from a clone of this tree, they pass on good files and show what is wrong in bad ones."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from conftest import GOOD, ROOT
from manual import BINARIES, DOCS, blocks, load_yaml

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
DEMO = ROOT / "demo"
PAGE = DOCS / "how-to" / "validate-in-ci.md"
ADDRESS = "<address of signalbook>"
"""What stands on the pages where a reader puts the address of this repository."""
INDEX = "SIGNALBOOK_INDEX"
"""The environment variable that lets these tests be skipped on a machine that reaches no package index: SIGNALBOOK_INDEX=none."""
IDENTITY = {
    f"GIT_{who}_{what}": "hooks@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}
WHOLE_LINE = 131_072
"""What pre-commit takes for the longest command line: more names than fit go to a process of their own."""


def sh(folder: Path, *words: str, env: dict[str, str] | None = None, expect: tuple[int, ...] = (0,)) -> str:
    """Run a program in a folder, and return what it printed, errors included."""
    whole = {**os.environ, **IDENTITY, **(env or {})}
    done = subprocess.run(
        words,
        cwd=folder,
        env=whole,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode in expect, f"{' '.join(words)[:200]} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def commit(folder: Path) -> str:
    """Make a repository of a folder, or add to the one that it is, and return the id of the commit."""
    sh(folder, "git", "init", "-q")
    sh(folder, "git", "add", "--all")
    sh(folder, "git", "-c", "commit.gpgsign=false", "commit", "-q", "--allow-empty", "-m", "as it is")
    return sh(folder, "git", "rev-parse", "HEAD").strip()


def program() -> str:
    """Return the path of pre-commit; a test skips where nobody installed it, unless the tests' own dependencies name it."""
    found = shutil.which("pre-commit", path=f"{BINARIES}{os.pathsep}{os.environ['PATH']}")
    if found is None and '"pre-commit' not in (ROOT / "pyproject.toml").read_text("utf-8"):
        pytest.skip("needs pre-commit")
    assert found, (
        "pre-commit is one of the dependencies of the tests, and is not there: pip install --editable '.[dev]'"
    )
    return found


@dataclass(frozen=True)
class Hooks:
    """A clone of this tree that others take hooks from, and the home where pre-commit keeps what it installed."""

    program: str
    clone: Path
    rev: str
    home: Path

    def config(self, *hooks: dict[str, Any]) -> str:
        """Return a configuration of pre-commit that asks for hooks of the clone; JSON is YAML."""
        repo = {"repo": str(self.clone), "rev": self.rev, "hooks": list(hooks)}
        return json.dumps({"repos": [repo]})

    def run(self, folder: Path, config: str, *words: str, expect: int = 0) -> str:
        """Run pre-commit on all files of a folder, which becomes a repository, and return what it printed."""
        (folder / ".pre-commit-config.yaml").write_text(config, "utf-8")
        commit(folder)
        env = {"PRE_COMMIT_HOME": str(self.home), "PRE_COMMIT_COLOR": "never"}
        return sh(folder, self.program, "run", "--all-files", *words, env=env, expect=(expect,))


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Hooks:
    """This tree as it is now, as a repository with a tag; pre-commit has installed its hooks, which needs a package index."""
    found = program()
    clone, home, probe = (tmp_path_factory.mktemp(name) for name in ("signalbook", "home", "probe"))
    for name in sh(ROOT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    made = Hooks(found, clone, commit(clone), home)
    sh(clone, "git", "tag", "v0.1.0")
    if os.environ.get(INDEX) == "none":
        pytest.skip(f"{INDEX}=none: pre-commit cannot install the hooks without a package index")
    (probe / ".pre-commit-config.yaml").write_text(
        made.config({"id": "signalbook-validate"}, {"id": "signalbook-lint"}), "utf-8"
    )
    commit(probe)
    try:
        sh(probe, found, "install-hooks", env={"PRE_COMMIT_HOME": str(home)})
    except AssertionError as error:
        pytest.fail(
            f"pre-commit could not install the hooks. It needs a package index that pip reaches; without one: {INDEX}=none\n{error}"
        )
    return made


def payloads(folder: Path, *names: str) -> None:
    """Put payloads of the demo where a project has them: below tests/payloads."""
    (folder / "tests" / "payloads").mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(DEMO / name, folder / "tests" / "payloads")


def test_the_manifest_is_one_for_pre_commit(tmp_path: Path) -> None:
    """What pre-commit says of a manifest, it says of ours: nothing is wrong."""
    assert sh(tmp_path, program(), "validate-manifest", str(MANIFEST)) == ""


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("payloads/a.json", True),
        ("tests/payloads/jdcloud/a.ndjson", True),
        ("service/fixtures/a.jsonl", True),
        ("payloads/chunk.json.gz", True),
        ("package.json", False),
        ("old-payloads/a.json", False),
        ("payloads/README.md", False),
        ("payloads/a.json.bak", False),
    ],
)
def test_payloads_are_taken_from_the_usual_folders(name: str, *, taken: bool) -> None:
    """Without `files` of its own, a project has its folders `payloads` and `fixtures` checked, at any depth, and no other JSON."""
    (hook,) = (one for one in load_yaml(MANIFEST.read_text("utf-8")) if one["id"] == "signalbook-validate")
    assert bool(re.search(hook["files"], name)) is taken


def test_good_payloads_pass_and_a_broken_one_is_shown(hooks: Hooks, tmp_path: Path) -> None:
    """A repository that names the hook and nothing else passes with good payloads of all kinds; with a broken one it fails and shows the finding."""
    config = hooks.config({"id": "signalbook-validate"})
    (tmp_path / "package.json").write_text('{"no": "payload"}', "utf-8")
    payloads(
        tmp_path, "jdcloud-state-change.json", "mixed.ndjson", "huawei-config-chunk.json.gz", "batch.json"
    )
    assert "Passed" in hooks.run(tmp_path, config)
    payloads(tmp_path, "broken/jdcloud-wrong-time.json")
    told = hooks.run(tmp_path, config, expect=1)
    assert "Failed" in told
    assert "exit code: 1" in told
    assert "tests/payloads/jdcloud-wrong-time.json" in told
    assert "/detail/eventTime" in told
    assert "jdcloud-state-change.json" not in told


def test_a_project_says_which_files_and_how_much(hooks: Hooks, tmp_path: Path) -> None:
    """`files` and `args` of a project hold: other folders are checked, at another level; a wrong option is told."""
    novel = json.loads((DEMO / "jdcloud-state-change.json").read_bytes())
    novel["detail"]["notice"] = "a field that nobody documented"
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "one sample.json").write_text(json.dumps(novel), "utf-8")
    hook = {"id": "signalbook-validate", "files": "^samples/"}
    assert "Passed" in hooks.run(tmp_path, hooks.config(hook))
    told = hooks.run(tmp_path, hooks.config({**hook, "args": ["--level", "strict"]}), expect=1)
    assert "exit code: 1" in told
    assert "/detail/notice" in told
    assert "exit code: 2" in hooks.run(
        tmp_path, hooks.config({**hook, "args": ["--level", "loose"]}), expect=1
    )


def test_more_files_than_fit_on_a_command_line_are_all_checked(hooks: Hooks, tmp_path: Path) -> None:
    """Where pre-commit splits a long list of files, each is checked once, and a fault in any part fails the hook."""
    payloads(tmp_path, "jdcloud-state-change.json")
    good = tmp_path / "tests" / "payloads" / "jdcloud-state-change.json"
    many = 1_500
    for number in range(many):
        os.link(good, good.with_name(f"{number:04}-{'x' * 80}.json"))
    assert many * 100 > WHOLE_LINE
    shutil.copy(DEMO / "broken" / "jdcloud-wrong-time.json", good.with_name("zz-the-last.json"))
    told = hooks.run(tmp_path, hooks.config({"id": "signalbook-validate"}), expect=1)
    counts = [
        int(found) for found in re.findall(r"^([0-9,]+) payloads?: ", told.replace(",", ""), re.MULTILINE)
    ]
    assert len(counts) > 1
    assert sum(counts) == many + 2
    assert told.count("/detail/eventTime") == 1


def test_a_registry_is_held_to_its_law(hooks: Hooks, tmp_path: Path) -> None:
    """The hook for registries passes on a good tree, and fails with the rule that a changed one breaks."""
    config = hooks.config({"id": "signalbook-lint", "args": ["--schemas", "my-schemas"]})
    shutil.copytree(GOOD, tmp_path / "my-schemas")
    assert "Passed" in hooks.run(tmp_path, config)
    shutil.rmtree(next((tmp_path / "my-schemas").rglob("examples")))
    told = hooks.run(tmp_path, config, expect=1)
    assert "[example-present]" in told


def test_the_configuration_of_the_page_works(hooks: Hooks, tmp_path: Path) -> None:
    """What the page on CI gives for pre-commit, with the address put in, passes on good payloads and fails on a broken one."""
    (shown,) = (block for block in blocks(PAGE, "yaml") if block.file == ".pre-commit-config.yaml")
    assert shown.text.count(ADDRESS) == 1
    config = shown.text.replace(ADDRESS, str(hooks.clone))
    (tmp_path / "fixtures").mkdir()
    shutil.copy(DEMO / "jdcloud-state-change.json", tmp_path / "fixtures")
    assert "Passed" in hooks.run(tmp_path, config)
    shutil.copy(DEMO / "broken" / "jdcloud-wrong-time.json", tmp_path / "fixtures")
    assert "/detail/eventTime" in hooks.run(tmp_path, config, expect=1)


def test_pip_takes_signalbook_from_its_address(hooks: Hooks, tmp_path: Path) -> None:
    """Where no index has signalbook, what the page says to give pip instead makes the wheel of the tag."""
    (shown,) = re.findall(r'pip install "(git\+<address of signalbook>@v[0-9.]+)"', PAGE.read_text("utf-8"))
    asked = shown.replace(ADDRESS, hooks.clone.as_uri())
    sh(tmp_path, sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "wheels", asked)
    (wheel,) = (tmp_path / "wheels").iterdir()
    assert wheel.name.startswith("signalbook-0.1.0-")
