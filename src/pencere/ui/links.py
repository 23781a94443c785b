"""Navigation, handed in by the parts: a module `<part>/navigation.py` with any of the lists

    CITIZEN   the bar of the public pages          PERSON   the menu beside the name of who is signed in
    OFFICER   the bar of the officers' pages       FOOTER   the links at the foot of every page
    DEMO      the links in the band of a demo

of `Entry`. The officers' bar stands on every page whose address lies below one of the OFFICER entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.apps import apps
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule

SHOWN = ("always", "signed_in", "signed_out", "officer")


@dataclass(frozen=True, slots=True)
class Entry:
    """A link to a page by its URL name. `post`: a button, because following it changes something."""

    label: str | Promise  # gettext_lazy
    to: str
    order: int
    shown: str = "always"
    post: bool = False

    def __post_init__(self) -> None:
        if self.shown not in SHOWN:
            raise ValueError(f"shown is one of {', '.join(SHOWN)}, not {self.shown!r}")

    def is_for(self, *, signed_in: bool, officer: bool) -> bool:
        if self.shown == "officer":
            return officer
        return self.shown == "always" or (self.shown == "signed_in") == signed_in


@dataclass(frozen=True, slots=True)
class Link:
    """An entry on one page: `here` if it leads to this page, `within` if to one above it."""

    label: str
    url: str
    post: bool = False
    here: bool = False
    within: bool = False


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """The entries of one list, from every part that hands some in, in their order."""
    found: list[Entry] = []
    for config in apps.get_app_configs():
        if config.name.startswith("pencere.") and module_has_submodule(config.module, "navigation"):
            found += getattr(import_module(f"{config.name}.navigation"), name, ())
    return tuple(sorted(found, key=lambda entry: (entry.order, entry.to)))


def links(name: str, path: str, *, signed_in: bool, officer: bool) -> Sequence[Link]:
    """The list as links of the page at `path`; only the closest of several that lie above it counts as `within`."""
    shown = [
        (entry, reverse(entry.to)) for entry in entries(name) if entry.is_for(signed_in=signed_in, officer=officer)
    ]
    above = [url for _, url in shown if path.startswith(url) and url.count("/") > 2]
    closest = max(above, key=len, default="")
    return [Link(str(entry.label), url, entry.post, url == path, url == closest) for entry, url in shown]


def is_officers(path: str) -> bool:
    """Whether the page lies in the officers' area."""
    return any(path.startswith(reverse(entry.to)) for entry in entries("OFFICER"))
