"""Proves that one object schema covers another, name by name: what each side requires of the value of every name that the narrow side allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonschema_rs import canonical

from signalbook.compat import string_proof
from signalbook.compat.string_sets import alternatives, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema_rs import CanonicalSchema

    Holds = Callable[[CanonicalSchema, CanonicalSchema], bool]


def covered(narrow: canonical.ObjectView, wide: canonical.ObjectView, holds: Holds) -> bool:
    """Return whether every object of one view is proved to be one of another. `holds` answers the same for the values inside."""
    fewest = max(narrow.min_properties or 0, len(narrow.required))
    if (
        (wide.min_properties or 0) > fewest
        or not set(wide.required) <= set(narrow.required)
        or wide.violations
    ):
        return False
    if wide.max_properties is not None and (
        narrow.max_properties is None or narrow.max_properties > wide.max_properties
    ):
        return False
    if wide.property_names is not None and not _names_covered(narrow, wide.property_names, holds):
        return False
    return _Names(narrow, wide, holds).covered()


def _names_covered(narrow: canonical.ObjectView, wanted: CanonicalSchema, holds: Holds) -> bool:
    """Return whether the wide side accepts every name that the narrow side allows. A property whose schema is false excludes its name."""
    if narrow.property_names is not None and holds(narrow.property_names, wanted):
        return True
    allowed, barred = string_proof.names(narrow.property_names)
    barred += [
        text(name)
        for name, schema in narrow.properties.items()
        if schema.kind == canonical.CanonicalKind.FALSE
    ]
    demands = string_proof.demands(wanted.view())
    return bool(demands) and string_proof.kept(allowed, barred, demands)


class _Names:
    """The names of two objects, and what each side requires of their values."""

    def __init__(self, narrow: canonical.ObjectView, wide: canonical.ObjectView, holds: Holds) -> None:
        self._narrow, self._wide, self._holds = narrow, wide, holds
        self._named = list(dict.fromkeys([*narrow.properties, *wide.properties]))
        self._allowed, self._barred = string_proof.names(narrow.property_names)

    def covered(self) -> bool:
        """Return whether the narrow side constrains every value at least as much as the wide side does."""
        return (
            all(map(self._by_name, self._named))
            and all(
                self._by_pattern([pattern], [], schema)
                for pattern, schema in self._wide.pattern_properties.items()
            )
            and (
                self._wide.additional_properties is None
                or self._by_pattern([], list(self._wide.pattern_properties), self._wide.additional_properties)
            )
        )

    def _by_name(self, name: str) -> bool:
        if string_proof.empty([*self._allowed, text(name)], self._barred):
            return True
        given = [schema for _, schema in _asked(self._narrow, name, doubtful=False)]
        given += _together(given)
        # An unreadable pattern surely matches a name on the narrow side only where it matches the name on the wide side.
        same = self._narrow.pattern_properties
        wanted = _asked(self._wide, name, doubtful=True)
        return all(
            any(self._holds(one, need) for one in [*given, *([same[pattern]] if pattern in same else [])])
            for pattern, need in wanted
        )

    def _by_pattern(self, matched: list[str], unmatched: list[str], wanted: CanonicalSchema) -> bool:
        """Return whether the wide side accepts the values of all undeclared names that match `matched` and none of `unmatched`."""
        patterns = self._narrow.pattern_properties
        if any(self._holds(patterns[pattern], wanted) for pattern in matched if pattern in patterns):
            return True
        within, outside = string_proof.sets_of(matched), string_proof.sets_of(unmatched)
        if len(within) < len(matched) or len(outside) < len(unmatched):
            return False
        left = [*self._allowed, *within]
        good = string_proof.sets_of(
            pattern for pattern, schema in patterns.items() if self._holds(schema, wanted)
        )
        beyond = [*self._barred, *outside, *map(text, self._named), *good]
        if string_proof.empty(left, beyond):
            return True
        additional = self._narrow.additional_properties
        if additional is None or not self._holds(additional, wanted):
            return False
        # additionalProperties covers names that no pattern of the narrow side matches; the remaining names match one of the patterns.
        read = string_proof.sets_of(patterns)
        return len(read) == len(patterns) and (
            not read or string_proof.empty([*left, alternatives(read)], beyond)
        )


def _asked(
    view: canonical.ObjectView, name: str, *, doubtful: bool
) -> list[tuple[str | None, CanonicalSchema]]:
    """Return the schemas that apply to the value of a name, each with the pattern it belongs to, if any.

    A pattern that cannot be read may or may not match: with `doubtful` the result has every schema that may apply, without it only those that do.
    """
    matched = {pattern: string_proof.matches(pattern, name) for pattern in view.pattern_properties}
    named: list[tuple[str | None, CanonicalSchema]] = (
        [(None, view.properties[name])] if name in view.properties else []
    )
    found = [
        (pattern, schema)
        for pattern, schema in view.pattern_properties.items()
        if matched[pattern] or (matched[pattern] is None and doubtful)
    ]
    sure = bool(named) or any(matched.values())
    unread = None in matched.values()
    rest = view.additional_properties if not sure and (doubtful or not unread) else None
    return [*named, *found, *([(None, rest)] if rest is not None else [])]


def _together(schemas: list[CanonicalSchema]) -> list[CanonicalSchema]:
    """Return a one-item list with the intersection of the schemas; empty if there are fewer than two or it cannot be expressed."""
    if len(schemas) < 2:  # noqa: PLR2004
        return []
    out = schemas[0]
    try:
        for one in schemas[1:]:
            out = out.intersect(one)
    except ValueError:
        return []
    return [out]
