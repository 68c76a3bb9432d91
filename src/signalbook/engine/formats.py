"""The formats that the reference engine checks: those it has checkers for, and the two of IRIs.

jsonschema leaves the formats of IRIs to a package that builds a grammar while it is imported, which takes a second. Here an IRI is read as RFC 3987 maps it
to a URI: the characters it allows in addition are percent-encoded, and a URI takes a percent-encoded character wherever an IRI takes one of those.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# `ucschar` and `iprivate` of RFC 3987, section 2.2: the last two characters of every plane are none.
_PLANES = "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14))
_EVERYWHERE = re.compile(f"[\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef{_PLANES}\U000e1000-\U000efffd]")
_IN_QUERIES = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


@cache
def checker(validator: Any) -> Any:
    """Return the format checker for a validator class of the reference engine: its own, and for draft-07 the formats of IRIs too."""
    import jsonschema  # noqa: PLC0415 - only who asks for a second opinion needs it

    found = jsonschema.FormatChecker(formats=())
    found.checkers = dict(validator.FORMAT_CHECKER.checkers)
    if validator is jsonschema.Draft7Validator:
        # With the package installed jsonschema has checkers of its own; verdicts must not depend on that.
        found.checkers |= {"iri": (_iri("URI"), ()), "iri-reference": (_iri("URI_reference"), ())}
    return found


def _iri(rule: str) -> Callable[[object], bool]:
    def conforms(value: object) -> bool:
        from rfc3986_validator import validate_rfc3986  # noqa: PLC0415 - compiles patterns, and few schemas ask for IRIs

        # The validator's `$` also matches before a last line break.
        return not isinstance(value, str) or (value[-1:] != "\n" and validate_rfc3986(_uri(value), rule=rule) is not None)

    return conforms


def _uri(iri: str) -> str:
    """Return an IRI with a percent-encoded character for each one that only an IRI may have at its place."""
    before, mark, fragment = iri.partition("#")
    path, question, query = before.partition("?")
    return _EVERYWHERE.sub("%FF", path + question + _IN_QUERIES.sub("%FF", query) + mark + fragment)
