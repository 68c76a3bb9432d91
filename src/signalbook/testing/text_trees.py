"""Treats payloads as trees: decodes the JSON text in their strings, so that one path leads everywhere, and encodes it again as it was."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from signalbook.reading import strict_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """A value in a place for JSON text that must not be encoded as JSON text."""

    value: Any


@dataclass(slots=True)
class Folds:
    """Places where a tree must be encoded as JSON text.

    `here` says whether this node is encoded, `spaced` whether with spaces after separators, `base64` whether in Base64. `below` holds the children,
    with `*` for any item.
    """

    here: bool = False
    spaced: bool = False
    base64: bool = False
    below: dict[str, Folds] = field(default_factory=dict)

    def add(self, path: Path, *, spaced: bool, base64: bool = False) -> None:
        """Mark a path as JSON text."""
        node = self
        for step in path:
            node = node.below.setdefault("*" if isinstance(step, int) else step, Folds())
        node.here, node.spaced, node.base64 = True, spaced, base64

    def at(self, path: Path) -> Folds:
        """Return the node for the value at a path."""
        node = self
        for step in path:
            node = node.below.get("*" if isinstance(step, int) else step, _NONE)
        return node


_NONE = Folds()


def plain(value: Any) -> Any:
    """Unwrap a value for a place that holds no JSON text."""
    return value.value if isinstance(value, Raw) else value


def text_paths(value: Any, paths: Iterable[Path]) -> list[Path]:
    """Return the paths of the strings that the given paths lead through, outermost first."""
    found: dict[Path, None] = {}
    for path in paths:
        node = value
        for place, step in enumerate(path):
            if isinstance(node, str):
                found[path[:place]] = None
                node = strict_json.revealed(node)
            node = node[step]
    return sorted(found, key=len)


def unfolded(value: Any, paths: Iterable[Path]) -> tuple[Any, Folds]:
    """Return a value with the JSON text at the given paths (outermost first) decoded, and how to encode it again."""
    folds = Folds()
    for path in paths:
        written = strict_json.at(value, path)
        is_packed = strict_json.unfolded(written) is written and strict_json.revealed(written) is not written
        text = (strict_json.from_base64(written) if is_packed else None) or written
        folds.add(path, spaced='": ' in text, base64=is_packed)
        value = changed(value, path, lambda _: strict_json.loads_text(text))  # noqa: B023 - called immediately
    return value, folds


def folded(tree: Any, folds: Folds) -> Any:
    """Return a tree as a payload: values in places for JSON text are encoded, except texts, numbers and `Raw` values."""
    raw, node = isinstance(tree, Raw), inside_folded(plain(tree), folds)
    if raw or not folds.here or not isinstance(node, dict | list):
        return node
    text = json.dumps(node, ensure_ascii=False) if folds.spaced else strict_json.compact(node)
    return b64encode(text.encode("utf-8", "replace")).decode() if folds.base64 else text


def inside_folded(node: Any, folds: Folds) -> Any:
    """Return a tree with everything inside it encoded, but not the tree itself."""
    below = folds.below
    if not below:
        return node
    if isinstance(node, list) and "*" in below:
        return [folded(item, below["*"]) for item in node]
    if isinstance(node, dict):
        return {key: folded(value, below[key]) if key in below else value for key, value in node.items()}
    return node


def changed(tree: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Return a copy of a tree with the value at a path changed. Raises LookupError or TypeError if the path does not exist."""
    if not path:
        return change(tree)
    if not isinstance(tree, dict | list):
        raise LookupError(path[0])  # noqa: TRY004 - same as for a missing key
    inner = changed(tree[path[0]], path[1:], change)  # type: ignore[index]
    out: Any = tree.copy()
    out[path[0]] = inner
    return out


def with_texts(tree: Any, change: Callable[[str], str]) -> Any:
    """Return a tree with every text changed; keys are kept."""
    if isinstance(tree, str):
        return change(tree)
    if isinstance(tree, list):
        return [with_texts(item, change) for item in tree]
    return {key: with_texts(value, change) for key, value in tree.items()} if isinstance(tree, dict) else tree
