"""What `signalbook generate` writes for whom: the contracts that words name, and which files of a folder are ours."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook import compose, jsontext, models, opening, sync
from signalbook.errors import UnknownContract, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from signalbook.registry import Contract, Registry


def contracts(registry: Registry, words: Iterable[str]) -> list[Contract]:
    """Return the contracts that words name: an event, with or without a version, or all events of a provider or of a service in their newest version.

    Raises `UnknownContract`.
    """
    found = [contract for word in words for contract in _named(registry, word)]
    return list({str(contract): contract for contract in found}.values())


def _named(registry: Registry, word: str) -> Iterator[Contract]:
    below = [event for event in registry.events.values() if event.id.startswith(f"{word}/")]
    if below:
        yield from (event.newest for event in below)
        return
    event_id, _, version = word.partition("@")
    if event_id in registry.envelopes:
        raise Unreadable(word, "is an envelope", "name the events: the envelopes they travel in come along")
    if event_id in registry.known_names:
        raise Unreadable(word, "has no contract: what such an event holds is documented nowhere")
    yield registry.contract(event_id, version or None)


def command(name: str, words: Iterable[str], **options: Iterable[str | None]) -> str:
    """Return a command of ours as a shell reads it, with the values of some options; what is None or empty is left out."""
    given = [(f"--{option}", value) for option, values in options.items() for value in values if value]
    # A value that begins as an option does has to stand in the same word.
    pairs = [[f"{option}={value}"] if value.startswith("-") else [option, value] for option, value in given]
    return f"signalbook {name} {shlex.join([*words, *(word for pair in pairs for word in pair)])}"


def with_manifest(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files together with the list of them, so that the next run knows its own files."""
    return {**files, sync.MANIFEST: jsontext.canonical({"about": models.MARK, "files": list(files)})}


def own_files(folder: str, files: Mapping[str, bytes]) -> list[str]:
    """Return the files below a folder that an earlier run wrote, so that those among them that are not in `files` may be removed.

    The list of them is believed no further than what the files say themselves. Raises `Unreadable`, before anything is touched, for a list that is not
    ours, and where one of the files that it names is not.
    """
    root = Path(folder)
    manifest = str(root / sync.MANIFEST)
    if not sync.exists(root, sync.MANIFEST):
        return []
    if not sync.is_ours(root, sync.MANIFEST):
        raise Unreadable(manifest, "is not the list of what signalbook wrote", "move it away, or name another folder")
    listed = _listed(root / sync.MANIFEST)
    for name in listed:
        if sync.exists(root, name) and name not in files and not sync.is_ours(root, name):
            fix = f"move it away or take it out of {manifest}; nothing was written"
            raise Unreadable(str(root / name), "is listed as written by signalbook, but its content does not say so", fix)
    return [sync.MANIFEST, *listed]


def _listed(manifest: Path) -> list[str]:
    """Return the paths that a manifest lists."""
    try:
        listed = jsontext.loads(opening.read(manifest, follow=False))["files"]
        if all(isinstance(name, str) for name in listed):
            return list(listed)
    except (jsontext.NotJSON, LookupError, TypeError):
        pass
    raise Unreadable(str(manifest), "does not list what signalbook wrote", "remove it, and the types beside it; the next run writes them again")


def refuse_others(found: sync.Differences, option: str) -> None:
    """Raise `Unreadable` where somebody else's file would be overwritten; `option` is what names the folder. An empty file is nobody's work."""
    for name in found.changed:
        path = found.root / name
        if sync.exists(found.root, name) and path.stat().st_size and not sync.is_ours(found.root, name):
            fix = f"give {option} a folder of its own, or move the file"
            raise Unreadable(str(path), "was not written by signalbook, and would be overwritten", fix)


def bundle(registry: Registry, event_id: str, version: str | None, envelope_id: str | None) -> dict[str, Any]:
    """Return a contract, alone or in an envelope, as one self-contained schema. Raises `UnknownContract` and `CannotCompose`."""
    if event_id in registry.envelopes:
        raise Unreadable(event_id, "is an envelope, and its schema leaves open what it carries", f"name an event, and --envelope {event_id}")
    contract = registry.contract(event_id, version)
    if envelope_id is None:
        return compose.bundle(contract)
    carriers = registry.events[contract.of].envelopes
    short = {name.split("/")[1]: name for name in carriers}
    if envelope_id not in carriers and envelope_id not in short:
        raise UnknownContract(envelope_id, carriers)
    return compose.bundle(contract, registry.envelopes[short.get(envelope_id, envelope_id)])
