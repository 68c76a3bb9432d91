"""What the how-to guides give away is true: CI snippets go green and red, editors find schemas, a registry of one's own becomes a site."""

from __future__ import annotations

import copy
import fnmatch
import json
import re
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

import signalbook
from conftest import GOOD, ROOT
from manual import BINARIES, DOCS, PAGES, Block, blocks, load_yaml, name_of, run
from signalbook.pages import indexes, tools

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signalbook import Registry

EDITORS, OWN, SITE = (DOCS / "how-to" / f"{name}.md" for name in ("editor-schemas", "own-registry", "publish-the-site"))
HOME = "https://signalbook.example/"
# A machine of a CI that never reaches the network: pip notes what it is asked for, and a new environment has signalbook.
PIP = '#!/bin/sh\necho "$@" >>"$INSTALLED"\n'
PYTHON = f"""#!/bin/sh
test "$1 $2" = "-m venv" || exec {BINARIES}/python "$@"
mkdir -p "$3/bin"
cp "$(dirname "$0")/pip" "$3/bin/"
ln -s {BINARIES}/signalbook "$3/bin/signalbook"
"""


def jobs(block: Block) -> list[str]:
    """Return the scripts that a CI would run for a block, one for each job; none where it is no snippet for a CI."""
    match block.language:
        case "yaml":
            data = load_yaml(block.text)
            return [_script(job) for job in data.get("jobs", data).values() if isinstance(job, dict) and {"steps", "script"} & set(job)]
        case "groovy":
            return ["\n".join(re.findall(r"^ *sh '([^']+)'$", block.text, re.MULTILINE))]
        case "makefile":
            return ["make contracts"]
        case _:
            return []


def _script(job: dict[str, Any]) -> str:
    if "script" in job:
        return "\n".join(job["script"])
    assert "runs-on" in job
    assert all(len({"uses", "run"} & set(step)) == 1 for step in job["steps"])
    return "\n".join(step["run"] for step in job["steps"] if "run" in step)


SNIPPETS = [(page, block, script) for page in PAGES for block in blocks(page) for script in jobs(block)]


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
    settings = "git config user.email me@example.com; git config user.name Me; git config commit.gpgsign false"
    made = run(f"git init -q; {settings}; git add .; git commit -qm published; git update-ref refs/remotes/origin/main HEAD", folder)
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


@pytest.mark.parametrize("red", [False, True], ids=["green", "red"])
@pytest.mark.parametrize(
    ("page", "block", "script"), [pytest.param(*one, id=f"{number}-{name_of(one[0])}-{one[1].file}") for number, one in enumerate(SNIPPETS)]
)
def test_a_job_is_green_for_good_payloads_and_red_for_bad_ones(page: Path, block: Block, script: str, tmp_path: Path, *, red: bool) -> None:
    """What a CI runs for a snippet ends with 0 where all is well and with 1 where something is broken; it installs only what there is."""
    assert "signalbook" in block.text, page
    machine(tmp_path, block, red=red)
    done = run(script, tmp_path, before=f"{tmp_path}/.machine:", INSTALLED=str(tmp_path / "installed"))
    # make has an exit code of its own for a command that failed.
    assert done.returncode == (0 if not red else 2 if block.language == "makefile" else 1), done.stdout + done.stderr
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    known = {"pytest", "signalbook", *(f"signalbook[{extra}]" for extra in extras)}
    command, *wanted = (tmp_path / "installed").read_text("utf-8").split()
    assert (command, set(wanted) - known) == ("install", set())


@pytest.fixture(scope="module")
def served(registry: Registry) -> dict[str, bytes]:
    """What the site serves to tools, by path."""
    schemas = tools.files(registry)
    return {**schemas, **indexes.files(registry, schemas)}


def addresses(page: Path) -> Iterator[str]:
    """Yield the path of every address below the site that a page names; what stands for an id is filled in."""
    text = page.read_text("utf-8")
    for path in [*re.findall(rf"{HOME}([\w./-]+)", text), *re.findall(r"`(schemas/[^`]+)`", text)]:
        envelope = "cloudmonitor"
        yield path.replace("<event>", "alibaba/ecs/instance-state-change").replace("<provider>", "alibaba").replace("<envelope>", envelope)


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
    names = re.findall(r"`((?:fixtures|tests)/[\w./-]*create-image[\w./-]*\.json)`", EDITORS.read_text("utf-8"))
    assert len(names) == 2
    for name in names:
        catalogued = json.loads(served["catalog.json"])["schemas"]
        assert [one["name"] for one in catalogued if any(fnmatch.fnmatch(f"/{name}", glob) for glob in one["fileMatch"])] == [
            "jdcloud/vm/create-image"
        ]


@pytest.mark.parametrize("event", ["acme/disk/disk-full", "acme/shop/shop-order-paid"], ids=["to copy", "smallest"])
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
