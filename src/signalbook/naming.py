"""The naming law: id ⇄ path ⇄ `$id` ⇄ Python module and class ⇄ documentation page. And which name was probably meant.

An event is `<provider>/<service>/<event>`, an envelope `<provider>/<envelope>`; everything else follows from the id.
`docs/reference/schema-tree.md` states the law for people.
"""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")

MODULES = frozenset({"types", "envelopes"})
"""Modules of every provider in a package of types: a service of that name gets an underscore."""
TAKEN = frozenset({
    *("Event", "Envelope", "Part", "Model", "Body", "BodyT", "JsonObject", "JsonText", "Nullable", "Number", "WireTime"),
    *("Annotated", "Any", "ClassVar", "Generic", "Literal", "NotRequired", "TypeAlias", "TypeAliasType", "TypedDict", "Union", "Optional"),
    *("BaseModel", "ConfigDict", "Field", "RootModel", "Struct", "Meta", "UNSET", "UnsetType", "Datetime", "Dataclass"),
})  # fmt: skip
"""Names that generated modules import: no class may have one."""

# A hump: between a small letter or digit and a capital, or before the last capital of a run that small letters follow.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Ids whose camel humps the providers write without a boundary that a rule could see.
_JOINED = {"v-switch": "vswitch", "i-pv6": "ipv6", "i-pv4": "ipv4"}


def kebab(name: str) -> str:
    """Return the folder name for a provider's event name.

    >>> kebab("SystemFailure.GPUFailure.Fault")
    'system-failure-gpu-failure-fault'
    >>> kebab("Instance:VSwitchChanged")
    'instance-vswitch-changed'
    """
    words = "-".join(_HUMP.sub("-", part) for part in re.split(r"[^A-Za-z0-9]+", name) if part).lower()
    for apart, joined in _JOINED.items():
        words = re.sub(rf"\b{apart}\b", joined, words)
    return words


def version_key(version: str) -> tuple[int, int, int]:
    """Return the three numbers of a MAJOR.MINOR.PATCH text, for sorting. Raises ValueError for anything else."""
    match = VERSION.fullmatch(version)
    if not match:
        message = f"not a MAJOR.MINOR.PATCH version: {version!r}"
        raise ValueError(message)
    major, minor, patch = (int(number) for number in match.groups())
    return major, minor, patch


def schema_path(contract_id: str, version: str) -> str:
    """Return the path of a version file below the root of the tree, for an event's or an envelope's id."""
    return f"{folder(contract_id)}/{version}.json"


def folder(contract_id: str) -> str:
    """Return the folder of an event (three words) or an envelope (two) below the root of the tree."""
    words = contract_id.split("/")
    return contract_id if len(words) == 3 else f"{words[0]}/_envelopes/{words[1]}"  # noqa: PLR2004 - provider/service/event


def python_module(event_id: str, version: str, versions: Iterable[str] = ()) -> str:
    """Return the dotted module of the types of an event's version: `jdcloud.vm.state_change.v1`.

    Of the `versions` that there are, the newest of each major version has that name; an older one is called `v1_0`, and where that is taken too, `v1_0_0`.

    >>> [python_module("jdcloud/vm/state-change", version, ("1.0.0", "1.1.0", "1.1.1")) for version in ("1.0.0", "1.1.0", "1.1.1")]
    ['jdcloud.vm.state_change.v1_0', 'jdcloud.vm.state_change.v1_1_0', 'jdcloud.vm.state_change.v1']
    """
    provider, service, event = (identifier(word) for word in event_id.split("/"))
    words = [provider, f"{service}_" if service in MODULES else service, event]
    key = version_key(version)
    newer = [other for other in map(version_key, versions) if other > key]
    said = next(length for length in (1, 2, 3) if not any(other[:length] == key[:length] for other in newer))
    return ".".join([*words, f"v{'_'.join(map(str, key[:said]))}"])


def python_class(contract_id: str) -> str:
    """Return the class name of an event's body or of an envelope: `StateChange`, `MnsHttp`.

    A name that generated modules need for themselves, or that Python does not allow, also says what it is: `event` → `EventEvent`, `2fa` → `Event2fa`.
    """
    parts = contract_id.split("/")
    name = "".join(word.capitalize() for word in parts[-1].split("-"))
    what = "Event" if len(parts) == 3 else "Envelope"  # noqa: PLR2004 - provider/service/event
    if name[0].isdigit():
        return f"{what}{name}"
    return f"{name}{what}" if name in TAKEN or keyword.iskeyword(name) else name


def python_path(event_id: str, version: str, versions: Iterable[str] = ()) -> str:
    """Return the dotted name of the class of an event's version, below the package of types: `jdcloud.vm.state_change.v1.StateChange`."""
    return f"{python_module(event_id, version, versions)}.{python_class(event_id)}"


def models_package(registry_name: str) -> str:
    """Return the name of the package of generated types of a registry: `signalbook_models`."""
    return f"{identifier(registry_name)}_models"


def identifier(word: str) -> str:
    """Return a word as a name in Python: `lambda` → `lambda_`, `2fa-enabled` → `_2fa_enabled`."""
    name = word.replace("-", "_")
    return f"_{name}" if name[0].isdigit() else f"{name}_" if keyword.iskeyword(name) else name


def page(contract_id: str) -> str:
    """Return the path of the documentation page, below the docs folder."""
    words = contract_id.split("/")
    return f"catalogue/{contract_id}.md" if len(words) == 3 else f"catalogue/{words[0]}/envelopes/{words[1]}.md"  # noqa: PLR2004


def stem(document: str, pointer: str) -> str:
    """Return what a definition is called: the last step of the pointer into its document, or the name of the document's file."""
    place = tokens(pointer)
    return place[-1] if place else document.rpartition("/")[2].removesuffix(".json")


def escape(token: str) -> str:
    """Return one step of a JSON Pointer as RFC 6901 writes it."""
    return token.replace("~", "~0").replace("/", "~1")


def pointer(path: Iterable[str | int]) -> str:
    """Return the JSON Pointer of a path of keys and indices; "" for the empty path."""
    return "".join(f"/{escape(str(token))}" for token in path)


def tokens(pointer_text: str) -> tuple[str, ...]:
    """Return the steps of a JSON Pointer, unescaped; all are strings, indices too."""
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer_text.split("/")[1:])


def nearest(word: str, words: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return those of `words` that `word` was probably meant to be, best first; spelling alone counts, so a different case is nearest of all."""
    # Imported here: only a payload with a fault needs it, and it would cost every start two milliseconds.
    from difflib import get_close_matches  # noqa: PLC0415

    plain: dict[str, list[str]] = {}
    for known in words:
        plain.setdefault(_plain(known), []).append(known)
    found = get_close_matches(_plain(word), plain, n=limit, cutoff=0.72)
    ranked = (known for key in found for known in sorted(plain[key], key=lambda known: known.casefold() != word.casefold()))
    return tuple(known for known in ranked if known != word)[:limit]


def _plain(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")
