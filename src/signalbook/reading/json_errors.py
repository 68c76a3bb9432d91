"""Define the exception for bytes that are not a JSON document, and the magic bytes of other contents."""

from __future__ import annotations

BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"


class NotJSON(ValueError):
    """Bytes that are not one strict JSON document. `rule` is the rule of the finding; `line` and `column` start at 1."""

    def __init__(
        self,
        rule: str,
        message: str,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        # A plain class: creating a dataclass takes half a millisecond, at every start.
        super().__init__(rule, message, line, column, hint)
        self.rule, self.message, self.line, self.column, self.hint = rule, message, line, column, hint

    def __str__(self) -> str:
        place = ", ".join(
            f"{name} {number}"
            for name, number in (("line", self.line), ("column", self.column))
            if number is not None
        )
        return f"{self.message} ({place})" if place else self.message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NotJSON) and self.args == other.args

    def __hash__(self) -> int:
        return hash(self.args)

    def at_line(self, line: int) -> NotJSON:
        """Return the same error for a document on one line of a file, with the line number in the file."""
        return NotJSON(self.rule, self.message, line, self.column, self.hint)
