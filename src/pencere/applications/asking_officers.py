"""The form of what an officer is asked in a task: findings of a step, or what no holder could say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext

from pencere.applications import showing, wording
from pencere.applications.finding import FOUND
from pencere.applications.pending import TaskPage
from pencere.applications.versions import Version
from pencere.country import cells
from pencere.country.declarations import Field, Register, Texts
from pencere.ui.forms import DeclaredForm, declared_form


def group_of(page: TaskPage) -> str:
    """The name under which the findings are known."""
    return page.name if page.task.kind in ("archive", "paper") or page.declared is None else page.declared.names[0]


def form_of(page: TaskPage) -> type[DeclaredForm]:
    """The form, its labels the service's own, else the register's."""
    version, group = page.version, group_of(page)
    fields = dict(page.fields)
    if FOUND in fields:
        fields = {name: field if name == FOUND else _if_found(group, field) for name, field in fields.items()}
    register = version.country.registers.get(wording.register_of(version, group)) if FOUND in fields else None
    texts = {**version.service.texts, **_texts(version, group, fields, register)}
    service = version.service
    kind = f"{service.content_hash}:{service.texts_hash}:{page.task.kind}"
    return declared_form(fields, group, texts, showing.language(), version=kind)


def _if_found(group: str, field: Field) -> Field:
    return replace(field, when=({f"{group}.{FOUND}": cells.parse("true")},))


def _texts(version: Version, group: str, fields: Mapping[str, Field], register: Register | None) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    if FOUND in fields:
        found[f"{group}.{FOUND}"] = {showing.language(): gettext("Is there an entry?")}
    for name, field in fields.items():
        key = f"{group}.{name}"
        if key not in version.service.texts and key not in found:
            found[key] = wording.label(version, key, register.id if register else "")
        for code in field.of if register and isinstance(field.of, tuple) else ():
            if words := register.texts.get(f"{name}.{code}") if register else None:
                found[f"{key}.{code}"] = words
    return found
