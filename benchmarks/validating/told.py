"""A loop over a Python library that is told the schemas of each payload. Runs in the environment of the peers, without signalbook.

`python told.py LIBRARY lines SCHEMAS FILE COUNT` reads lines as `telling` writes them, and prints the seconds that the loop took, without its start
and without compiling, and how many payloads the library refused. `python told.py LIBRARY files SCHEMA FILE…` checks files.
"""

from __future__ import annotations

import sys
from importlib import import_module
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

    Compiled = Callable[[Any], Callable[[Any], bool]]


def main() -> int:
    """Do what the words of the command line say; return 1 where a payload of a file is refused."""
    _, library, mode, schemas, *rest = sys.argv
    compiled = {
        "jsonschema": jsonschema,
        "jsonschema.validate": jsonschema_validate,
        "fastjsonschema": fastjsonschema,
    }[library]
    if mode == "files":
        accepts = compiled(orjson.loads(Path(schemas).read_bytes()))
        verdicts = [accepts(orjson.loads(Path(file).read_bytes())) for file in rest]
        return int(not all(verdicts))
    seconds, refused = lines(compiled, Path(schemas), Path(rest[0]), int(rest[1]))
    print(seconds, refused)
    return 0


def lines(compiled: Compiled, schemas: Path, file: Path, count: int) -> tuple[float, int]:
    """Return the seconds of a loop over so many lines of a file, and how many payloads were refused. Every schema that is needed is compiled before."""
    with file.open("rb") as stream:
        told = [line.split(b"\t", 1) for line in islice(stream, count)]
    work = [(orjson.loads(parts), payload) for parts, payload in told]
    names = {name for parts, _ in work for name, _, _ in parts}
    ready = {name: compiled(orjson.loads((schemas / f"{name}.json").read_bytes())) for name in names}
    refused = 0
    start = perf_counter()
    for parts, text in work:
        values = [
            orjson.loads(text)
        ]  # the value of each part stands one place further on, and -1 is the payload
        for name, outer, steps in parts:
            value = values[outer + 1]
            for step in steps:
                value = value[step] if not isinstance(value, str) else orjson.loads(value)[step]
            if isinstance(value, str):
                value = orjson.loads(value)
            values.append(value)
            if not ready[name](value):
                refused += 1
                break
    return perf_counter() - start, refused


def jsonschema(schema: Any) -> Callable[[Any], bool]:
    """Return what says whether jsonschema accepts a value; formats count. It stops at the first fault, which is its fastest way."""
    from jsonschema import Draft7Validator  # noqa: PLC0415 - only what is measured

    validator = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
    return lambda value: bool(validator.is_valid(value))


def jsonschema_validate(schema: Any) -> Callable[[Any], bool]:
    """Return the same in the words with which its documentation begins, and which most scripts have: the schema is checked again for each value."""
    import jsonschema as library  # noqa: PLC0415

    def accepts(value: Any) -> bool:
        try:
            library.validate(value, schema)
        except library.ValidationError:
            return False
        return True

    return accepts


def fastjsonschema(schema: Any) -> Callable[[Any], bool]:
    """Return what says whether the code that fastjsonschema writes for a schema accepts a value; formats count, as far as it knows them."""
    library = import_module(
        "fastjsonschema"
    )  # not in the environment of this repository, whose types are checked

    validate = library.compile(schema)

    def accepts(value: Any) -> bool:
        try:
            validate(value)
        except library.JsonSchemaValueException:
            return False
        return True

    return accepts


if __name__ == "__main__":
    sys.exit(main())
