"""The tables: rows of all declared registers, what they are found by, what was accepted, told, held and loaded.

`guards.py` refuses overlapping periods.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pencere.registers.digital.models import Measure
from pencere.registers.paper.models import FieldCount, Fond, Paper, Turn

__all__ = ["ColumnName", "Event", "FieldCount", "Fond", "Hold", "KeptUnder", "Load", "Measure", "Paper",
           "PossibleDuplicate", "Proposal", "Row", "RowKey", "Serial", "StagedRow", "TakenChange", "Turn"]  # fmt: skip


class Row(models.Model):
    """One row of a register. Only `retired_at` is ever set later; all else stays as it was recorded.

    A row that is forgotten (`forgetting.py`) is a stub of no register: its number, and nothing else.
    """

    register = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    values = models.TextField()  # JSON of the declared fields
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # the last day; null: until further notice
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    retired_at = models.DateTimeField(null=True)  # since when another row says it better
    how = models.CharField(max_length=10)  # add replace end correct
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(how__in=("add", "replace", "end", "correct")), name="row_how"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="row_period"
            ),
        )
        indexes = (
            models.Index(fields=("register", "key"), condition=Q(retired_at__isnull=True), name="row_live"),
            models.Index(fields=("register", "id"), name="row_in_order"),
            models.Index(fields=("follows",), condition=Q(follows__isnull=False), name="row_followed"),
        )


class RowKey(models.Model):
    """What a row is found, searched and sorted by: `field` is "register.field", with a sign of `finding` behind it.

    `value` is in the form of `rules.Shape.texts`. On PostgreSQL both are compared by bytes, as SQLite does. The table
    is its own index (SQLite: without row numbers), and no foreign key: docs/decisions/0012.
    """

    pk = models.CompositePrimaryKey("field", "value", "row")
    row = models.ForeignKey(Row, on_delete=models.PROTECT, related_name="keys", db_index=False, db_constraint=False)
    field = models.CharField(max_length=130)
    value = models.CharField(max_length=200)


class ToIndex(models.Model):
    """A register whose index is being made anew: its entries are cleared, then written row by row up to an id."""

    register = models.CharField(max_length=64, unique=True)
    cleared = models.BooleanField(default=False)
    upto = models.PositiveBigIntegerField(default=0)
    exact = models.BooleanField(default=False)  # rows cannot be found by all that they are asked by
    at = models.DateTimeField()


class KeptUnder(models.Model):
    """The declaration under which the rows of a register stand, and the forms of its index (`declaring.py`)."""

    register = models.CharField(max_length=64, unique=True)
    fields = models.TextField()  # JSON: name -> what is declared
    forms = models.TextField()  # JSON: entry of the index -> its form
    folder = models.TextField(default="")  # JSON: name of a file of the folder -> its text
    before = models.TextField(default="")  # the same, before the last change that was applied
    at = models.DateTimeField()


class Proposal(models.Model):
    """A change that one officer proposed and another has to confirm (`proposing.py`)."""

    register = models.CharField(max_length=64)
    change = models.CharField(max_length=10)  # add replace end correct
    row = models.ForeignKey(
        Row, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # as it was seen
    values = models.TextField()  # JSON of what is said instead, as rows are stored; its own days among it
    day = models.DateField()
    reason = models.TextField()
    document = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    said = models.TextField(blank=True)  # why it was turned down, or a word of code for why it lapsed
    result = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("open", "confirmed", "turned_down", "lapsed")), name="proposal_state"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="proposal_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(decided_by=F("proposed_by")), name="proposal_second_person"
            ),
            models.UniqueConstraint(fields=("row",), condition=Q(state="open"), name="proposal_one_open"),
        )
        indexes = (models.Index(fields=("register", "state", "id"), name="proposal_of_register"),)


class TakenChange(models.Model):
    """A change that somebody sent and we took, with our answer: sent again, it is answered again and done once."""

    register = models.CharField(max_length=64)
    key = models.CharField(max_length=200)  # the sender's: of the case and the step
    name = models.CharField(max_length=64)
    row = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    values = models.TextField()  # JSON of what was answered
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("register", "key"), name="taken_once"),)


class Serial(models.Model):
    """The last number that a field with a serial gave in a year (0 where the numbers do not begin anew)."""

    register = models.CharField(max_length=64)
    field = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveBigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("register", "field", "year"), name="serial_of_year"),)


class Hold(models.Model):
    """Places of a row, held for somebody: `taken` when a row fills them, `released` when they are free again."""

    register = models.CharField(max_length=64)
    capacity = models.CharField(max_length=64)
    place = models.CharField(max_length=200)  # key of the row whose places they are
    key = models.CharField(max_length=200, unique=True)  # the holder's: of the case and the step
    amount = models.PositiveIntegerField()
    state = models.CharField(max_length=10)
    until = models.DateTimeField(null=True)  # from then on it counts no longer; null: until it is released
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    row = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=("held", "taken", "released")), name="hold_state"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="hold_amount"),
            models.CheckConstraint(
                condition=Q(state="held", closed_at__isnull=True) | Q(~Q(state="held"), closed_at__isnull=False),
                name="hold_closed",
            ),
        )
        indexes = (
            models.Index(fields=("register", "capacity", "place"), condition=~Q(state="released"), name="hold_live"),
        )


class Event(models.Model):
    """Something to tell of a row, once. It gets its `number`, in the order of the list, when the list is next read."""

    register = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    row = models.ForeignKey(Row, on_delete=models.PROTECT, related_name="+")
    once = models.CharField(max_length=240)  # the row; for a day that comes, the row's key and the day
    at = models.DateTimeField()
    number = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("register", "name", "once"), name="event_once"),
            models.UniqueConstraint(fields=("register", "name", "number"), name="event_number"),
        )
        indexes = (
            models.Index(fields=("register", "name", "id"), condition=Q(number__isnull=True), name="event_to_number"),
        )


class Load(models.Model):
    """A file of rows on its way into a register. Until it is confirmed its rows are staged and nobody reads them.

    One from a browser has `path` (where the file lies), `wish` (what the worker is asked to do: check, dry, confirm,
    undo; a dry run from the command line is `dry`, too), `problem` (JSON of reason and details,
    why that could not be) and how far it is, in its present run.
    """

    register = models.CharField(max_length=64)
    file = models.CharField(max_length=200)  # its name, without the folder
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    state = models.CharField(max_length=10)
    layout = models.TextField()  # JSON: how the file is read, so that going on later reads it alike
    line = models.PositiveBigIntegerField(default=0)  # up to which all is staged or named in the error file
    rows = models.PositiveBigIntegerField(default=0)
    bad = models.PositiveBigIntegerField(default=0)  # lines
    unknown_persons = models.PositiveBigIntegerField(default=0)  # good lines that name one whom the country has not
    unknown_lines = models.TextField(blank=True)  # JSON: the first of these lines
    errors = models.CharField(max_length=1000)  # the error file
    errors_size = models.PositiveBigIntegerField(default=0)  # bytes of it that are committed
    first_row = models.PositiveBigIntegerField(null=True)  # once confirmed: its rows are those with these ids
    last_row = models.PositiveBigIntegerField(null=True)
    recorded_by = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    path = models.CharField(max_length=1000, blank=True)
    wish = models.CharField(max_length=10, blank=True)
    problem = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)  # of the error file
    share = models.FloatField(default=0)  # of the file that is read
    run_at = models.DateTimeField(null=True)  # when the present run began
    run_from = models.PositiveBigIntegerField(default=0)  # lines that were done then
    closed_by = models.CharField(max_length=80, blank=True)  # who confirmed, dropped or undid it
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("arrived", "staging", "ready", "confirmed", "dropped", "undone")),
                name="load_state",
            ),
            models.UniqueConstraint(
                fields=("register",), condition=Q(state__in=("staging", "ready")) & ~Q(wish="dry"), name="load_one_open"
            ),
        )


class StagedRow(models.Model):
    """A checked line of a load, as it will stand in the tables of rows if the load is confirmed.

    Whoever writes one holds its load in the same transaction (`staging`), so the database need not look it up a
    million times: no foreign key.
    """

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    line = models.PositiveBigIntegerField()
    key = models.CharField(max_length=200)
    values = models.TextField()  # as Row's
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    found = models.TextField()  # JSON list of [field, value], as RowKey's

    class Meta:
        constraints = (models.UniqueConstraint(fields=("load", "line"), name="staged_line"),)


class PossibleDuplicate(models.Model):
    """A line of a load that looks like a row of the register, or like an earlier line, under another key (`alike`).

    Kept aside until a person decides; undecided, it stays out. Of a load that is closed only the decision is left.
    """

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.PositiveBigIntegerField()
    key = models.CharField(max_length=200)
    values = models.TextField()  # these five as StagedRow's
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    found = models.TextField()
    other_line = models.PositiveBigIntegerField(null=True)  # of the file, which looks the same
    decision = models.CharField(max_length=10)  # "", new, keep, correct, line, instead
    row = models.ForeignKey(
        Row, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the same as it
    result = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)  # corrected
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("load", "line"), name="possible_duplicate_line"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | Q(decision__in=("new", "keep", "correct", "line", "instead"), decided_at__isnull=False),
                name="possible_duplicate_decided",
            ),
        )


class ColumnName(models.Model):
    """Which field a column of files for a register holds, as somebody said once; "-" is left out."""

    register = models.CharField(max_length=64)
    column = models.CharField(max_length=200)
    field = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("register", "column"), name="column_name"),)


class Export(models.Model):
    """Rows that left a register as a file: who took which fields, why, and whether the file reached its end."""

    register = models.CharField(max_length=64)
    fields = models.TextField()  # names, a blank between
    on = models.DateField(null=True)  # the rows that hold on that day; null: of every period
    known_at = models.DateTimeField()  # as the register knew it then
    narrowed = models.TextField(default="")  # fields by which the rows were chosen, a blank between; no values
    format = models.CharField(max_length=20)
    reason = models.TextField()
    who = models.CharField(max_length=80)  # officer:<role> or operator
    account = models.CharField(max_length=80)  # of the officer, or the operator's name on the machine
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # null: under way, or cut off
    rows = models.PositiveBigIntegerField(null=True)
    size = models.PositiveBigIntegerField(null=True)  # bytes
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the file

    class Meta:
        indexes = (models.Index(fields=("register", "id"), name="export_of_register"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, rows__isnull=True) | Q(ended_at__isnull=False, rows__isnull=False),
                name="export_ended",
            ),
        )


class StoredExtract(models.Model):
    """Counts of a register's rows as everybody may have them, made once for a period."""

    register = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    declared = models.CharField(max_length=64)  # SHA-256 of what the declaration says is counted
    table = models.TextField()  # JSON; nothing in it that is withheld
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("register", "as_of", "declared"), name="extract_of_period"),)
