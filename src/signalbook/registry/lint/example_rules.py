"""Lint rules for examples: each file proves what its folder and its name say, in both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import schema_validator
from signalbook.errors import Fault
from signalbook.reading import json_text, pointers
from signalbook.registry import examples
from signalbook.registry.lint.rule import Rule, contracts, examples_folder, readable
from signalbook.validation.validator import Request, check_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.problems import Problem
    from signalbook.registry import Contract, Event, Registry
    from signalbook.registry.examples import Example


def _name(registry: Registry, example: Example) -> str:
    return example.file.relative_to(registry.root).as_posix()


def _errors(contract: Contract, value: Any) -> list[Problem]:
    """Return what breaks a contract as written. This includes forms that only samples show, for which payloads only get a warning."""
    return [problem for problem in contract.checker.problems(value) if problem.weight != "novelty"]


def _valid(registry: Registry) -> Iterator[Fault]:
    for contract in contracts(registry):
        for example, value in readable(registry, contract, "valid"):
            problems = _errors(contract, value)
            for problem in problems:
                yield Fault(
                    _name(registry, example),
                    pointers.join(problem.path),
                    f"{problem.message} ({problem.rule})",
                    "fix the example or the contract",
                )
            if not problems:
                for keyword, pointer in schema_validator.reference_errors(contract.resolved, value):
                    yield Fault(
                        _name(registry, example),
                        pointer,
                        f"the reference engine rejects it ({keyword})",
                        "write the schema so that both engines agree",
                    )


def _invalid(registry: Registry) -> Iterator[Fault]:
    for contract in contracts(registry):
        for example, value in readable(registry, contract, "invalid"):
            name = _name(registry, example)
            if len(example.words) < 2:  # noqa: PLR2004 - where and keyword
                yield Fault(
                    name, "", "the file name does not say what is broken", "name it <where>--<keyword>.json"
                )
                continue
            said = [(_where(problem), problem.rule) for problem in _errors(contract, value)]
            if said != [example.words[:2]]:
                found = ", ".join("--".join(one) for one in said) or "nothing"
                yield Fault(
                    name,
                    "",
                    f"the findings are: {found}",
                    "break exactly one thing, and name the file after it",
                )
            elif not schema_validator.reference_errors(contract.resolved, value):
                yield Fault(
                    name, "", "the reference engine accepts it", "write the schema so that both engines agree"
                )


def _where(problem: Problem) -> str:
    """Return the path of a problem as invalid examples name it: joined with dots, and with the name of a missing field at the end."""
    path = problem.path if problem.rule != "required" else (*problem.path, problem.field)
    return ".".join(map(str, path))


def _delivered(registry: Registry) -> Iterator[Fault]:
    for contract in registry.event_contracts():
        for example, value in readable(registry, contract, "delivered"):
            yield from _as_delivered(registry, contract, example, value)


def _as_delivered(registry: Registry, contract: Contract, example: Example, value: Any) -> Iterator[Fault]:
    verdict = check_payload(value, registry, Request(version=contract.version))
    provider = contract.of.split("/")[0]
    chain = tuple(f"{provider}/{word}" for word in example.words[0].split("+"))
    name = _name(registry, example)
    if verdict.event != contract.of or verdict.envelopes != chain:
        through = " → ".join(verdict.envelopes) or "nothing"
        yield Fault(
            name,
            "",
            f"it is read as {verdict.event or verdict.name} through {through}",
            "name the file after its envelopes, outermost first, joined by +",
        )
    for finding in verdict.errors:
        yield Fault(
            name, finding.pointer, f"{finding.message} ({finding.rule})", "fix the example or the contract"
        )


def _bare(registry: Registry) -> Iterator[Fault]:
    for event in registry.events.values():
        if any(registry.envelopes[one].bare for one in event.envelopes):
            for contract in event.versions.values():
                for example, value in readable(registry, contract, "valid"):
                    verdict = check_payload(value, registry, Request(version=contract.version))
                    if verdict.event != event.id:
                        yield Fault(
                            _name(registry, example),
                            "",
                            f"without an envelope, it is read as {verdict.event or 'no event'}",
                            "make the bare form recognise it",
                        )


def _unreadable(registry: Registry) -> Iterator[Fault]:
    for contract in contracts(registry):
        for example in examples.of(registry, contract, "unreadable"):
            try:
                _ = example.value
            except json_text.NotJSON:
                continue
            yield Fault(_name(registry, example), "", "it is JSON", "move it to valid/ or invalid/")


def _present(registry: Registry) -> Iterator[Fault]:
    for contract in contracts(registry):
        folder = examples_folder(registry, contract)
        for kind in ("valid", "invalid"):
            if not any(examples.of(registry, contract, kind)):
                yield Fault(f"{folder}/{kind}", "", "no example", "add at least one")
    for event in registry.events.values():
        yield from _delivered_in_each(registry, event)


def _delivered_in_each(registry: Registry, event: Event) -> Iterator[Fault]:
    for contract in event.versions.values():
        inner = {example.words[0].split("+")[-1] for example in examples.of(registry, contract, "delivered")}
        for envelope_id in event.envelopes:
            word = envelope_id.split("/")[1]
            if word not in inner and not registry.envelopes[envelope_id].bare:
                yield Fault(
                    f"{examples_folder(registry, contract)}/delivered",
                    "",
                    f"no example arrives in {envelope_id}",
                    f"add {word}.json",
                )


def _places(registry: Registry) -> Iterator[Fault]:
    known = {
        examples.folder(registry, contract) / kind
        for contract in contracts(registry)
        for kind in examples.KINDS
    }
    for folder in sorted(registry.root.rglob("examples")):
        for path in sorted(folder.rglob("*")):
            if not path.is_file() and not path.is_dir():
                yield Fault(
                    path.relative_to(registry.root).as_posix(),
                    "",
                    "is not a regular file",
                    "replace it with a file or a link to a file",
                )
            elif path.is_file() and (path.parent not in known or path.suffix != ".json"):
                fix = f"examples/<version>/{'|'.join(examples.KINDS)}/<name>.json, for a version that exists"
                yield Fault(
                    path.relative_to(registry.root).as_posix(), "", "this example is in the wrong place", fix
                )


RULES = (
    Rule("example-place", "an example in the wrong place is not checked, so it proves nothing", _places),
    Rule("example-present", "a contract without examples is a claim without proof", _present),
    Rule("example-valid", "both engines must accept a valid example", _valid),
    Rule(
        "example-invalid", "each invalid example breaks exactly what its name says, in both engines", _invalid
    ),
    Rule(
        "example-delivered",
        "a delivery opens through the envelopes in its name, down to this event",
        _delivered,
    ),
    Rule("example-bare", "an event that can arrive bare must be recognised without an envelope", _bare),
    Rule("example-unreadable", "an unreadable example must be unreadable", _unreadable),
)
