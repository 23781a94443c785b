"""Reads the country's folder anew when a file in it was saved, and says what is wrong with it if it cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

from pencere import country
from pencere.base.errors import BadDeclaration
from pencere.country.nodes import Finding

WATCHED = (".yaml", ".typ", ".csv")


class Watched:
    """The folder of the country in use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stamp = stamp_of(folder)
        self.findings: tuple[Finding, ...] = ()

    def look(self) -> None:
        """Once per request: after a save the declarations are read again; those in use stay if they cannot be."""
        stamp = stamp_of(self.folder)
        if stamp == self.stamp:
            return
        self.stamp = stamp
        before = country.current()
        country.use(self.folder)
        try:
            country.current()
        except BadDeclaration as bad:
            self.findings = tuple(each for each in bad.findings if isinstance(each, Finding))
            country.put_back(before)
        else:
            self.findings = ()


def stamp_of(folder: Path) -> str:
    """Changes with every file that is saved, added or taken away."""
    newest, number = 0, 0
    for path, _, names in os.walk(folder):
        for name in names:
            if name.endswith(WATCHED):
                number += 1
                newest = max(newest, os.stat(os.path.join(path, name)).st_mtime_ns)
    return f"{number}-{newest}"
