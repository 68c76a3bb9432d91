"""Payloads as trees: the JSON text in their strings unfolded, so that one path leads everywhere, and folded again as it was written."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from signalbook import jsontext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """A value that stands where JSON text should, and is not folded into one."""

    value: Any


@dataclass(slots=True)
class Folds:
    """Where a tree has to be folded: whether here, with spaces after its commas or without, in Base64 or not, and what lies below, * for any item."""

    here: bool = False
    spaced: bool = False
    base64: bool = False
    below: dict[str, Folds] = field(default_factory=dict)

    def add(self, path: Path, *, spaced: bool, base64: bool = False) -> None:
        """Note that JSON text stands at a path."""
        node = self
        for step in path:
            node = node.below.setdefault("*" if isinstance(step, int) else step, Folds())
        node.here, node.spaced, node.base64 = True, spaced, base64

    def at(self, path: Path) -> Folds:
        """Return the part for what stands at a path."""
        node = self
        for step in path:
            node = node.below.get("*" if isinstance(step, int) else step, _NONE)
        return node


_NONE = Folds()


def plain(value: Any) -> Any:
    """Return a value for a place where no JSON text belongs."""
    return value.value if isinstance(value, Raw) else value


def text_paths(value: Any, paths: Iterable[Path]) -> list[Path]:
    """Return the paths of the strings that some paths lead through, the outer ones first."""
    found: dict[Path, None] = {}
    for path in paths:
        node = value
        for place, step in enumerate(path):
            if isinstance(node, str):
                found[path[:place]] = None
                node = jsontext.revealed(node)
            node = node[step]
    return sorted(found, key=len)


def unfolded(value: Any, paths: Iterable[Path]) -> tuple[Any, Folds]:
    """Return a value with the JSON text at some paths, the outer ones first, replaced by what it says; and how to fold it again."""
    folds = Folds()
    for path in paths:
        written = jsontext.at(value, path)
        is_packed = jsontext.unfolded(written) is written and jsontext.revealed(written) is not written
        text = (jsontext.from_base64(written) if is_packed else None) or written
        folds.add(path, spaced='": ' in text, base64=is_packed)
        value = changed(value, path, lambda _: jsontext.loads_text(text))  # noqa: B023 - called at once
    return value, folds


def folded(tree: Any, folds: Folds) -> Any:
    """Return a tree as a payload: what stands where JSON text belongs becomes one, but for texts, numbers and what is `Raw`."""
    raw, node = isinstance(tree, Raw), inside_folded(plain(tree), folds)
    if raw or not folds.here or not isinstance(node, dict | list):
        return node
    text = json.dumps(node, ensure_ascii=False) if folds.spaced else jsontext.compact(node)
    return b64encode(text.encode("utf-8", "replace")).decode() if folds.base64 else text


def inside_folded(node: Any, folds: Folds) -> Any:
    """Return a tree in which all is folded that stands inside it, and not the tree itself."""
    below = folds.below
    if not below:
        return node
    if isinstance(node, list) and "*" in below:
        return [folded(item, below["*"]) for item in node]
    if isinstance(node, dict):
        return {key: folded(value, below[key]) if key in below else value for key, value in node.items()}
    return node


def changed(tree: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Return a copy of a tree with the value at a path changed. Raises LookupError or TypeError where the path leads nowhere."""
    if not path:
        return change(tree)
    if not isinstance(tree, dict | list):
        raise LookupError(path[0])  # noqa: TRY004 - as of a key that is not there
    inner = changed(tree[path[0]], path[1:], change)  # type: ignore[index]
    out: Any = tree.copy()
    out[path[0]] = inner
    return out


def with_texts(tree: Any, change: Callable[[str], str]) -> Any:
    """Return a tree in which every text is changed; keys stay."""
    if isinstance(tree, str):
        return change(tree)
    if isinstance(tree, list):
        return [with_texts(item, change) for item in tree]
    return {key: with_texts(value, change) for key, value in tree.items()} if isinstance(tree, dict) else tree
