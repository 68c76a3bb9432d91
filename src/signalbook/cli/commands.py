"""What each command does: options in, text on standard output, an exit code out."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from signalbook.cli import console

if TYPE_CHECKING:
    import argparse

    from signalbook.registry import Registry

CLEAN, FINDINGS, USAGE = 0, 1, 2
STYLES = ("pydantic", "dataclass", "typeddict", "msgspec")
"""The styles of `generate types`; `models` says what they are."""
REQUIRED = {"backward": ("backward",), "forward": ("forward",), "full": ("backward", "forward"), "survives": ("survives",)}
"""What `diff --require` may ask for, and the questions that must be proved then."""


def validate(options: argparse.Namespace) -> int:
    """Check payloads against their contracts."""
    from signalbook.cli import validating  # noqa: PLC0415 - other commands do without

    return validating.validate(options)


def identify(options: argparse.Namespace) -> int:
    """Say what payloads are, and why."""
    from signalbook import identity, intake, report  # noqa: PLC0415 - not needed to validate

    registry = _registry(options)
    paint = report.paint("auto", sys.stdout is not None and sys.stdout.isatty(), os.environ)
    clean = True
    for document in intake.documents(options.paths):
        for found in identity.identify_document(document, registry):
            clean = clean and found.status == "identified"
            if options.format == "json":
                console.put_json(f"{report.identity_json(found)}\n")
            else:
                console.say(report.identity_text(found, paint), coloured=True)
    return CLEAN if clean else FINDINGS


def listing(options: argparse.Namespace) -> int:
    """List the events of the catalogue."""
    from signalbook import catalogue  # noqa: PLC0415 - not needed to validate

    registry = _registry(options)
    chosen = {"provider": options.provider, "service": options.service, "text": options.text}
    events = catalogue.chosen(registry, **chosen)
    if options.format == "json":
        console.put_value([catalogue.entry(event, registry) for event in events])
    else:
        console.say(catalogue.listing(events, registry, catalogue.named_only(registry, **chosen)))
    return CLEAN


def show(options: argparse.Namespace) -> int:
    """Show one event, one envelope, or a name of which nothing more is known."""
    from signalbook import catalogue, examples  # noqa: PLC0415
    from signalbook.cli import writing  # noqa: PLC0415 - not needed to validate

    registry = _registry(options)
    event_id, _, version = options.id.partition("@")
    if event_id in registry.known_names and options.format == "text":
        console.say(catalogue.known_page(registry.known_names[event_id]))
        return CLEAN
    if options.format == "schema":
        console.put_value(writing.bundle(registry, event_id, version or None, options.envelope))
        return CLEAN
    if event_id in registry.envelopes:
        envelope = registry.envelopes[event_id]
        if options.format == "json":
            console.put_value(catalogue.envelope_entry(envelope))
        else:
            console.say(catalogue.envelope_page(envelope, registry))
        return CLEAN
    event = registry.event(event_id)
    contract = registry.contract(event.id, version or None)
    if options.format == "json":
        console.put_value(catalogue.details(event, contract, registry))
    else:
        console.say(catalogue.page(event, contract, registry, examples.shown(registry, contract)))
    return CLEAN


def diff(options: argparse.Namespace) -> int:
    """Compare two versions or two schemas."""
    from signalbook import compat, report  # noqa: PLC0415
    from signalbook.cli import sides  # noqa: PLC0415 - not needed to validate

    old, new, slot = sides.chosen(options.what, options.schemas)
    try:
        found = compat.bounded(old.schema, new.schema, slot=slot, seconds=compat.SECONDS if options.seconds is None else options.seconds)
    except compat.Unusable as error:
        raise sides.unusable(old, new, error) from None
    if options.format == "json":
        console.put_value({"old": old.name, "new": new.name, **found.as_dict()})
    else:
        console.say((compat.markdown if options.format == "markdown" else compat.text)(found, report.safe(old.name), report.safe(new.name)))
    asked = REQUIRED[options.require] if options.require else ()
    return CLEAN if all(found.answers()[question].state == "proved" for question in asked) else FINDINGS


def lint(options: argparse.Namespace) -> int:
    """Check a tree of schemas against the law of the tree."""
    from signalbook import lint, report, sync  # noqa: PLC0415 - not needed to validate

    registry = _registry(options, in_full=True)
    if options.fix:
        written = sync.write(lint.formatted(registry), registry.root)
        console.say(*(f"formatted {report.safe(str(registry.root / path))}" for path in written))
    findings = lint.run(registry, lint.rules(options.base))
    console.say(*map(str, findings))
    looked_at = f"{report.counted(len(registry.events), 'event')}, {report.counted(len(registry.envelopes), 'envelope')}"
    console.say(f"{looked_at}: {report.counted(len(findings), 'finding') if findings else 'no findings'}")
    return FINDINGS if findings else CLEAN


def build(options: argparse.Namespace) -> int:
    """Write what is generated from the schemas, and the pages of the site, or say what is out of date."""
    from signalbook.cli import building  # noqa: PLC0415 - not needed to validate

    return building.build(options)


def generate_types(options: argparse.Namespace) -> int:
    """Write Python types into the caller's own project."""
    from signalbook import models  # noqa: PLC0415
    from signalbook.cli import building, writing  # noqa: PLC0415 - not needed to validate

    registry = _registry(options)
    files = models.package(registry, writing.contracts(registry, options.ids), options.style)
    command = writing.command("generate types", options.ids, style=[options.style], out=[options.out], schemas=[options.schemas])
    return building.brought_up_to_date(options, writing.with_manifest(files), writing.own_files(options.out, files), command)


def sample(options: argparse.Namespace) -> int:
    """Make payloads of an event: print, write or send them."""
    from signalbook.cli import sampling  # noqa: PLC0415 - not needed to validate

    return sampling.sample(options)


def generate_tests(options: argparse.Namespace) -> int:
    """Write tests of a handler into the caller's own project."""
    from signalbook.cli import testing  # noqa: PLC0415 - not needed to validate

    return testing.generate_tests(options)


def _registry(options: argparse.Namespace, *, in_full: bool = False) -> Registry:
    """Return the registry that was asked for; `in_full` reads and checks every file also of the catalogue that comes with the kit."""
    from signalbook.registry import Registry, default_root  # noqa: PLC0415 - the help does without

    return Registry.load(options.schemas or default_root() if in_full else options.schemas)
