"""Defines lint rules, and the files and contracts that they check."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook.reading import json_text, strict_json
from signalbook.registry import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signalbook.errors import Fault
    from signalbook.registry import Contract, Envelope, Event, Registry
    from signalbook.registry.examples import Example


ASKS = {
    "format": "Every JSON file is in the canonical format; `signalbook lint --fix` writes it.",
    "metadata-order": "The keys of `registry.json`, `provider.json`, `event.json` and `envelope.json` follow the order of their JSON Schemas.",
    "folder-name": "The folder of an event is the provider's name in kebab-case. Words in ids contain only lowercase letters, digits and single hyphens.",
    "collision": "No two events in one envelope have the same values in `match`.",
    "twins": "Each envelope has a key, or a test on a value, in `recognise` that distinguishes it from every other envelope.",
    "match-parts": "The `match` of an event has a value, or `*`, for each key part of its envelopes, and nothing else.",
    "holds-events": "The `envelopes` of an event hold bodies, not payloads that are opened in turn.",
    "titles": "In a title, `en` is English and `zh` is Chinese. If the provider has Chinese names, there is a `zh`, or a `note` that explains why not.",
    "known-names": "`knownNames` does not name events in the catalogue, and the `match` next to it has a value for each key part.",
    "replaced-by": "`replacedBy` names an event in the tree, and an event with a successor is `deprecated`.",
    "sources-cited": "Each source of a provider is cited.",
    "dialect": "`$schema` is that of draft-07, the file is a valid draft-07 schema, and the engine can use it.",
    "subset": "A schema uses only the keywords of the subset, one schema for all `items`, no closed objects, and nothing next to `$ref`.",
    "key-order": "The keywords of a schema follow one order, which the finding shows.",
    "patterns": "A pattern is anchored, contains nothing that engines read differently, matches no text in very many ways, and has `x-form` next to it. No payload can make the capture of an envelope slow.",
    "described": "Every schema has a title and a description, and every field a description.",
    "required-declared": "Every field in `required` is described in `properties`.",
    "slot": "An envelope describes and requires each step to its content, and describes each step to the values that name the event.",
    "contradictions": "Type, list, form and bounds of every place allow at least one value.",
    "annotations": "`x-evidence` has one of its allowed values and is not used inside conditions. `x-known` is used without `enum`, and `const` with a `type`.",
    "schema-examples": "Each value in `examples` is valid against the schema that contains it.",
    "shared-used": "Each shared definition is used.",
    "example-place": "An example is a JSON file in the folder of its kind, below `examples/<version>/` of an existing version.",
    "example-present": "Each version has an example in `valid/`, one in `invalid/`, and one in `delivered/` for each envelope of its event.",
    "example-valid": "An example in `valid/` has no error.",
    "example-invalid": "An example in `invalid/` is named `<where>--<keyword>.json`, and has that error and no other.",
    "example-delivered": "An example in `delivered/` is named after its envelopes, outermost first, joined by `+`, and opens to its event without an error.",
    "example-bare": "A valid example of an event that can arrive bare is recognised as that event.",
    "example-unreadable": "No file in `unreadable/` is valid JSON.",
    "fields-shown": "Each field is in a valid example, or explains in `x-no-example` why not.",
    "values-shown": "Each listed value is in a valid example, or its field explains in `x-no-example` why not.",
    "demands-broken": "For each required field, there is an invalid example without it.",
    "forms-broken": "For each pattern, there is an invalid example that it rejects.",
    "version-number": "A version number raises the part that the changes require, compared with every older version of the same major.",
    "published-unchanged": "A version means the same as on the main branch, or in the commit of `--base`.",
    "correction-marked": "A change by the provider was first seen later than the version before it. Any other change is marked as a correction, and a first version never is.",
}
"""The sentence of each rule, by its name."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, one line on why it exists, and the function that yields a fault for each violation, with the file's path below the root."""

    name: str
    why: str
    find: Callable[[Registry], Iterable[Fault]]

    @property
    def what(self) -> str:
        """What the rule requires, as a sentence."""
        return ASKS[self.name]


def files(registry: Registry) -> Iterator[tuple[str, bytes]]:
    """Yield the path below the root and the bytes of every JSON file of the tree, in order, including examples.

    Skips unreadable examples, which are kept as they were printed, and hidden files, which belong to other tools.
    """
    for path in sorted(registry.root.rglob("*.json")):
        below = path.relative_to(registry.root)
        if (
            path.parent.name != "unreadable"
            and path.is_file()
            and not any(part.startswith(".") for part in below.parts)
        ):
            yield below.as_posix(), path.read_bytes()


def canonical(data: bytes) -> bytes | None:
    """Return a document in the canonical format, or None if that would change a number in it. Raises `NotJSON`."""
    wanted = strict_json.canonical(strict_json.loads(data))
    return wanted if _with_numbers_as_text(wanted) == _with_numbers_as_text(data) else None


def _with_numbers_as_text(data: bytes) -> Any:
    # The standard library's parser passes on the text of a number; ours converts one with too many digits to a double.
    return json.loads(data.decode("utf-8-sig"), parse_int=str, parse_float=str)


def contracts(registry: Registry) -> Iterator[Contract]:
    """Yield every contract: first those of events, then those of envelopes."""
    for owner in owners(registry):
        yield from owner.versions.values()


def readable(registry: Registry, contract: Contract, kind: examples.Kind) -> Iterator[tuple[Example, Any]]:
    """Yield the examples of a contract that are JSON; the rule "format" reports the others."""
    return examples.read(examples.of(registry, contract, kind))


def examples_folder(registry: Registry, contract: Contract) -> str:
    """Return the folder of a contract's examples, as a path below the root."""
    return examples.folder(registry, contract).relative_to(registry.root).as_posix()


def owners(registry: Registry) -> list[Event | Envelope]:
    """Return everything that has contracts: first the events, then the envelopes."""
    return [*registry.events.values(), *registry.envelopes.values()]


def formatted(registry: Registry) -> dict[str, bytes]:
    """Return every file of the tree in the canonical format, by path below the root. Skips files that cannot be formatted without loss."""
    out = {}
    for name, data in files(registry):
        try:
            wanted = canonical(data)
        except json_text.NotJSON:
            continue
        if wanted is not None:
            out[name] = wanted
    return out
