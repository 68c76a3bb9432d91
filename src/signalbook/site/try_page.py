"""Renders the page "Try it", which identifies, opens and checks payloads in the reader's browser, and the examples that it offers.

The page contains no script: `web/src/try/` is bundled into `assets/try.js`, which loads the rest on first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook.engine.levels import LEVELS
from signalbook.envelopes.opener import open_payload
from signalbook.reading import strict_json
from signalbook.registry import examples
from signalbook.site import markup
from signalbook.validation import validator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.envelopes.opener import Opened
    from signalbook.registry import Event, Registry

PAGE = "catalogue/try.md"
_ABOUT = "Paste a notification: it is identified, opened and checked in your browser."


@dataclass(frozen=True, slots=True)
class _Delivered:
    """A delivered example of an event: its value, and the payloads opened from it."""

    event: Event
    value: Any
    opened: tuple[Opened, ...]

    @property
    def depth(self) -> int:
        """Number of envelopes around its content."""
        return len(self.opened[0].wrappers)


def page(registry: Registry) -> bytes:
    """Return the page as Markdown with HTML; it is readable without a script."""
    command = markup.code_block("signalbook validate payload.json", "sh")
    parts = [
        markup.front_matter(title="Try it", description=_ABOUT)
        + f'<link rel="stylesheet" href="{_asset("css")}">',
        "# Try it",
        f'<p class="lead">{_ABOUT} <strong>Nothing leaves your browser</strong>: no request carries what you paste.</p>',
        f"<noscript><p>This page needs a script. The command does the same without one: {markup.code('signalbook validate payload.json')}.</p></noscript>",
        _form(registry, command),
        f'<script type="module" src="{_asset("js")}"></script>',
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _asset(kind: str) -> str:
    return markup.way(PAGE, f"catalogue/assets/try.{kind}")


def _form(registry: Registry, command: str) -> str:
    levels = "".join(
        f"<option{' selected' if name == 'documented' else ''}>{name}</option>" for name in LEVELS
    )
    buttons = "".join(
        f'<button type="button" data-example="{place}">{label}</button>'
        for place, (label, _) in enumerate(_offered(registry))
    )
    return f"""<form class="try" autocomplete="off">
<div class="examples" role="group" aria-label="Examples">
<span>Examples:</span>{buttons}<button type="button" data-part="clear">Clear</button>
</div>
<label for="try-text">Payload: JSON, an array of payloads, one payload a line (NDJSON), or a form</label>
<textarea id="try-text" data-part="text" rows="12" spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby="try-how"></textarea>
<p id="try-how" class="how">Type or paste, or drop files anywhere here; <code>.gz</code> of any of these too.</p>
<div class="tools">
<label for="try-file">Files <input id="try-file" data-part="file" type="file" multiple></label>
<label for="try-level">Level <select id="try-level" data-part="level">{levels}</select></label>
<label for="try-version">Version <select id="try-version" data-part="version"><option value="">newest</option><option value="any">any</option></select></label>
<label for="try-event">As event <input id="try-event" data-part="event" list="try-events" placeholder="the one it names" spellcheck="false"></label>
<datalist id="try-events"></datalist>
</div>
<h2 id="result">Result</h2>
<p class="status" data-part="status" role="status" aria-live="polite">Nothing to check yet.</p>
<div class="results" data-part="results" role="region" aria-labelledby="result"></div>
<h2 id="command">The same as a command</h2>
{command.replace("<code ", '<code data-part="command" ', 1)}
</form>"""


def offered(registry: Registry) -> list[str]:
    """Return the texts of the page's examples, in the order of its buttons."""
    return [text for _, text in _offered(registry)]


def _offered(registry: Registry) -> Iterator[tuple[str, str]]:
    """Yield the label and text of each example; none for a registry without delivered examples."""
    found = [
        _Delivered(event, value, open_payload(value, registry))
        for event in registry.events.values()
        for value in _delivered(registry, event)
    ]
    if not found:
        return
    nested = max(found, key=lambda one: one.depth)
    yield "Nested envelopes", _written(nested.value)
    broken = next((value for one in found if (value := _broken(registry, one)) is not None), None)
    if broken is not None:
        yield "With a fault", _written(broken)
    several = [
        next(one for one in found if one.event.id.startswith(f"{provider}/"))
        for provider in _providers(found)
    ]
    yield (
        "One payload a line",
        "".join(
            f"{strict_json.compact(value)}\n"
            for value in [*(one.value for one in several), broken or nested.value]
        ),
    )


def _delivered(registry: Registry, event: Event) -> Iterator[Any]:
    yield from examples.readable(examples.of(registry, event.newest, "delivered"))


def _providers(found: list[_Delivered]) -> list[str]:
    return list(dict.fromkeys(one.event.id.split("/")[0] for one in found))


def _written(value: Any) -> str:
    return strict_json.canonical(value).decode()


def _broken(registry: Registry, whole: _Delivered) -> Any | None:
    """Return a delivery whose body is an invalid example with a value outside a list; None if there is no such example."""
    bodies = (
        example
        for example in examples.of(registry, whole.event.newest, "invalid")
        if example.words[-1] == "enum"
    )
    for body in examples.readable(bodies):
        value = _replaced(whole.value, list(whole.opened[0].path), body)
        if (
            value is not None
            and validator.check_payload(value, registry, validator.Request()).status == "invalid"
        ):
            return value
    return None


def _replaced(value: Any, path: list[str | int], body: Any) -> Any | None:
    """Return a copy of a delivery with another body, or None if the body is inside a string."""
    if not isinstance(value, dict):
        return None
    if not path:
        return body
    inner = _replaced(value.get(path[0]), path[1:], body)
    return None if inner is None else {**value, path[0]: inner}
