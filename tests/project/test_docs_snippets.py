"""What the how-to guides give away is true: CI snippets go green and red, editors find schemas, a registry of one's own becomes a site."""

from __future__ import annotations

import copy
import fnmatch
import json
import os
import re
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

import signalbook
from acting import act
from conftest import GOOD, ROOT
from manual import BINARIES, DOCS, PAGES, Block, blocks, load_yaml, name_of, run
from signalbook.site import indexes, schema_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signalbook import Registry

EDITORS, OWN, SITE = (
    DOCS / "how-to" / f"{name}.md" for name in ("editor-schemas", "own-registry", "publish-the-site")
)
HOME = "https://signalbook.example/"
CHECKOUT, SETUP, UPLOAD_ARTIFACT, UPLOAD_SARIF = (
    "actions/checkout@v6",
    "actions/setup-python@v6",
    "actions/upload-artifact@v7",
    "github/codeql-action/upload-sarif@v4",
)
ACTIONS = (CHECKOUT, SETUP, UPLOAD_ARTIFACT, UPLOAD_SARIF)
"""What snippets for GitHub may use besides our own action: majors that run on the Node that GitHub's runners have."""
OURS = "your-org/signalbook@v0.1.0"
"""How the pages call our own action."""
# A machine of a CI that never reaches the network: pip notes what it is asked for, and a new environment has signalbook.
PIP = '#!/bin/sh\necho "$@" >>"$INSTALLED"\n'
PYTHON = f"""#!/bin/sh
test "$1 $2" = "-m venv" || exec {BINARIES}/python "$@"
mkdir -p "$3/bin"
cp "$(dirname "$0")/pip" "$3/bin/"
ln -s {BINARIES}/signalbook "$3/bin/signalbook"
"""


Step = str | dict[str, Any]
"""What a job does: a script, or the inputs that it gives to our action."""


def jobs(block: Block) -> list[list[Step]]:
    """Return the steps that a CI would run for a block, one list for each job; none where it is no snippet for a CI."""
    match block.language:
        case "yaml":
            return [_steps(job) for job in _jobs(block)]
        case "groovy":
            return [["\n".join(re.findall(r"^ *sh '([^']+)'$", block.text, re.MULTILINE))]]
        case "makefile":
            return [["make contracts"]]
        case _:
            return []


def _jobs(block: Block) -> list[dict[str, Any]]:
    data = load_yaml(block.text)
    return [
        job
        for job in data.get("jobs", data).values()
        if isinstance(job, dict) and {"steps", "script"} & set(job)
    ]


def _steps(job: dict[str, Any]) -> list[Step]:
    if "script" in job:
        return ["\n".join(job["script"])]
    assert "runs-on" in job
    assert all(len({"uses", "run"} & set(step)) == 1 for step in job["steps"])
    return [step.get("run", step.get("with", {})) for step in job["steps"] if step.get("uses", OURS) == OURS]


def kept(block: Block) -> list[str]:
    """Return the files that a snippet keeps when it is done, whether its payloads are good or not: reports for code scanning and test tabs, artifacts."""
    if block.language == "groovy":
        return re.findall(r"^ *(?:junit|archiveArtifacts) '([^']+)'$", block.text, re.MULTILINE)
    found: list[str] = []
    for job in _jobs(block) if block.language == "yaml" else []:
        artifacts = job.get("artifacts", {})
        given = [
            step["with"]
            for step in job.get("steps", [])
            if step.get("uses") in (UPLOAD_SARIF, UPLOAD_ARTIFACT)
        ]
        found += [
            *artifacts.get("paths", []),
            *artifacts.get("reports", {}).values(),
            *(one.get("sarif_file") or one["path"] for one in given),
        ]
        assert not artifacts or artifacts["when"] == "always"
        assert all(step["if"] == "always()" for step in job.get("steps", []) if step.get("with") in given)
    return found


SNIPPETS = [(page, block, steps) for page in PAGES for block in blocks(page) for steps in jobs(block)]


def machine(folder: Path, block: Block, *, red: bool) -> None:
    """Make a project with payloads, a schema and a registry of its own, as a CI checks it out; a red one has one fault of each kind."""
    own = "my-schemas" in block.text
    (folder / "fixtures").mkdir()
    for file in GOOD.rglob("delivered/*.json") if own else (ROOT / "demo").glob("*.*"):
        shutil.copy(file, folder / "fixtures" / f"{file.parent.parent.name}-{file.name}")
    shutil.copytree(GOOD, folder / "my-schemas")
    (folder / "order.json").write_text('{"type": "object", "required": ["order"]}', "utf-8")
    (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
    (folder / block.file).write_text(block.text, "utf-8")
    settings = (
        "git config user.email me@example.com; git config user.name Me; git config commit.gpgsign false"
    )
    made = run(
        f"git init -q; {settings}; git add .; git commit -qm published; git update-ref refs/remotes/origin/main HEAD",
        folder,
    )
    assert made.returncode == 0, made.stderr
    if red:
        shutil.copy(ROOT / "demo" / "broken" / "jdcloud-wrong-time.json", folder / "fixtures")
        (folder / "order.json").write_text('{"type": "object", "required": ["order", "cents"]}', "utf-8")
    for name, text in {"pip": PIP, "python": PYTHON, "python3": PYTHON}.items():
        stub = folder / ".machine" / name
        stub.parent.mkdir(exist_ok=True)
        stub.write_text(text, "utf-8")
        stub.chmod(0o755)


def test_every_ci_that_is_named_has_a_snippet() -> None:
    """The page on CI holds snippets for GitHub, GitLab, Jenkins and make."""
    files = [block.file for page, block, _ in SNIPPETS if page.name == "validate-in-ci.md"]
    assert {".github/workflows/contracts.yml", ".gitlab-ci.yml", "Jenkinsfile", "Makefile"} <= set(files)


def play(steps: list[Step], folder: Path) -> tuple[int, str]:
    """Do the steps of a job up to the first that fails, and return its exit code and what all of them printed."""
    code, told = 0, ""
    for step in steps:
        if isinstance(step, str):
            done = run(step, folder, before=f"{folder}/.machine:", INSTALLED=str(folder / "installed"))
            code, more = done.returncode, done.stdout + done.stderr
        else:
            path = f"{folder}/.machine:{BINARIES}:{os.environ['PATH']}"
            acted = act(
                folder,
                folder / ".runner",
                step,
                python=f"{folder}/.machine/python",
                more={"PATH": path, "INSTALLED": str(folder / "installed")},
            )
            code, more = acted.code, acted.log
        told += more
        if code:
            break
    return code, told


@pytest.mark.parametrize("red", [False, True], ids=["green", "red"])
@pytest.mark.parametrize(
    ("page", "block", "steps"),
    [
        pytest.param(*one, id=f"{number}-{name_of(one[0])}-{one[1].file}")
        for number, one in enumerate(SNIPPETS)
    ],
)
def test_a_job_is_green_for_good_payloads_and_red_for_bad_ones(
    page: Path, block: Block, steps: list[Step], tmp_path: Path, *, red: bool
) -> None:
    """What a CI runs for a snippet ends with 0 where all is well and with 1 where something is broken; it leaves the reports it keeps, and installs only what there is."""
    assert "signalbook" in block.text, page
    machine(tmp_path, block, red=red)
    code, told = play(steps, tmp_path)
    # make has an exit code of its own for a command that failed.
    assert code == (0 if not red else 2 if block.language == "makefile" else 1), told
    assert [name for name in kept(block) if not (tmp_path / name).is_file()] == [], told
    installed = (tmp_path / "installed").read_text("utf-8")
    assert installed.startswith("install ")
    assert unknown(block, installed) == set()


def unknown(block: Block, installed: str) -> set[str]:
    """Return what a job asked pip for and nobody has: our action asks for itself with the versions it was tested with, others for signalbook or pytest."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    known = {"pytest", "signalbook", *(f"signalbook[{extra}]" for extra in extras)}
    ours = {"--quiet", "--disable-pip-version-check", "--constraint", f"{ROOT}/constraints.txt", str(ROOT)}
    return set(installed.split()) - {"install"} - (ours if OURS in block.text else known)


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, id=f"{number}-{block.file}")
        for number, (_, block, _) in enumerate(SNIPPETS)
        if block.language == "yaml"
    ],
)
def test_a_snippet_is_what_the_ci_reads(block: Block) -> None:
    """Each snippet for GitHub or GitLab is valid by the schema that editors hold such files against, and uses actions in versions that run there."""
    assert {step["uses"] for job in _jobs(block) for step in job.get("steps", []) if "uses" in step} <= {
        *ACTIONS,
        OURS,
    }
    schema = "gitlab-ci" if block.file == ".gitlab-ci.yml" else "github-workflow"
    # YAML 1.1 takes the word `on` for true.
    data = {"on" if key is True else key: value for key, value in load_yaml(block.text).items()}
    jsonschema.Draft7Validator(
        json.loads((ROOT / "tests" / "data" / "ci" / f"{schema}.schema.json").read_bytes())
    ).validate(data)


@pytest.fixture(scope="module")
def served(registry: Registry) -> dict[str, bytes]:
    """What the site serves to tools, by path."""
    schemas = schema_files.files(registry)
    return {**schemas, **indexes.files(registry, schemas)}


def addresses(page: Path) -> Iterator[str]:
    """Yield the path of every address below the site that a page names; what stands for an id is filled in."""
    text = page.read_text("utf-8")
    for path in [*re.findall(rf"{HOME}([\w./-]+)", text), *re.findall(r"`(schemas/[^`]+)`", text)]:
        envelope = "cloudmonitor"
        yield (
            path.replace("<event>", "alibaba/ecs/instance-state-change")
            .replace("<provider>", "alibaba")
            .replace("<envelope>", envelope)
        )


def test_every_address_of_the_page_is_served(served: dict[str, bytes]) -> None:
    """Each address that the page on editors names is one that the site has."""
    named = list(addresses(EDITORS))
    assert len(named) > 10
    assert [path for path in named if path not in served] == []


def associations() -> list[tuple[str, str]]:
    """Return the globs of the settings that the page shows, each with the path of its schema."""
    settings: dict[str, Any] = {}
    for block in blocks(EDITORS, "json"):
        settings |= json.loads(block.text) if block.file == ".vscode/settings.json" else {}
    listed = [(glob, one["url"]) for one in settings["json.schemas"] for glob in one["fileMatch"]]
    listed += [(f"/{glob}", url) for url, glob in settings["yaml.schemas"].items()]
    return [(glob, url.removeprefix(HOME)) for glob, url in listed]


def valid(instance: Any, path: str, served: dict[str, bytes]) -> bool:
    """Return whether the schema at a path, alone, accepts a value."""
    checker = jsonschema.Draft7Validator(json.loads(served[path]), format_checker=jsonschema.FormatChecker())
    return bool(checker.is_valid(instance))


def test_editors_find_the_schema_of_each_file_of_the_page(served: dict[str, bytes]) -> None:
    """Each payload of the page has exactly one schema, by settings or by its first line, which accepts it and notices a field that is missing."""
    checked = 0
    for block in [block for block in blocks(EDITORS, "json", "yaml") if not block.file.startswith(".vscode")]:
        found = [path for glob, path in associations() if fnmatch.fnmatch(f"/{block.file}", glob)]
        found += re.findall(rf"^# yaml-language-server: \$schema={HOME}(\S+)$", block.text, re.MULTILINE)
        (path,) = found
        body = load_yaml(block.text)
        assert valid(body, path, served)
        for field in body:
            assert not valid({name: value for name, value in body.items() if name != field}, path, served)
        checked += 1
    assert checked == 3


def test_received_payloads_keep_the_schemas_of_the_page(served: dict[str, bytes]) -> None:
    """A body and a delivery of the demo are valid by the schemas that the page takes for a body and for a delivery; a delivery is no body."""
    body, delivery = (path for _, path in associations()[:2])
    received = signalbook.parse((ROOT / "demo" / "alibaba-state-change-through-mns.json").read_bytes()).body
    whole = json.loads((ROOT / "demo" / "jdcloud-state-change.json").read_bytes())
    assert valid(received.to_payload(), body, served)
    assert valid(whole, delivery, served)
    broken = copy.deepcopy(whole)
    del broken["detail"]["instanceId"]
    assert not valid(broken, delivery, served)
    assert not valid(whole, body, served)


def test_the_catalogue_knows_the_files_that_the_page_names(served: dict[str, bytes]) -> None:
    """The globs of `catalog.json` take the two files that the page names, and give both the schema of that event only."""
    names = re.findall(
        r"`((?:fixtures|tests)/[\w./-]*create-image[\w./-]*\.json)`", EDITORS.read_text("utf-8")
    )
    assert len(names) == 2
    for name in names:
        catalogued = json.loads(served["catalog.json"])["schemas"]
        assert [
            one["name"]
            for one in catalogued
            if any(fnmatch.fnmatch(f"/{name}", glob) for glob in one["fileMatch"])
        ] == ["jdcloud/vm/create-image"]


@pytest.mark.parametrize(
    "event", ["acme/disk/disk-full", "acme/shop/shop-order-paid"], ids=["to copy", "smallest"]
)
def test_a_registry_of_ones_own_becomes_a_site(event: str, tmp_path: Path) -> None:
    """The files and the two commands of the page on publishing make a site of any registry, without a warning: the one to copy, the smallest one."""
    shown = [block for block in (*blocks(OWN, "json"), *blocks(SITE)) if block.file]
    if event == "acme/disk/disk-full":
        shutil.copytree(GOOD, tmp_path / "my-schemas")
        shown = [block for block in shown if not block.file.startswith("my-schemas/")]
    for block in shown:
        (tmp_path / block.file).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / block.file).write_text(block.text, "utf-8")
    (commands,) = (block.text for block in blocks(SITE, "text") if "mkdocs build" in block.text)
    done = run(commands, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    made = (tmp_path / "site" / "catalogue" / event / "index.html").read_text("utf-8")
    assert ('id="fields"' in made, "{ #" in made) == (True, False)
