"""The files that are validated: `python -m benchmarks.validating.inputs mixed.ndjson --lines 200000 --broken 0.02` writes a mixed stream of all events."""

from __future__ import annotations

import argparse
import json
import sys
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.validating.payloads import SEED, nearest, of_one_kind, pool, repeated, schema
from benchmarks.validating.plan import FULL, QUICK
from benchmarks.validating.telling import Teller
from signalbook import Registry
from signalbook.reading.strict_json import canonical, compact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.validating.payloads import Payload
    from benchmarks.validating.plan import Plan


def write_all(folder: Path, plan: Plan) -> None:
    """Write everything that the benchmark validates into a folder, and a file `about.json` that says what is what."""
    registry = Registry.load()
    sound = pool(registry, distinct=plan.distinct)
    faulty = pool(registry, distinct=plan.distinct, broken=0.02)
    write_lines(folder / "mixed.ndjson", (one.text for one in repeated(sound, plan.lines)))
    write_lines(folder / "broken.ndjson", (one.text for one in repeated(faulty, plan.lines)))
    write_large(folder / "large.ndjson", folder / "mixed.ndjson", plan.large)
    _write_told(folder, registry, list(repeated(sound, plan.told)))
    alike = of_one_kind(sound)
    write_folder(folder / "alike", alike, plan.files)
    write_folder(folder / "various", sound, plan.files)
    single = [nearest(sound, size) for size in plan.sizes]
    for name, one in {
        "alike": alike[0],
        **{str(size): one for size, one in zip(plan.sizes, single, strict=True)},
    }.items():
        write_lines(folder / "single" / f"{name}.json", [one.text])
        write_lines(folder / "single" / f"{name}.schema.json", [compact(schema(registry, one))])
    write_lines(
        folder / "about.json",
        [
            json.dumps(
                [{"event": one.event, "whole": one.whole, "bytes": len(one.text.encode())} for one in single]
            )
        ],
    )


def _write_told(folder: Path, registry: Registry, found: list[Payload]) -> None:
    """Write payloads with what peers are told of them, and the schemas that are needed."""
    teller = Teller(registry)
    write_lines(folder / "told.ndjson", (teller.line(one.text) for one in found))
    for name, document in teller.schemas.items():
        write_lines(folder / "schemas" / f"{name}.json", [compact(document)])


def write_mixed(
    path: Path,
    *,
    lines: int = FULL.lines,
    distinct: int = FULL.distinct,
    broken: float = 0.0,
    seed: int = SEED,
) -> None:
    """Write an NDJSON file of so many payloads: all events of the catalogue on all their routes, mixed, of which the share `broken` has one fault each."""
    found = pool(Registry.load(), distinct=min(distinct, lines), broken=broken, seed=seed)
    write_lines(path, (one.text for one in repeated(found, lines, seed)))


def write_large(path: Path, source: Path, size: int) -> None:
    """Write a file of at least so many bytes, and hardly more: the lines of the NDJSON file `source`, again and again."""
    with path.open("wb") as stream, source.open("rb") as lines:
        while stream.tell() < size:
            some = lines.readlines(min(1 << 20, size - stream.tell()))
            stream.writelines(some)
            if not some:
                lines.seek(0)


def write_folder(folder: Path, found: list[Payload], count: int) -> None:
    """Write so many payloads into a file each, indented as people keep them; again from the first where there are fewer."""
    for number, one in enumerate(islice(cycle(found), count)):
        write_lines(folder / f"{number:04}.json", [canonical(json.loads(one.text)).decode().rstrip("\n")])


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines to a file, in a folder that is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def main() -> int:
    """Write a mixed stream to a file, or everything into a folder."""
    parser = argparse.ArgumentParser(
        description="Write NDJSON with payloads of all events on all their routes, mixed. Equal options write equal bytes."
    )
    parser.add_argument("path", type=Path, help="the file to write; with --all the folder")
    parser.add_argument(
        "--lines", type=int, default=FULL.lines, help=f"how many payloads (default: {FULL.lines:,})"
    )
    parser.add_argument(
        "--broken",
        type=float,
        default=0.0,
        help="which share of them has one fault each, as 0.02 (default: none)",
    )
    parser.add_argument("--seed", type=int, default=SEED, help="equal seeds make equal payloads")
    parser.add_argument(
        "--distinct",
        type=int,
        default=FULL.distinct,
        help=f"how many different ones; a longer file repeats them (default: {FULL.distinct:,})",
    )
    parser.add_argument(
        "--all",
        choices=("full", "quick"),
        help="write all that the benchmark needs, in its full size or a small one",
    )
    options = parser.parse_args()
    if options.all:
        write_all(options.path, FULL if options.all == "full" else QUICK)
    else:
        write_mixed(
            options.path,
            lines=options.lines,
            broken=options.broken,
            seed=options.seed,
            distinct=options.distinct,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
