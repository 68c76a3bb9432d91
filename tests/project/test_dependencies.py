"""What an installed signalbook asks for: the lists of releases say what pyproject.toml says, and nothing slow comes along."""

from __future__ import annotations

import tomllib
from importlib import metadata
from itertools import chain

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
USED = [Requirement(text) for text in (*PROJECT["dependencies"], *EXTRAS["types"])]
"""What an installed signalbook uses."""


def pins(name: str) -> dict[str, Version]:
    """Return the releases that a list of constraints names."""
    lines = [
        line.partition("==")
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    return {canonicalize_name(package): Version(version) for package, _, version in lines}


def oldest(requirement: Requirement) -> Version:
    """Return the oldest release that a requirement accepts."""
    return Version(
        next(one.version.removesuffix(".*") for one in requirement.specifier if one.operator in (">=", "=="))
    )


def needed(requirement: Requirement, found: set[str]) -> set[str]:
    """Return the names of what a requirement installs, with all that it needs in turn; of what isn't installed nothing is known."""
    name = canonicalize_name(requirement.name)
    if name in found:
        return found
    found.add(name)
    for text in metadata.requires(name) or ():
        inner = Requirement(text)
        if inner.marker is None or any(
            inner.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
        ):
            needed(inner, found)
    return found


def test_the_oldest_releases_are_those_that_are_accepted() -> None:
    """`make test-bounds` runs with the lower bound of every package, and with no other release."""
    assert pins("constraints-oldest.txt") == {canonicalize_name(one.name): oldest(one) for one in USED}


def test_the_pinned_releases_are_accepted() -> None:
    """What CI installs is what pyproject.toml accepts."""
    pinned = pins("constraints.txt")
    asked = [
        one
        for one in map(Requirement, (*PROJECT["dependencies"], *chain(*EXTRAS.values())))
        if one.name != PROJECT["name"]
    ]
    assert [str(one) for one in asked if pinned[canonicalize_name(one.name)] not in one.specifier] == []


@pytest.mark.parametrize("name", ["rfc3987", "rfc3987-syntax", "lark", "isoduration", "webcolors"])
def test_no_package_comes_along_that_makes_jsonschema_slow_or_is_under_the_gpl(name: str) -> None:
    """Signalbook brings only the checkers of formats that draft-07 needs, each of them small, because jsonschema imports all that it finds."""
    installed: set[str] = set()
    for requirement in map(Requirement, PROJECT["dependencies"]):
        needed(requirement, installed)
    assert "six" in installed  # the walk is not cut short
    assert name not in installed | set(pins("constraints.txt"))
