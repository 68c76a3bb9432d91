"""Objects compared name by name: what each side asks of the value of every name that the narrow side lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonschema_rs import canonical

from signalbook.engine.compare import texts
from signalbook.regular import Set, alternatives, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema_rs import CanonicalSchema

    Holds = Callable[[CanonicalSchema, CanonicalSchema], bool]


def covered(narrow: canonical.ObjectView, wide: canonical.ObjectView, holds: Holds) -> bool:
    """Whether every object of one view is proved to be one of another; `holds` answers the same for the values inside."""
    fewest = max(narrow.min_properties or 0, len(narrow.required))
    if (wide.min_properties or 0) > fewest or not set(wide.required) <= set(narrow.required) or wide.violations:
        return False
    if wide.max_properties is not None and (narrow.max_properties is None or narrow.max_properties > wide.max_properties):
        return False
    if wide.property_names is not None and not _names_covered(narrow, wide.property_names, holds):
        return False
    return _Names(narrow, wide, holds).covered()


def _names_covered(narrow: canonical.ObjectView, wanted: CanonicalSchema, holds: Holds) -> bool:
    """Whether every name that the narrow side lets through is as the wide side wants it; a property that is false lets its name not through."""
    if narrow.property_names is not None and holds(narrow.property_names, wanted):
        return True
    allowed, barred = texts.names(narrow.property_names)
    barred += [text(name) for name, schema in narrow.properties.items() if schema.kind == canonical.CanonicalKind.FALSE]
    demands = texts.demands(wanted.view())
    return bool(demands) and all(texts.empty(allowed, [*barred, one]) if held else texts.empty([*allowed, one], barred) for one, held in demands)


class _Names:
    """The names of two objects, and what each side asks of their values."""

    def __init__(self, narrow: canonical.ObjectView, wide: canonical.ObjectView, holds: Holds) -> None:
        self._narrow, self._wide, self._holds = narrow, wide, holds
        self._named = list(dict.fromkeys([*narrow.properties, *wide.properties]))
        self._allowed, self._barred = texts.names(narrow.property_names)

    def covered(self) -> bool:
        """Whether every value that the wide side constrains is constrained as much by the narrow side."""
        return (
            all(map(self._by_name, self._named))
            and all(self._by_pattern([pattern], [], schema) for pattern, schema in self._wide.pattern_properties.items())
            and (
                self._wide.additional_properties is None
                or self._by_pattern([], list(self._wide.pattern_properties), self._wide.additional_properties)
            )
        )

    def _by_name(self, name: str) -> bool:
        if texts.empty([*self._allowed, text(name)], self._barred):
            return True
        given = _asked(self._narrow, name, doubtful=False)
        wanted = _asked(self._wide, name, doubtful=True)
        patterns = self._narrow.pattern_properties
        # Of a pattern that cannot be read it is only sure that it matches a name here where it matches it there.
        return all(
            any(
                self._holds(one, need)
                for one in [
                    *given.values(),
                    *_together(list(given.values())),
                    *([patterns[pattern[1:]]] if pattern and pattern[1:] in patterns else []),
                ]
            )
            for pattern, need in wanted.items()
        )

    def _by_pattern(self, matched: list[str], unmatched: list[str], wanted: CanonicalSchema) -> bool:
        """Whether the values of all names that are not named, match these patterns and none of those, are as the wide side wants them."""
        within, outside = [texts.set_of(one) for one in matched], [texts.set_of(one) for one in unmatched]
        patterns = self._narrow.pattern_properties
        same = [schema for pattern, schema in patterns.items() if pattern in matched]
        if any(self._holds(schema, wanted) for schema in same):
            return True
        if None in within or None in outside:
            return False
        left = [*self._allowed, *_known(within)]
        good = _known(texts.set_of(pattern) for pattern, schema in patterns.items() if self._holds(schema, wanted))
        beyond = [*self._barred, *_known(outside), *map(text, self._named), *good]
        if texts.empty(left, beyond):
            return True
        additional = self._narrow.additional_properties
        if additional is None or not self._holds(additional, wanted):
            return False
        # What no pattern of the narrow side matches is covered by its additionalProperties: what is left matches one of them.
        read = [texts.set_of(pattern) for pattern in patterns]
        return None not in read and (not read or texts.empty([*left, alternatives(_known(read))], beyond))


def _known(sets: object) -> list[Set]:
    return [one for one in sets if isinstance(one, Set)]  # type: ignore[attr-defined]


def _asked(view: canonical.ObjectView, name: str, *, doubtful: bool) -> dict[str | None, CanonicalSchema]:
    """Return the schemas that the value of a name must satisfy, by the pattern that asks for it; the name itself and the rest have none.

    A pattern that cannot be read may match and may not: with `doubtful` everything that may be asked is returned, without only what surely is.
    """
    found: dict[str | None, CanonicalSchema] = {"": view.properties[name]} if name in view.properties else {}
    unread = False
    for pattern, schema in view.pattern_properties.items():
        matched = texts.matches(pattern, name)
        unread = unread or matched is None
        if matched or (matched is None and doubtful):
            found[f"^{pattern}"] = schema
    sure = [key for key in found if key == "" or texts.matches(str(key)[1:], name)]
    if view.additional_properties is not None and not sure and (doubtful or not unread):
        found[None] = view.additional_properties
    return found


def _together(schemas: list[CanonicalSchema]) -> list[CanonicalSchema]:
    """Return the schema of what satisfies all of some schemas, in a list, or an empty list where there are fewer than two or it cannot be said."""
    if len(schemas) < 2:  # noqa: PLR2004
        return []
    out = schemas[0]
    try:
        for one in schemas[1:]:
            out = out.intersect(one)
    except ValueError:
        return []
    return [out]
