"""Generates the text of a Python module from a shape with datamodel-code-generator, and formats many modules at once with ruff."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import textwrap
import warnings
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from signalbook.codegen import provider_times, writer
from signalbook.codegen.class_names import HERE, IMPORTED, NULL, TEXT, TIME
from signalbook.engine.levels import DIALECT
from signalbook.errors import MissingExtra
from signalbook.reading import strict_json
from signalbook.registry import naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signalbook.codegen.shape_nodes import Node, Shape

Style = Literal["pydantic", "dataclass", "typeddict", "msgspec"]
Module = tuple[str, ...]

_TEMPLATES = Path(__file__).parent / "templates"
_OUTPUT = {
    "pydantic": "pydantic_v2.BaseModel",
    "dataclass": "dataclasses.dataclass",
    "typeddict": "typing.TypedDict",
    "msgspec": "msgspec.Struct",
}
_RESERVED = frozenset({
    *("to_payload", "one_of", "wire_text", "with_wire_text", "from_dict", "to_dict", "wire_names", "unknown"),
    *("bool", "dict", "float", "int", "list", "str"),
})  # fmt: skip
_OPTIONS: dict[str, Any] = {
    "use_annotated": True,
    "field_constraints": True,
    "use_type_alias": True,
    "use_union_operator": True,
    "use_standard_collections": True,
    "use_exact_imports": True,
    "use_schema_description": True,
    "use_field_description": True,
    "use_attribute_docstrings": True,
    "use_single_line_docstring": True,
    "keep_model_order": True,
    "skip_root_model": True,
    "disable_timestamp": True,
    "disable_future_imports": True,
}
_LINE_LENGTH = 88  # ruff's default, so that types pass the checks of your project unchanged
_MARK = "# made by datamodel-code-generator"
_IMPORTS = "from datetime import datetime\nfrom typing import Annotated, ClassVar, Generic, Literal\n"
_JSON_TEXT = re.compile(rf"(\w+) \| {TEXT}")
_FLOAT = re.compile(r"(?<=[\[ ])float(?=[] ,]| \||$)(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)", re.MULTILINE)
_NULLABLE = re.compile(rf"(?<=: )((?:Annotated\[)?)(.+?) \| {NULL}(?: \| None)?")


def module(shape: Shape, style: Style, name: Module, head: str) -> str:
    """Return the unformatted text of a module called `name` inside its package; `head` is its docstring."""
    made = _generated(shape, style) if shape.definitions else ""
    imported = re.compile(rf"^from {IMPORTED}(\w+) import (.+)$", re.MULTILINE)
    imports = [_imported(name, *found) for found in imported.findall(made)]
    made = re.sub(rf"^{_MARK}$", "", imported.sub("", made), flags=re.MULTILINE)
    made = _NULLABLE.sub(r"\1Nullable[\2]", _JSON_TEXT.sub(r"JsonText[\1]", made)).replace(HERE, "")
    made = re.sub(
        rf"\b{TIME}([0-9]+)\b", lambda found: provider_times.expression(shape.times[int(found[1])]), made
    )
    made = _FLOAT.sub("Number", made) if style == "pydantic" else made
    base = _imported(name, "base", _BASE[style]) if style in _BASE else ""
    return "\n".join(
        [
            f'"""{escaped(head)}"""\n',
            "from __future__ import annotations\n",
            _IMPORTS if style != "typeddict" else "",
            base,
            *imports,
            made,
            "",
        ]
    )


_BASE = {"pydantic": "BodyT, JsonText, Nullable, Number, WireTime", "dataclass": "Nullable, Number, WireTime"}


def _generated(shape: Shape, style: Style) -> str:
    try:
        from datamodel_code_generator import InputFileType, LiteralType, PythonVersion, generate  # noqa: PLC0415 - slow to import, and an extra
        from datamodel_code_generator.enums import DataModelType  # noqa: PLC0415
    except ImportError:
        raise MissingExtra("types", "datamodel-code-generator") from None
    definitions = {name: _with_wrapped(node) for name, node in shape.definitions.items()}
    extra = _for_templates(shape, definitions, style)
    with warnings.catch_warnings():
        # The generator warns about what a style cannot express; docs/reference/types.md documents that.
        warnings.simplefilter("ignore")
        made = generate(
            strict_json.canonical({"$schema": DIALECT, "definitions": definitions}).decode(),
            input_file_type=InputFileType.JsonSchema,
            output_model_type=DataModelType(_OUTPUT[style]),
            target_python_version=PythonVersion.PY_311,
            custom_template_dir=_TEMPLATES,
            extra_template_data=extra,
            base_class=f"{IMPORTED}base.Part",
            enum_field_as_literal=LiteralType.All,
            snake_case_field=style != "typeddict",
            aliases=_renamed(definitions) if style != "typeddict" else None,
            custom_file_header=_MARK,
            formatters=[],  # `formatted` formats all modules at once
            **_OPTIONS,
        )
    return str(made)


def _renamed(definitions: dict[str, Node]) -> dict[str, str]:
    """Return attribute names for fields whose own names would hide a method of the classes, or a type used in annotations of other fields."""
    fields = {field for node in definitions.values() for field in node.get("properties", {})}
    plain = {field: re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9_]+", "_", field).lower() for field in fields}
    return {field: f"{name}_" for field, name in plain.items() if name in _RESERVED}


def _for_templates(
    shape: Shape, definitions: dict[str, Node], style: Style
) -> defaultdict[str, dict[str, Any]]:
    """Return what the templates need to know about each class in addition to its schema."""
    extra: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for name, groups in shape.groups.items():
        extra[name]["one_of"] = tuple(map(tuple, groups))
    for name in shape.generic:
        extra[name]["generic"] = ", Generic[BodyT]"
    for name, node in definitions.items():
        fields = node.get("properties", {})
        extra[name]["doc"] = docstring(node.get("description", ""))
        extra[name]["docs"] = {field: docstring(one.get("description", "")) for field, one in fields.items()}
        if style == "msgspec":
            # msgspec would repeat them as metadata, where they are hard to read.
            for one in fields.values():
                one.pop("description", None)
    return extra


def _with_wrapped(definition: Node) -> Node:
    """Return a copy of a definition with its descriptions wrapped to a readable line length."""
    fields = {name: _with_lines(node) for name, node in definition.get("properties", {}).items()}
    return _with_lines({**definition, "properties": fields} if fields else definition)


def _with_lines(node: Node) -> Node:
    if "description" not in node:
        return node
    printable = "".join(letter if letter.isprintable() else " " for letter in node["description"])
    lines = textwrap.wrap(printable, _LINE_LENGTH - 10, break_long_words=False, break_on_hyphens=False)
    return {**node, "description": "\n".join(lines)}


def escaped(text: str) -> str:
    """Escape a text for use between the quotes of a docstring."""
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f"{safe} " if safe.endswith('"') else safe


def docstring(text: str) -> str:
    """Return a text as a docstring; empty for an empty text."""
    end = "\n" if "\n" in text else ""
    return f'"""{escaped(text)}{end}"""' if text else ""


def _imported(name: Module, target: str, what: str) -> str:
    """Return the relative import in the module `name` for a module marker: `base`, `types`, or `types__alibaba`."""
    kind, _, provider = target.partition("__")
    wanted = (
        (naming.identifier(provider), kind) if provider else ("types",) if kind == "types" else (f"_{kind}",)
    )
    names = ", ".join(one for one in what.split(", ") if not one.startswith(IMPORTED))
    if not names or wanted == name:
        return ""
    package = name[:-1]
    shared = next(
        (place for place, (one, other) in enumerate(zip(package, wanted[:-1], strict=False)) if one != other),
        min(len(package), len(wanted) - 1),
    )
    return f"from {'.' * (len(package) - shared + 1)}{'.'.join(wanted[shared:])} import {names}"


def formatted(files: Mapping[str, str]) -> dict[str, bytes]:
    """Format modules with ruff, with imports sorted and unused ones removed. Raises `MissingExtra` if ruff is not installed."""
    with tempfile.TemporaryDirectory() as folder:
        writer.write({name: text.encode() for name, text in files.items()}, folder)
        _ruff("check", "--select", "I,F401,PYI030,RUF022,RUF100", "--fix", folder)
        _ruff("format", folder)
        return {name: (Path(folder) / name).read_bytes() for name in files}


def _ruff(*arguments: str) -> None:
    # --isolated: settings in a folder above the temporary one must not change the result.
    # -P: a folder `types` in the working directory would otherwise shadow the standard module.
    command = [
        sys.executable,
        "-P",
        "-m",
        "ruff",
        arguments[0],
        "--isolated",
        "--no-cache",
        "--quiet",
        "--target-version",
        "py311",
        *arguments[1:],
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
    if "No module named ruff" in done.stderr:
        raise MissingExtra("types", "ruff")
    if done.returncode:
        raise RuntimeError(f"ruff cannot read what was generated: {done.stdout}{done.stderr}")
