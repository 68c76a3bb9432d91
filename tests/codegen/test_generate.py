"""`signalbook generate types`, in every style: what it writes, that it stands alone, and that type checkers and ruff are content with it."""

from __future__ import annotations

import difflib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from conftest import GOOD, ROOT, Run
from modelling import CHECKERS, body_class, complaints
from signalbook import Registry
from signalbook.cli.arguments import parser
from signalbook.cli.main import main
from signalbook.codegen import packages
from signalbook.registry import examples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOLDEN = ROOT / "tests" / "golden"
STATE_CHANGE = "alibaba/ecs/instance-state-change"


def golden(style: str) -> list[str]:
    """Return the words of the command that writes the golden package of a style, run from the root of the project."""
    return [
        "generate",
        "types",
        "acme",
        "--schemas",
        "tests/trees/good",
        "--style",
        style,
        "--out",
        f"tests/golden/acme_{style}",
    ]


def test_the_command_offers_every_style() -> None:
    """The command lists the styles itself, because importing them would slow every start."""
    for style in packages.STYLES:
        assert (
            parser().parse_args(["generate", "types", "acme", "--style", style, "--out", "there"]).style
            == style
        )


@pytest.mark.parametrize("style", packages.STYLES)
def test_what_is_written_is_what_was_reviewed(
    style: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The golden package of each style is up to date; where it is not, the last line of what is shown is the command that renews it."""
    monkeypatch.chdir(ROOT)
    code = main([*golden(style), "--diff"])
    assert (code, capsys.readouterr().out) == (0, f"tests/golden/acme_{style} is up to date\n")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the golden packages, so that checkers leave nothing beside them."""
    return shutil.copytree(GOLDEN, tmp_path_factory.mktemp("reviewed") / "golden")


@pytest.mark.parametrize("style", packages.STYLES)
@pytest.mark.parametrize("checker", CHECKERS)
def test_checkers_are_content_with_every_style(reviewed: Path, style: str, checker: str) -> None:
    """The reviewed packages, one by one."""
    assert complaints(checker, reviewed, f"acme_{style}") == ""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Path:
    """The types of the whole catalogue in every style but the one that is committed, each a package beside the others."""
    folder = tmp_path_factory.mktemp("catalogue")
    for style in ("dataclass", "typeddict", "msgspec"):
        ids = [str(contract) for contract in registry.event_contracts()]
        assert main(["generate", "types", *ids, "--style", style, "--out", str(folder / f"all_{style}")]) == 0
    return folder


@pytest.mark.parametrize("checker", CHECKERS)
def test_checkers_are_content_with_the_whole_catalogue(catalogue: Path, checker: str) -> None:
    """All contracts, in every style; in strict mode, as an editor would underline."""
    names = sorted(path.name for path in catalogue.iterdir() if path.name.startswith("all_"))
    assert (len(names), complaints(checker, catalogue, *names)) == (3, "")


def read_dataclass(cls: Any, value: Any) -> Any:
    """Read a JSON object and give it back."""
    return cls.from_dict(value).to_dict()


def read_msgspec(cls: Any, value: Any) -> Any:
    """Read a JSON text and give it back."""
    return json.loads(msgspec.json.encode(msgspec.json.decode(json.dumps(value).encode(), type=cls)))


@pytest.mark.parametrize(("style", "read"), [("dataclass", read_dataclass), ("msgspec", read_msgspec)])
def test_every_valid_example_is_read_and_given_back(
    catalogue: Path,
    registry: Registry,
    style: str,
    read: Callable[[Any, Any], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other styles that read: every valid example of every contract comes back as it was."""
    monkeypatch.syspath_prepend(str(catalogue))
    tried = 0
    for contract in registry.event_contracts():
        cls = body_class(registry, contract, f"all_{style}")
        for example in examples.of(registry, contract, "valid"):
            tried += 1
            assert read(cls, example.value) == example.value, example.file
    assert tried > 400


def test_msgspec_checks_forms_of_unions(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time that is a number or a text is neither null nor a list."""
    monkeypatch.syspath_prepend(str(catalogue))
    cls = importlib.import_module("all_msgspec.huawei.cts").Trace
    value = json.loads(next(ROOT.glob("schemas/huawei/cts/trace/examples/1.2.0/valid/*.json")).read_bytes())
    assert msgspec.convert(value, cls).trace_name == value["trace_name"]
    for wrong in (None, [1, 2], True):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({**value, "time": wrong}, cls)


@pytest.mark.parametrize("style", packages.STYLES)
def test_a_package_stands_alone(style: str) -> None:
    """It is imported, and reads a payload, where signalbook is not installed."""
    block = "import sys; sys.modules['signalbook'] = sys.modules['signalbook_models'] = None; sys.path.insert(0, sys.argv[1]);"
    code = f"{block} from acme_{style}.acme.disk import DiskFull; from acme_{style}.acme.envelopes import Webhook; print(DiskFull.__module__)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(GOLDEN)], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"acme_{style}.acme.disk.disk_full.v2\n"


def generated(folder: Path, *words: str) -> dict[str, list[str]]:
    """Return the lines of every file that the command writes for some words, by path."""
    assert main(["generate", "types", *words, "--out", str(folder)]) == 0
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8").splitlines()
        for path in sorted(folder.rglob("*.py"))
    }


def test_two_versions_differ_only_in_what_changed(tmp_path: Path) -> None:
    """A state came: the types of the two versions lie in equal files, and one list, its words and the line that names the contract differ."""
    old, new = (
        generated(tmp_path / version[0:3], f"{STATE_CHANGE}@{version}") for version in ("1.0.0", "1.1.0")
    )
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)} - {"_contracts.py"}
    name = "alibaba/ecs/instance_state_change/v1.py"
    assert changed == {name}
    lines = [line for line in difflib.ndiff(old[name], new[name]) if line.startswith(("+ ", "- "))]
    words = " ".join(line[2:].strip() for line in lines)
    assert len(lines) < 20
    assert [
        one in words
        for one in (
            f"{STATE_CHANGE}@1.0.0",
            f"{STATE_CHANGE}@1.1.0",
            '"Created"',
            "Created is sent once",
            "resource_id",
        )
    ] == [True] * 4 + [False]


def test_several_versions_of_one_event_lie_side_by_side(tmp_path: Path) -> None:
    """Two versions of one major: the newest is v1, the older v1_0, and the package of the event gives the newest."""
    files = generated(tmp_path, f"{STATE_CHANGE}@1.0.0", f"{STATE_CHANGE}@1.1.0")
    folder = "alibaba/ecs/instance_state_change"
    assert f"Contract {STATE_CHANGE}@1.1.0, first seen 2021-04-13." in files[f"{folder}/v1.py"]
    assert f"Contract {STATE_CHANGE}@1.0.0, first seen 2019-01-29." in files[f"{folder}/v1_0.py"]
    assert "from .v1 import InstanceStateChange" in files[f"{folder}/__init__.py"]


@pytest.mark.parametrize(
    ("words", "events"),
    [
        (["jdcloud"], 15),
        (["huawei/workspace"], 4),
        (["Instance:StateChange"], 1),
        ([STATE_CHANGE, f"{STATE_CHANGE}@1.2.0"], 1),
        (["huawei/smn", "jdcloud/vm"], 17),
    ],
)
def test_words_choose_events(tmp_path: Path, words: list[str], events: int) -> None:
    """A provider, a service, an event by its id or the provider's name; what is named twice is written once."""
    assert (
        len(
            {
                name.rpartition("/")[0]
                for name in generated(tmp_path, *words)
                if re.search(r"/v[0-9]+\.py$", name)
            }
        )
        == events
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["jdcloud/vm/state-chang"], "did you mean 'jdcloud/vm/state-change'"),
        ([f"{STATE_CHANGE}@9.0.0"], f"did you mean '{STATE_CHANGE}@1.0.0'"),
        (["alibaba/cloudmonitor"], "name events instead: their envelopes are included"),
    ],
)
def test_words_that_name_no_event_are_usage(
    tmp_path: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written, and the error says what was meant."""
    assert main(["generate", "types", *words, "--out", str(tmp_path / "out")]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_check_tells_and_a_run_mends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For the user's CI: right after a run all is well; an edit, a missing file and one that is no longer made are told, and mended by the command it shows."""
    out = tmp_path / "types"
    words = ["generate", "types", "jdcloud/vm/state-change", "jdcloud/vm/create-image", "--out", str(out)]
    assert (main(words), main([*words, "--check"])) == (0, 0)
    fewer = [word for word in words if word != "jdcloud/vm/create-image"]
    (out / "jdcloud" / "envelopes.py").unlink()
    (out / "jdcloud" / "types.py").write_text(f"# {packages.MARK}\nedited = 1\n", "utf-8")
    capsys.readouterr()
    assert main([*fewer, "--check"]) == 1
    shown = capsys.readouterr().out
    assert all(
        f"{out}/jdcloud/{what}" in shown
        for what in ("envelopes.py: missing", "types.py: out of date", "vm/create_image/v1.py: nothing makes")
    )
    assert f"run 'signalbook generate types jdcloud/vm/state-change --style pydantic --out {out}'" in shown
    assert (main(fewer), main([*fewer, "--check"])) == (0, 0)
    assert not (out / "jdcloud" / "vm" / "create_image" / "v1.py").exists()


def test_nobody_elses_file_is_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of the user's in the folder stays; one that stands in the way stops the command before it writes anything."""
    own = tmp_path / "types" / "jdcloud" / "vm" / "ours.py"
    own.parent.mkdir(parents=True)
    own.write_text("ours = True\n", "utf-8")
    words = ["generate", "types", "jdcloud/vm/state-change", "--out", str(tmp_path / "types")]
    assert (main(words), main(words), own.read_text("utf-8")) == (0, 0, "ours = True\n")
    in_the_way = tmp_path / "app" / "__init__.py"
    in_the_way.parent.mkdir()
    in_the_way.write_text("app = True\n", "utf-8")
    assert main(["generate", "types", "jdcloud", "--out", str(tmp_path / "app")]) == 2
    assert "was not written by signalbook" in capsys.readouterr().err
    assert (list(in_the_way.parent.iterdir()), in_the_way.read_text("utf-8")) == (
        [in_the_way],
        "app = True\n",
    )


@pytest.mark.parametrize(
    "listed",
    [
        ".",
        "src",
        "src/mine.py",
        "../outside/doc.py",
        "link/doc.py",
        "link",
        "pipe.py",
        "src/../src/mine.py",
        1,
    ],
)
@pytest.mark.parametrize("says", ["about", "$comment", "nothing"])
def test_a_list_of_written_files_is_not_believed(
    listed: object, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever plants a manifest can have nothing removed: what is no file of ours, inside and without a link on the way, ends the run untouched."""
    root, marked = tmp_path / "types", f"# {packages.MARK}\n"
    for path, text in {"types/src/mine.py": "mine = 1\n", "outside/doc.py": marked}.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text, "utf-8")
    (root / "link").symlink_to("../outside")
    os.mkfifo(root / "pipe.py")
    (root / ".signalbook.json").write_text(json.dumps({says: packages.MARK, "files": [listed]}), "utf-8")
    before = sorted(tmp_path.rglob("*"))
    assert main(["generate", "types", "jdcloud/vm/state-change", "--out", str(root)]) == 2
    assert capsys.readouterr().err.startswith(f"signalbook: {root}")
    assert sorted(tmp_path.rglob("*")) == before


def test_types_need_an_extra_and_say_so(signalbook: Callable[..., Run], tmp_path: Path) -> None:
    """Without the generator the command ends with the line that installs it."""
    (tmp_path / "datamodel_code_generator").mkdir()
    (tmp_path / "datamodel_code_generator" / "__init__.py").write_text(
        "raise ImportError('not there')\n", "utf-8"
    )
    done = signalbook(
        "generate", "types", "jdcloud", "--out", tmp_path / "out", env={"PYTHONPATH": str(tmp_path)}
    )
    assert (done.code, "pip install 'signalbook[types]'" in done.err) == (2, True)


def test_the_schema_of_an_event_can_be_had_alone(signalbook: Callable[..., Run]) -> None:
    """For generators of other languages: `show --format schema` prints the bundle, of the body or of a whole delivery."""
    folder = ROOT / "generated" / "bundles" / STATE_CHANGE / "1.0.0"
    assert signalbook("show", f"{STATE_CHANGE}@1.0.0", "--format", "schema").out == (
        folder / "body.json"
    ).read_text("utf-8")
    for name in ("mns-http", "cloudmonitor", "alibaba/cloudmonitor"):
        done = signalbook("show", f"{STATE_CHANGE}@1.0.0", "--format", "schema", "--envelope", name)
        assert (done.code, done.out) == (
            (0, (folder / "cloudmonitor.json").read_text("utf-8")) if name != "mns-http" else (2, "")
        )


def test_a_service_for_three_providers_runs() -> None:
    """The service of `tests/typed`, which the type checkers read in strict mode, does what it says."""
    sys.path.insert(0, str(ROOT / "tests" / "typed"))
    handle = importlib.import_module("handler").handle
    told = {path.name: handle(path.read_bytes()) for path in sorted((ROOT / "demo").glob("*.json"))}
    assert told["jdcloud-state-change.json"] == ["pending → running"]
    assert told["alibaba-state-change-through-mns.json"] == ["orders-web-3 is running"]
    assert told["huawei-server-stopped-functiongraph.json"] == ["stopServer by ops-admin"]
    assert (
        told["batch.json"] == ["jdcloud/vm/instance-expiration-stop: nothing to do with 0 unknown fields"] * 2
    )


def test_generated_names_are_those_of_a_person() -> None:
    """No class is numbered, and every class and alias of the catalogue has a docstring or is part of one field."""
    package = packages.package(Registry.load(), Registry.load().event_contracts())
    text = "\n".join(data.decode() for name, data in package.items() if name.endswith(".py"))
    numbered = [
        line for line in text.splitlines() if line.startswith("class ") and line.split("(")[0][-1].isdigit()
    ]
    assert all("V1" in line for line in numbered), numbered
    assert not any(
        mark in text for mark in ("P__", "TIME__", "NULL__", "TEXT__", "Model1", "constr(", "conint(")
    )


def test_what_is_built_is_the_same_twice(tmp_path: Path) -> None:
    """No timestamp, no order of a set, no path: the same bytes from two folders."""
    one, other = (
        packages.package(Registry.load(tree), Registry.load(tree).event_contracts())
        for tree in (GOOD, shutil.copytree(GOOD, tmp_path / "copy"))
    )
    assert one == other


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with json-schema-to-typescript and the compiler, in the versions that the lock file names."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed: TypeScript is made and compiled with Node")
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tests" / "typescript" / name, folder)
    done = subprocess.run(
        ["npm", "ci", "--silent", "--ignore-scripts"],  # noqa: S607 - found above
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"npm could not install: {done.stderr[-300:]}")
    return folder


def test_typescript_is_one_line_away(typescript: Path, signalbook: Callable[..., Run]) -> None:
    """The two lines of docs/how-to/generate-models.md, for three providers: the bundle makes an interface with the event's fields, which compiles in strict mode."""
    binaries = typescript / "node_modules" / ".bin"
    for number, (event, envelope, field) in enumerate(
        [
            (STATE_CHANGE, "cloudmonitor", "resourceId"),
            ("huawei/config/resource-changed", "config", "capture_time"),
            ("jdcloud/vm/state-change", "cloud-events", "instanceId"),
        ]
    ):
        schema = typescript / f"event{number}.json"
        schema.write_text(
            signalbook("show", event, "--format", "schema", "--envelope", envelope).out, "utf-8"
        )
        made = subprocess.run(
            [binaries / "json2ts", schema.name], cwd=typescript, capture_output=True, text=True, check=True
        ).stdout
        assert (f"  {field}: " in made, "export interface" in made) == (True, True)
        (typescript / f"event{number}.ts").write_text(made, "utf-8")
    done = subprocess.run(
        [
            binaries / "tsc",
            "--strict",
            "--skipLibCheck",
            "--noEmit",
            *(f"event{number}.ts" for number in range(3)),
        ],
        cwd=typescript,
        check=False,
    )
    assert done.returncode == 0
