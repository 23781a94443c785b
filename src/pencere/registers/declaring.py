"""When a declaration changes: what the rows stand under, what the folder says now, and what follows.

`KeptUnder` holds, for each register kept here, the fields under which its rows were last found good, the forms of its
index, its folder's files, and those before the last change. The index follows the folder by itself. Rows are never
changed here: `plan` counts those that the new declaration could not read, `apply` records it once there are none; until
then the old record stays, so that putting the folder back puts everything back (`undoing.py` does that).

A field that is renamed (`was`) keeps the name under which its values are stored, so nothing is rewritten either way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from pencere import country
from pencere.base.errors import BadInput
from pencere.country.declarations import CodeList, Country, Field
from pencere.registers import indexing
from pencere.registers.finding import ALIKE, NONE, ORDER, WORD
from pencere.registers.ground.boxes import PLACED
from pencere.registers.kinds import WrongKind
from pencere.registers.models import KeptUnder, Row
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

_SAID = ("kind", "of", "many", "required", "min", "max", "length", "pattern", "unit", "personal", "search", "unique",
         "given")  # fmt: skip
_AT_ONCE = 5000
FOUND = {WORD: "words", ORDER: "order", NONE: "order", PLACED: "place", ALIKE: "likeness"}
"""What an entry of the index is for, by the sign behind its field."""

_followed: list[Country] = []

Fields = Mapping[str, Mapping[str, Any]]
"""What is declared of each field, as far as values depend on it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One difference.

    | `what` | `keys` | `rows` |
    |---|---|---|
    | added | the gone field that was declared alike, if there is one | that do not have it, though it is required |
    | removed | | that say it |
    | renamed | its name before | that say it |
    | changed | the keys of the field that say something else | that do not fit |
    | moved | the name under which its values stand | that say it there |
    | misnamed | what `was` names, and what it should name, if that is known | |
    | index | what it is found by: value, words, order, place, likeness | |
    """

    what: str
    field: str
    keys: tuple[str, ...]
    rows: int

    @property
    def needs_work(self) -> bool:
        return self.what == "misnamed" or (self.rows > 0 and self.what not in ("removed", "renamed"))


@dataclass(frozen=True, slots=True)
class Plan:
    """`looked_at`: the rows that were read for it, all that hold or will hold."""

    register: str
    steps: tuple[Step, ...]
    looked_at: int

    @property
    def needs_work(self) -> bool:
        return any(step.needs_work for step in self.steps)


def plan(register_id: str, told: Callable[[int], object] = lambda rows: None) -> Plan:
    """What the folder says now against what the rows stand under. Reads every live row; says nothing of any."""
    return plan_of(shape_of(register_id), told)


def plan_of(shape: Shape, told: Callable[[int], object] = lambda rows: None) -> Plan:
    """The same of a declaration that need not be the one in use."""
    kept = KeptUnder.objects.filter(register=shape.register.id).first()
    now = fields_of(shape)
    before: Fields = msgspec.json.decode(kept.fields) if kept else now
    stands = {name: said.get("was") or name for name, said in before.items()}
    unfit, said, looked_at = _read_all(shape, stands.values(), told)
    renamed = _renamed(before, now)
    steps: list[Step] = []
    for name in dict.fromkeys((*before, *now, *unfit)):
        if name not in now:
            if name not in renamed.values():
                steps.append(Step("removed", name, (), said[stands[name]]))
        elif name in renamed:
            old = renamed[name]
            steps.append(Step("renamed", name, (old,), said[stands[old]]))
            steps += _changed(name, before[old], now[name], unfit[name])
        elif name not in before:
            steps += _added(name, now, before, unfit[name])
        elif before[name].get("was") != now[name].get("was"):
            steps.append(Step("moved", name, (stands[name],), said[stands[name]]))
        else:
            steps += _changed(name, before[name], now[name], unfit[name])
    forms = msgspec.json.decode(kept.forms) if kept else shape.form_of
    return Plan(shape.register.id, (*steps, *_index_steps(forms, shape.form_of)), looked_at)


def _renamed(before: Fields, now: Fields) -> dict[str, str]:
    """New name -> the one before: its values stand where they stood."""
    gone = {said.get("was") or name: name for name, said in before.items() if name not in now}
    stands = ((name, said.get("was") or name) for name, said in now.items() if name not in before)
    return {name: gone[was] for name, was in stands if was in gone}


def _changed(name: str, before: Mapping[str, Any], now: Mapping[str, Any], unfit: int) -> list[Step]:
    keys = tuple(key for key in now if key != "was" and before.get(key) != now[key])
    return [Step("changed", name, keys, unfit)] if keys or unfit else []


def _added(name: str, now: Fields, before: Fields, unfit: int) -> list[Step]:
    was: str | None = now[name].get("was")
    if was is None:
        gone = [each for each, said in before.items() if each not in now and "was" not in said and said == now[name]]
        return [Step("added", name, tuple(gone) if len(gone) == 1 else (), unfit)]
    should = (before[was].get("was") or was,) if was in before else ()
    return [Step("misnamed", name, (was, *should), 0)]


def _index_steps(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[Step, ...]:
    """One for each field whose entries are made anew."""
    found: dict[str, dict[str, None]] = {}
    for entry in sorted({*before, *now}):
        if before.get(entry) != now.get(entry):
            sign = entry[-1] if entry[-1] in FOUND else ""
            field = (entry.removesuffix(sign) if sign else entry) or "alike"
            found.setdefault(field, {})[FOUND[sign] if sign else "value"] = None
    return tuple(Step("index", field, tuple(kinds), 0) for field, kinds in found.items())


def unread(register_id: str, most: int) -> int:
    """Of the first rows, at most so many, those that the folder's declaration cannot read; 0 at once where it is the

    one that was applied, under which every row was read.
    """
    shape = shape_of(register_id)
    kept = KeptUnder.objects.filter(register=register_id).first()
    if kept is None or msgspec.json.decode(kept.fields) == fields_of(shape):
        return 0
    rows = Row.objects.filter(register=register_id, retired_at__isnull=True).order_by("pk")[:most]
    return sum(bool(unfit_of(shape, msgspec.json.decode(text))) for text in rows.values_list("values", flat=True))


def apply(register_id: str, now: datetime, told: Callable[[int], object] = lambda rows: None) -> Plan:
    """The rows stand under what the folder says now, if all can be read so; makes the index where it changed.

    Raises BadInput "rows_do_not_fit" otherwise, and records nothing. Killed and called again, it goes on.
    """
    found = plan(register_id, told)
    if found.needs_work:
        raise BadInput("rows_do_not_fit", register=register_id)
    shape = shape_of(register_id)
    with transaction.atomic():
        _order_index(shape, now)
        _keep(shape, now, fields_of(shape), files_of(register_id))
    indexing.make(register_id)
    return found


def files_of(register_id: str) -> dict[str, str]:
    """The declaration and its texts, as they stand in the folder of the country."""
    folder = folder_of(register_id)
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}


def folder_of(register_id: str) -> Path:
    return Path(settings.PENCERE.country) / "registers" / register_id


def follow(now: datetime) -> tuple[str, ...]:
    """The index follows the folder: registers whose index is made anew. Once for each country in each process."""
    here = country.current()
    if _followed and _followed[0] is here:
        return ()
    ordered = []
    for register in here.registers.values():
        if register.kept == "here":
            shape = shape_of(register.id)
            with transaction.atomic():
                if _order_index(shape, now):
                    ordered.append(register.id)
    _followed[:] = [here]
    return tuple(ordered)


def fields_of(shape: Shape) -> dict[str, Any]:
    """The declaration of the fields, as far as values depend on it."""
    return {name: _said(shape.country.lists, field) for name, field in shape.register.fields.items()}


def _said(lists: Mapping[str, CodeList], field: Field) -> dict[str, Any]:
    whole = asdict(field)
    said = {key: whole[key] for key in _SAID}
    if isinstance(field.of, str) and field.of.startswith("list:"):
        said["codes"] = sorted(lists[field.of.removeprefix("list:")].values)
    if field.was:
        said["was"] = field.was
    if field.fields:
        said["fields"] = {name: _said(lists, inner) for name, inner in field.fields.items()}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(said))
    return plain


def _order_index(shape: Shape, now: datetime) -> bool:
    """Whether the forms of its index are others than those under which it was made. In a transaction."""
    kept = KeptUnder.objects.select_for_update().filter(register=shape.register.id).first()
    if kept is None:
        _keep(shape, now, fields_of(shape), files_of(shape.register.id))
        return False
    if not kept.folder and msgspec.json.decode(kept.fields) == fields_of(shape):  # kept by an older version
        KeptUnder.objects.filter(pk=kept.pk).update(folder=_text(files_of(shape.register.id)))
    forms = msgspec.json.decode(kept.forms)
    if forms == shape.form_of:
        return False
    exact = [name for name in shape.found_by if forms.get(name) != shape.form_of[name]]
    indexing.order(shape.register.id, now, exact=bool(exact))
    KeptUnder.objects.filter(pk=kept.pk).update(forms=_text(shape.form_of), at=now)
    return True


def _keep(shape: Shape, now: datetime, fields: Fields, files: Mapping[str, str]) -> None:
    """The declaration as it is now; the one before stays beside it, if that was another."""
    kept = KeptUnder.objects.select_for_update().filter(register=shape.register.id).first()
    said = {"forms": _text(shape.form_of), "fields": _text(fields), "folder": _text(files), "at": now}
    if kept is not None and kept.folder and msgspec.json.decode(kept.folder) != files:
        said["before"] = kept.folder
    KeptUnder.objects.update_or_create(register=shape.register.id, defaults=said)


def _text(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _read_all(
    shape: Shape, stands: Iterable[str], told: Callable[[int], object]
) -> tuple[Counter[str], Counter[str], int]:
    """Of each field the live rows that cannot be read so; of each name of `stands` those that say it; all rows."""
    unfit: Counter[str] = Counter()
    said: Counter[str] = Counter()
    names, done = tuple(stands), 0
    rows = Row.objects.filter(register=shape.register.id, retired_at__isnull=True).order_by("pk")
    for text in rows.values_list("values", flat=True).iterator(chunk_size=_AT_ONCE):
        stored = msgspec.json.decode(text)
        unfit.update(unfit_of(shape, stored))
        said.update(name for name in names if stored.get(name) is not None)
        done += 1
        if done % _AT_ONCE == 0:
            told(_AT_ONCE)
    return unfit, said, done


def unfit_of(shape: Shape, stored: Mapping[str, object]) -> list[str]:
    """The fields that a row, as it is stored, does not say as they are declared."""
    found = []
    for name, read in shape.read.items():
        value = stored.get(shape.stored[name])
        try:
            if value is not None:
                read(value)
            elif name in shape.required:
                found.append(name)
        except WrongKind:
            found.append(name)
    return found
