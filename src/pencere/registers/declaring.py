"""When a declaration changes: what the rows stand under, what the folder says now, and what follows.

`KeptUnder` holds, for each register kept here, the fields under which its rows were last found good, and the forms of
its index. The index follows the folder by itself. Rows are never changed here: `plan` counts those that the new
declaration could not read, `apply` records it once there are none; until then the old record stays, so that putting
the folder back puts everything back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from pencere import country
from pencere.base.errors import BadInput
from pencere.country.declarations import CodeList, Country, Field
from pencere.registers import indexing
from pencere.registers.kinds import WrongKind
from pencere.registers.models import KeptUnder, Row
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

_SAID = ("kind", "of", "many", "required", "min", "max", "length", "pattern", "unit", "personal", "search", "unique",
         "given")  # fmt: skip
_AT_ONCE = 5000
_followed: list[Country] = []


@dataclass(frozen=True, slots=True)
class Step:
    """One difference. `what`: added removed changed index; `rows`: that do not fit (of `removed`: that say it)."""

    what: str
    field: str
    keys: tuple[str, ...]  # which keys of the field changed
    rows: int

    @property
    def needs_work(self) -> bool:
        return self.rows > 0 and self.what != "removed"


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
    shape = shape_of(register_id)
    kept = KeptUnder.objects.filter(register=register_id).first()
    now = fields_of(shape)
    before: dict[str, Any] = msgspec.json.decode(kept.fields) if kept else now
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    unfit, said, looked_at = _read_all(shape, [name for name in before if name not in now], told)
    steps = []
    for name in dict.fromkeys((*changed, *unfit)):
        if name not in now:
            steps.append(Step("removed", name, (), said[name]))
        elif name not in before:
            steps.append(Step("added", name, (), unfit[name]))
        else:
            keys = tuple(key for key in now[name] if before[name].get(key) != now[name][key])
            steps.append(Step("changed", name, keys, unfit[name]))
    forms = msgspec.json.decode(kept.forms) if kept else shape.form_of
    steps += [
        Step("index", name, (), 0) for name in sorted({*forms, *shape.form_of}) if not _is_same(forms, shape, name)
    ]
    return Plan(register_id, tuple(steps), looked_at)


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
        _keep(shape, now, fields_of(shape))
    indexing.make(register_id)
    return found


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
    if field.fields:
        said["fields"] = {name: _said(lists, inner) for name, inner in field.fields.items()}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(said))
    return plain


def _order_index(shape: Shape, now: datetime) -> bool:
    """Whether the forms of its index are others than those under which it was made. In a transaction."""
    kept = KeptUnder.objects.select_for_update().filter(register=shape.register.id).first()
    if kept is None:
        _keep(shape, now, fields_of(shape))
        return False
    forms = msgspec.json.decode(kept.forms)
    if forms == shape.form_of:
        return False
    exact = [name for name in shape.found_by if forms.get(name) != shape.form_of[name]]
    indexing.order(shape.register.id, now, exact=bool(exact))
    _keep(shape, now, msgspec.json.decode(kept.fields))
    return True


def _keep(shape: Shape, now: datetime, fields: Mapping[str, Any]) -> None:
    said = {"forms": _text(shape.form_of), "fields": _text(fields), "at": now}
    KeptUnder.objects.update_or_create(register=shape.register.id, defaults=said)


def _text(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _is_same(forms: Mapping[str, str], shape: Shape, name: str) -> bool:
    return forms.get(name) == shape.form_of.get(name)


def _read_all(
    shape: Shape, removed: list[str], told: Callable[[int], object]
) -> tuple[Counter[str], Counter[str], int]:
    """Of each field the live rows that cannot be read so; of each removed one those that say it; all rows."""
    unfit: Counter[str] = Counter()
    said: Counter[str] = Counter()
    done = 0
    rows = Row.objects.filter(register=shape.register.id, retired_at__isnull=True).order_by("pk")
    for text in rows.values_list("values", flat=True).iterator(chunk_size=_AT_ONCE):
        stored = msgspec.json.decode(text)
        for name, read in shape.read.items():
            value = stored.get(name)
            try:
                if value is not None:
                    read(value)
                elif name in shape.required:
                    unfit[name] += 1
            except WrongKind:
                unfit[name] += 1
        said.update(name for name in removed if stored.get(name) is not None)
        done += 1
        if done % _AT_ONCE == 0:
            told(_AT_ONCE)
    return unfit, said, done
