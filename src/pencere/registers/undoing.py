"""Takes the last change of a declaration back: the files of its folder as they were, then `apply`.

One that was not applied yet is taken back first. The plan comes before anything is written, and nothing is written
while rows could not be read, or while something else in the country would no longer fit. Cut off, it is called again.
Called again when it is done, it takes itself back.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from django.conf import settings

from pencere import country
from pencere.base.errors import BadInput
from pencere.country.checking import check
from pencere.country.nodes import ERROR
from pencere.country.reading import load
from pencere.registers import declaring
from pencere.registers.declaring import Plan
from pencere.registers.models import KeptUnder
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

_MAIN = "register.yaml"


@dataclass(frozen=True, slots=True)
class WayBack:
    """`files`: as they will stand (None: taken away). `errors`: what would be wrong in the country, and is not now."""

    plan: Plan
    files: Mapping[str, str | None]
    errors: tuple[str, ...]


def way_back(register_id: str) -> WayBack:
    """What it means to take the last applied change back. Writes nothing. Raises BadInput "nothing_to_undo"."""
    before = _files_before(register_id)
    now = declaring.files_of(register_id)
    files: dict[str, str | None] = {name: text for name, text in before.items() if now.get(name) != text}
    files |= {name: None for name in now if name not in before}
    with tempfile.TemporaryDirectory(prefix="pencere-undo-") as place:
        copy = Path(place) / "country"
        shutil.copytree(settings.PENCERE.country, copy)
        _write(copy / "registers" / register_id, files)
        there_are = {(each.file, each.message) for each in check(settings.PENCERE.country)}
        errors = tuple(
            str(each) for each in check(copy) if each.severity == ERROR and (each.file, each.message) not in there_are
        )
        if errors:
            return WayBack(Plan(register_id, (), 0), files, errors)
        there = load(copy)
    return WayBack(declaring.plan_of(Shape(there, there.registers[register_id])), files, ())


def _files_before(register_id: str) -> dict[str, str]:
    """Those under which the rows stand, where the folder says something else by now; else those before them."""
    kept = KeptUnder.objects.filter(register=register_id).first()
    if kept is None:
        raise BadInput("nothing_to_undo", register=register_id)
    is_applied = msgspec.json.decode(kept.fields) == declaring.fields_of(shape_of(register_id))
    text = kept.before if is_applied else kept.folder
    if not text:
        raise BadInput("nothing_to_undo", register=register_id)
    files: dict[str, str] = msgspec.json.decode(text)
    return files


def undo(register_id: str, found: WayBack, now: datetime) -> Plan:
    """Writes the files and applies them. Raises BadInput "rows_do_not_fit" or "country_does_not_fit", and does nothing

    then; OSError where the folder cannot be written.
    """
    if found.errors:
        raise BadInput("country_does_not_fit", register=register_id)
    if found.plan.needs_work:
        raise BadInput("rows_do_not_fit", register=register_id)
    _write(declaring.folder_of(register_id), found.files)
    country.use(settings.PENCERE.country)
    return declaring.apply(register_id, now)


def _write(folder: Path, files: Mapping[str, str | None]) -> None:
    """Each whole or not at all; the declaration after the texts that it needs."""
    for name, text in sorted(files.items(), key=lambda each: each[0] == _MAIN):
        if text is None:
            (folder / name).unlink(missing_ok=True)
            continue
        fresh = folder / f".{name}.new"
        fresh.write_text(text, encoding="utf-8")
        os.replace(fresh, folder / name)
