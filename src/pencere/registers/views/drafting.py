"""What an officer writes of a row, before it is written: typed so far, against what the register says, as a change.

Of an add, a replacement, a correction or an end: which fields are asked, what differs, what another changed meanwhile,
whether the rows that it names are there, whether a second officer has to confirm it. Draws no page (`changing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.country.declarations import Register
from pencere.registers import changes, entering, naming, rules, showing
from pencere.registers.comparing import Difference, differences
from pencere.registers.desk_forms import GroundsForm, SpecialForm, SureForm
from pencere.registers.desk_rights import Seat
from pencere.registers.entry_forms import EntryForm
from pencere.registers.shelf import Shelf
from pencere.registers.using import shape_of
from pencere.registers.views.rows import DAYS, Opened, special_names
from pencere.ui import writing


class Draft:
    """One change as it is typed. `found`: the row that it changes; `reason`: for what its special data is shown."""

    def __init__(
        self,
        request: HttpRequest,
        seat: Seat,
        how: str,
        found: Opened | None,
        *,
        stated: str = "",
        reason: str = "",
        asked_special: SpecialForm | None = None,
    ) -> None:
        self.request, self.seat, self.how, self.found = request, seat, how, found
        self.stated, self.reason, self.asked_special = stated, reason, asked_special
        self.register: Register = seat.register
        self.shape = shape_of(self.register.id)
        self.now = clock.now()
        self.today = clock.day_in(country.current().time_zone, self.now)
        self.special = special_names(self.register)
        self.holds_special = found is not None and (found.current or found.version).holds_special
        is_form = request.method == "POST" and request.POST.get("desk-step") != "special"
        data = request.POST if is_form else None
        keeping = Shelf(f"{self.register.id} {seat.account}", self.now)
        self.form = EntryForm(
            self.register, data, request.FILES if data is not None else None,
            values=self._initial(), keeping=keeping, without=self._without(), days=self._days(),
        )  # fmt: skip
        if how == "end":
            self._say_of_the_end()
        self.grounds = self._grounds(data, keeping)
        self.sure: SureForm | None = None

    def _say_of_the_end(self) -> None:
        """Which day is asked for, and which takes back a row that should never have been written."""
        asked = self.form.days.fields["valid_from"]
        asked.label = gettext("First day on which it holds no longer")
        words = gettext("If it was never true, write its first day, %(day)s: then nothing of it holds.")
        asked.help_text = words % {"day": writing.day(self._first_day, showing.language())}

    def _grounds(self, data: QueryDict | None, keeping: Shelf) -> GroundsForm:
        """On what the change rests; of a new row without special data only the document is asked."""
        touches = bool(self.special) and (self.how == "add" or bool(self.reason) or self.holds_special)
        files = self.request.FILES or None
        return GroundsForm(
            data,
            files,
            keeping=keeping,
            how=self.how,
            asks_reason=self.how != "add" or touches,
            touches_special=touches,
        )

    def _initial(self) -> dict[str, object]:
        if self.found is None:
            return {"valid_from": self.today}
        values = dict(self.found.version.values)
        if self.how == "correct":
            return {
                **values,
                "valid_from": self.found.version.valid_from,
                "valid_until": self.found.version.valid_until,
            }
        return {**values, "valid_from": max(self.today, self.found.version.valid_from)}

    def _without(self) -> frozenset[str]:
        """What is not asked: what the register gives itself, what may not be seen, what names the row that follows."""
        names = set(self.register.fields)
        if self.how == "end":
            return frozenset(names)
        if self.how == "add":
            return frozenset(self.shape.given)
        hidden = set() if self.reason else set(self.special)
        return frozenset(hidden | (set(self.register.key) if self.how == "replace" else set()))

    def _days(self) -> tuple[str, ...]:
        if not self.register.dated and self.how in ("add", "correct"):
            return ()
        return DAYS if self.how in ("add", "correct") else ("valid_from",)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.grounds.is_valid()])

    def are_known(self) -> bool:
        """Whether the registers kept here have whom and what the row newly names; of a person the officer may be sure.

        A person may not be there yet, or no longer be written so; a row without the row that it refers to is none.
        """
        typed = self.typed()
        names = [name for name in self.form.fields if self.how == "add" or typed.get(name) != self.before.get(name)]
        missing = naming.unknown(self.register, typed, names, self.now)
        persons = tuple(dict.fromkeys(each.value for each in missing if each.is_person))
        self.sure = SureForm(self.request.POST, persons=persons) if persons else None
        known = self.sure is None or self.sure.is_valid()
        for each in missing:
            if each.is_person and self.sure is not None and each.value in self.sure.said:
                continue
            known = False
            self.form.fail(each.path, showing.not_known(each.register, each.is_person), each.item)
        return known

    def is_free(self, step: str) -> bool:
        """Whether a new row's key is free for its days, told before the page to look through and not after it."""
        typed = self.form.values
        if self.how != "add" or step != "check" or any(typed.get(name) is None for name in self.register.key):
            return True  # a key that is given later is new
        key = self.shape.key_named({name: typed[name] for name in self.register.key})
        first, last = (typed.get(name) for name in DAYS)
        day = first if isinstance(first, date) else self.today
        live = changes.live_rows(self.register.id).filter(key=key)
        if not changes.on_days(live, day, last if isinstance(last, date) else None).exists():
            return True
        self.fail(BadInput("overlaps", field=self.register.key[0]))
        return False

    @property
    def current(self) -> int | None:
        """The number of the row as the register has it now."""
        current = self.found.current if self.found else None
        return current.id if current else None

    @property
    def _seen(self) -> int | None:
        """Which version the officer had before them when they began to write."""
        seen = self.request.POST.get("desk-seen", "")
        return int(seen) if seen.isdigit() and len(seen) < 19 else (self.found.version.id if self.found else None)

    @property
    def meanwhile(self) -> list[Difference]:
        """What another changed since the officer began."""
        if self.found is None or self._seen == self.current:
            return []
        versions = {each.id: each for each in self.found.record.history}
        old, new = versions.get(self._seen or 0), versions.get(self.current or 0)
        if old is None or new is None:
            return []
        before = {**old.values, "valid_from": old.valid_from, "valid_until": old.valid_until}
        after = {**new.values, "valid_from": new.valid_from, "valid_until": new.valid_until}
        names = (*self.register.fields, *DAYS)
        return differences(self.register, before, after, names, special=self.found.special)

    @property
    def before(self) -> Mapping[str, object]:
        if self.found is None or self.found.current is None:
            return {}
        current = self.found.current
        return {**current.values, "valid_from": current.valid_from, "valid_until": current.valid_until}

    @property
    def changed(self) -> list[Difference] | bool:
        """What will be different; a new row and an end are always something."""
        return True if self.how in ("add", "end") else self.differences(showing.NOBODY)

    def differences(self, called: showing.Names) -> list[Difference]:
        names = list(self.form.fields)
        if self.how == "correct":
            names += self.form.days.fields
        return differences(self.register, self.before, self.typed(), names, names_of_rows=called)

    def names(self) -> showing.Names:
        """What the rows are called that this one names and will name; whoever is named has the look."""
        purpose = self.seat.purpose(self.reason or self.stated)
        rows = [self.before, self.typed()]
        return naming.names_of(self.register, rows, purpose, fields=self.form.fields, now=self.now)

    def typed(self) -> dict[str, object]:
        """What was typed, in the forms of memory, so that it compares with what stands there."""
        typed = dict(self.form.values)
        for name in self.form.fields:
            value = typed.get(name)
            if value is not None:
                typed[name] = self.shape.read[name](value)
        return typed

    @property
    def needs_second(self) -> bool:
        """Whether the change touches data of a special category: what it says, of whom, or of which days."""
        if self.how == "end":
            return self.holds_special
        typed = self.typed()
        if self.how == "add":
            return any(typed.get(name) is not None for name in self.special)
        names = [*self.special, *(rules.bound_to_special(self.shape) if self.holds_special else ())]
        asked = {*self.form.fields, *(self.form.days.fields if self.how == "correct" else ())}
        return bool(differences(self.register, self.before, typed, [name for name in names if name in asked]))

    def write(self, second: bool) -> int | None:
        """In one transaction; the number of the row that holds since."""
        values = self.form.values
        days = {name: values.pop(name, None) for name in self.form.days.fields}
        typed = {name: day for name, day in days.items() if isinstance(day, date) or day is None}
        change = entering.Change(
            register=self.register.id,
            how=self.how,
            key={name: self.before[name] for name in self.register.key} if self.found else {},
            values=values,
            day=(self._first_day if self.how == "correct" else typed.get("valid_from")) or self.today,
            days=typed if self.how in ("add", "correct") else {},
            seen=self.current,
            recorded_by=self.seat.recorded_by,
            reason=str(self.grounds.cleaned_data.get("reason", "")),
            document=self.grounds.document_said,
        )
        if second:
            entering.propose(change, now=self.now)
            return None
        return entering.write(change, now=self.now)

    @property
    def _first_day(self) -> date:
        """On which the row that is changed holds."""
        current = self.found.current if self.found else None
        return current.valid_from if current else self.today

    def fail(self, bad: BadInput) -> None:
        """Says at its field what the register itself does not take."""
        is_day = self.how in ("replace", "end") and bad.reason in ("no_such_row", "overlaps")
        item = bad.details.get("item")
        path = "valid_from" if is_day else str(bad.details.get("field", ""))
        self.form.fail(path, showing.refusal(bad), item if isinstance(item, int) else None)
