"""Derives all names from an id: paths, `$id`s, Python modules and classes, and documentation pages.

The id of an event is `<provider>/<service>/<event>`, that of an envelope is `<provider>/<envelope>`. All other names follow from the id.
`docs/reference/schema-tree.md` documents these rules.
"""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

from signalbook.reading import pointers

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")

MODULES = frozenset({"types", "envelopes"})
"""Modules that every provider has in a package of types. A service with one of these names gets an underscore."""
TAKEN = frozenset({
    *("Event", "Envelope", "Part", "Model", "Body", "BodyT", "JsonObject", "JsonText", "Nullable", "Number", "WireTime"),
    *("Annotated", "Any", "ClassVar", "Generic", "Literal", "NotRequired", "TypeAlias", "TypeAliasType", "TypedDict", "Union", "Optional"),
    *("BaseModel", "ConfigDict", "Field", "RootModel", "Struct", "Meta", "UNSET", "UnsetType", "Datetime", "Dataclass"),
})  # fmt: skip
"""Names that generated modules import, so that no class may have them."""

# A camel-case boundary: between a lowercase letter or digit and a capital, or before the last capital of a run that lowercase letters follow.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Words that the camel-case rule splits in the wrong place.
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
    """Return the three numbers of a MAJOR.MINOR.PATCH version, for sorting. Raises ValueError for anything else."""
    match = VERSION.fullmatch(version)
    if not match:
        message = f"not a MAJOR.MINOR.PATCH version: {version!r}"
        raise ValueError(message)
    major, minor, patch = (int(number) for number in match.groups())
    return major, minor, patch


def schema_path(contract_id: str, version: str) -> str:
    """Return the path of a version file of an event or envelope, relative to the root of the tree."""
    return f"{folder(contract_id)}/{version}.json"


def folder(contract_id: str) -> str:
    """Return the folder of an event (id with three parts) or an envelope (two parts), relative to the root of the tree."""
    words = contract_id.split("/")
    return contract_id if len(words) == 3 else f"{words[0]}/_envelopes/{words[1]}"  # noqa: PLR2004 - provider/service/event


def python_module(event_id: str, version: str, versions: Iterable[str] = ()) -> str:
    """Return the dotted module of the types of an event's version: `jdcloud.vm.state_change.v1`.

    `versions` are all versions of the event. The newest of each major version has the short name; an older one is `v1_0` or, if taken, `v1_0_0`.

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

    If generated modules use the name themselves, or Python does not allow it, the kind is added: `event` → `EventEvent`, `2fa` → `Event2fa`.
    """
    parts = contract_id.split("/")
    name = "".join(word.capitalize() for word in parts[-1].split("-"))
    what = "Event" if len(parts) == 3 else "Envelope"  # noqa: PLR2004 - provider/service/event
    if name[0].isdigit():
        return f"{what}{name}"
    return f"{name}{what}" if name in TAKEN or keyword.iskeyword(name) else name


def python_path(event_id: str, version: str, versions: Iterable[str] = ()) -> str:
    """Return the dotted class name of an event's version, relative to the package of types: `jdcloud.vm.state_change.v1.StateChange`."""
    return f"{python_module(event_id, version, versions)}.{python_class(event_id)}"


def models_package(registry_name: str) -> str:
    """Return the package name of a registry's generated types: `signalbook_models`."""
    return f"{identifier(registry_name)}_models"


def identifier(word: str) -> str:
    """Return a word as a Python identifier: `lambda` → `lambda_`, `2fa-enabled` → `_2fa_enabled`."""
    name = word.replace("-", "_")
    return f"_{name}" if name[0].isdigit() else f"{name}_" if keyword.iskeyword(name) else name


def page(contract_id: str) -> str:
    """Return the path of the documentation page, relative to the docs folder."""
    words = contract_id.split("/")
    return (
        f"catalogue/{contract_id}.md" if len(words) == 3 else f"catalogue/{words[0]}/envelopes/{words[1]}.md"  # noqa: PLR2004
    )


def stem(document: str, pointer: str) -> str:
    """Return the name of a definition: the last step of the pointer into its document, or else the document's file name without extension."""
    place = pointers.split(pointer)
    return place[-1] if place else document.rpartition("/")[2].removesuffix(".json")
