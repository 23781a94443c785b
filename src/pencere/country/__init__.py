"""Reads and checks `countries/*`: declarations in, frozen dataclasses out. No Django, no database.

    from pencere import country
    country.use(path)            once, by the settings
    country.current()            the Country in use, read at first need and kept

`docs/declare/` explains the language, `declarations` is its shape, `pencere check` its judge.
"""

from __future__ import annotations

from pathlib import Path

from pencere.country.declarations import Country

_path: Path | None = None
_current: Country | None = None


def use(path: Path) -> None:
    """Names the folder of the country. Nothing is read before `current` is called."""
    global _path, _current
    _path, _current = Path(path), None


def put_back(country: Country) -> None:
    """Keeps a country in use that was read before: for whoever tried to read its folder anew and could not."""
    global _current
    _current = country


def current() -> Country:
    """The country in use. Raises BadDeclaration with every finding if its folder cannot be read."""
    global _current
    if _current is None:
        from pencere.country.reading import load

        if _path is None:
            raise RuntimeError("no country in use: call country.use(path) first")
        _current = load(_path)
    return _current
