"""Cases with their facts, events, decisions and tasks, and the versions of declarations they are decided under.

A *task* is one thing that a case waits for or has done; a *ticket* is a place in a queue; a *queue* are those who want
the same place; *heard* is an event of a register for which a case may wait; a *bar* keeps a second case away.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pencere.applications import rules


class DeclarationVersion(models.Model):
    """The country's declarations as a case was submitted under them, byte for byte; kept as long as a case needs it."""

    service = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    texts_hash = models.CharField(max_length=64)
    bundle = models.BinaryField()  # zip of the country's folder
    bundle_hash = models.CharField(max_length=64)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("service", "content_hash", "texts_hash"), name="version_kept_once"),
        )


class Case(models.Model):
    """One person's request for one service. Persons are named by their identifier, which never leaves in an address."""

    ref = models.CharField(max_length=11, unique=True)
    service = models.CharField(max_length=80)
    agency = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    texts_hash = models.CharField(max_length=64)
    applicant = models.CharField(max_length=40)
    applicant_name = models.CharField(max_length=200)
    account = models.CharField(max_length=40)
    ground = models.CharField(max_length=40, default="self")
    subject = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, default=rules.DRAFT)
    waiting_for = models.CharField(max_length=10, blank=True)
    waiting_who = models.CharField(max_length=80, blank=True)  # the agency that is waited for
    waiting_since = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    rule = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10)
    answers = models.JSONField(default=dict)  # fact → {kind, value, label: {language: text}}
    people = models.JSONField(default=list)  # a draft's offer of persons: [{identifier, name, ground}]
    people_at = models.DateTimeField(null=True)
    edition = models.PositiveIntegerField(default=0)  # grows with every change of a draft
    begun_by = models.CharField(max_length=12, default="application")
    origin = models.CharField(max_length=64, blank=True)  # hash of the event's row that began it: one case for each
    earlier = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="later")
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_on = models.DateField(default=rules.NEVER)
    desk_on = models.DateField(null=True)  # due_on while nobody has decided: what the desk is sorted by

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=rules.STATES), name="case_state"),
            models.CheckConstraint(
                condition=Q(state=rules.WAITING, waiting_for__in=rules.WAITS)
                | (~Q(state=rules.WAITING) & Q(waiting_for="")),
                name="case_waits_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(rules.DECIDED, rules.DONE), outcome__in=rules.OUTCOMES, decided_at__isnull=False)
                | (~Q(state__in=(rules.DECIDED, rules.DONE)) & Q(outcome="", decided_at__isnull=True)),
                name="case_decided_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.DRAFT, submitted_at__isnull=True)
                | Q(state__in=(rules.WITHDRAWN, rules.LAPSED))
                | (~Q(state=rules.DRAFT) & Q(submitted_at__isnull=False)),
                name="case_sent_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.UNDECIDED, desk_on__isnull=False)
                | (~Q(state__in=rules.UNDECIDED) & Q(desk_on__isnull=True)),
                name="case_on_desk_while_undecided",
            ),
            models.UniqueConstraint(
                fields=("service", "applicant", "subject"), condition=Q(state=rules.DRAFT), name="case_one_open_draft"
            ),
            models.CheckConstraint(condition=Q(begun_by__in=rules.BEGUN_BY), name="case_begun_by"),
            models.UniqueConstraint(fields=("origin",), condition=~Q(origin=""), name="case_once_an_event"),
        )
        # Of partial indexes SQLite uses only those whose condition holds no value, for values are parameters.
        indexes = (
            models.Index(fields=("applicant", "-saved_at", "-id"), name="case_of_applicant"),
            models.Index(fields=("applicant", "state", "-saved_at", "-id"), name="case_of_applicant_state"),
            models.Index(fields=("desk_on",), condition=Q(desk_on__isnull=False), name="case_undecided"),
            models.Index(fields=("agency", "desk_on", "id"), condition=Q(desk_on__isnull=False), name="case_desk"),
            models.Index(
                fields=("agency", "service", "desk_on", "id"),
                condition=Q(desk_on__isnull=False),
                name="case_desk_service",
            ),
            models.Index(fields=("agency", "service", "state", "due_on", "id"), name="case_desk_service_state"),
            models.Index(fields=("agency", "state", "due_on", "id"), name="case_desk_state"),
            models.Index(fields=("state", "saved_at"), name="case_old_drafts"),
            models.Index(fields=("closed_at",), condition=Q(closed_at__isnull=False), name="case_closed"),
        )


class Fact(models.Model):
    """A named value of a case with its source and time. `value` null: the holder has no row, unknown."""

    SOURCES = ("answer", "register", "event", "officer", "party", "place", "record")
    OF_REGISTERS = ("register", "event", "place", "record")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=120)  # of an item of a repeating group: `movers.0.signed`
    kind = models.CharField(max_length=40)  # as declared: date, choice, text, …; "rows" of a repeating group
    value = models.JSONField(null=True)
    source = models.CharField(max_length=10)
    evidence = models.CharField(max_length=80, blank=True)  # name of the evidence, or of the party
    asked = models.CharField(max_length=64, blank=True)  # hash of what was asked with: a change asks anew
    register = models.CharField(max_length=80, blank=True)
    holder = models.CharField(max_length=80, blank=True)
    about = models.CharField(max_length=40, blank=True)  # whose data it is, where a person's
    ground = models.CharField(max_length=20, blank=True)
    law = models.CharField(max_length=120, blank=True)
    as_of = models.DateField(null=True)
    fetched_at = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=1)  # which of the steps that ask for this evidence brought it

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "name"), name="fact_once_a_case"),
            models.CheckConstraint(
                condition=Q(source__in=("answer", "officer", "party"), register="")
                | (Q(source__in=("register", "event", "place", "record")) & ~Q(register="")),
                name="fact_has_source",
            ),
        )


class Event(models.Model):
    """One line of a case's timeline. `who`: person, system, officer:<role>; never a name or identifier."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    who = models.CharField(max_length=80)
    account = models.CharField(max_length=40, blank=True)
    body = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("case", "number"), name="event_numbered"),)


class Decision(models.Model):
    """What a table, or an officer where the table leaves it open, decided, with everything it stands on.

    `table` is empty where something that happened refuses by its own rule: a party that does not sign, no place left.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    number = models.PositiveIntegerField()
    table = models.CharField(max_length=80)
    rule = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10)  # grant refuse officer
    law = models.CharField(max_length=120, blank=True)
    item = models.IntegerField(default=-1)  # of the repeating group that the step runs for; -1: the case as a whole
    outputs = models.JSONField(default=dict)  # what else the table said: {fact: value}
    trace = models.JSONField(default=list)
    by = models.CharField(max_length=80)  # system, officer:<role>
    account = models.CharField(max_length=40, blank=True)
    reasons = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="decision_numbered"),
            models.CheckConstraint(condition=Q(outcome__in=("grant", "refuse", "officer")), name="decision_outcome"),
            models.CheckConstraint(
                condition=Q(by="system") | (~Q(reasons="") & ~Q(outcome="officer")),
                name="decision_with_reasons",
            ),
        )


class Submission(models.Model):
    """The one act by which a draft was sent: its key, and the receipt that was and always will be shown for it."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="submission")
    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    leaf = models.CharField(max_length=80)
    leaf_hash = models.CharField(max_length=64)
    receipt = models.TextField()


class Task(models.Model):
    """One thing that a case waits for or has done: a step, of one item, of one seat of a panel or one offer.

    `who`: `party:<name>`, `officer:<role>`, `agency:<id>`, `system`. What it brought stands in the case's facts;
    `result` has what only the task itself needs.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    step = models.PositiveIntegerField()
    name = models.CharField(max_length=80, blank=True)  # evidence or group, where a step has several tasks
    item = models.IntegerField(default=-1)
    seat = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="open")
    who = models.CharField(max_length=80)
    person = models.CharField(max_length=40, blank=True)  # identifier of the one who must act
    agency = models.CharField(max_length=80, blank=True)  # at whose desk it lies
    silence = models.CharField(max_length=10, default="overdue")
    mark = models.CharField(max_length=64, null=True)  # noqa: DJ001 - of the event it waits for; null: none
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "step", "name", "item", "seat"), name="task_once_a_step"),
            models.CheckConstraint(condition=Q(kind__in=rules.TASKS), name="task_kind"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state__in=("done", "refused", "lapsed", "void"), closed_at__isnull=False),
                name="task_closed_has_time",
            ),
        )
        indexes = (
            models.Index(fields=("person", "opened_at"), condition=Q(closed_at__isnull=True), name="task_of_person"),
            models.Index(fields=("agency", "who", "due_at"), condition=Q(closed_at__isnull=True), name="task_at_desk"),
            models.Index(
                fields=("due_at",), condition=Q(closed_at__isnull=True, due_at__isnull=False), name="task_due"
            ),
            models.Index(
                fields=("mark",), condition=Q(closed_at__isnull=True, mark__isnull=False), name="task_waits_for_event"
            ),
        )


class Queue(models.Model):
    """All who want one place of one service. Whoever gives out its places holds the lease."""

    service = models.CharField(max_length=80)
    place = models.CharField(max_length=80)
    key = models.CharField(max_length=200)  # of the row with the place; empty: any row
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("service", "place", "key"), name="queue_once"),)


class Ticket(models.Model):
    """One wish of one case in a queue. `line` is where it stands while it waits: the lowest is the next."""

    STATES = ("waiting", "offering", "offered", "accepted", "left", "ended")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tickets")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="tickets")
    step = models.PositiveIntegerField()
    seat = models.PositiveSmallIntegerField()  # of the task in which it is offered
    state = models.CharField(max_length=10, default="waiting")
    sort = models.CharField(max_length=200)
    line = models.CharField(max_length=200, null=True)  # noqa: DJ001 - `sort` while it waits, else null
    taken_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    hold = models.CharField(max_length=60, blank=True)  # key of what may be reserved for it; empty: surely nothing
    asked_for = models.CharField(max_length=200, blank=True)  # the row of which a place is asked for it
    offered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "step", "queue"), name="ticket_once_a_wish"),
            models.CheckConstraint(
                condition=Q(state="waiting", line__isnull=False)
                | Q(state__in=("offering", "offered", "accepted", "left", "ended"), line__isnull=True),
                name="ticket_waits_in_line",
            ),
        )
        indexes = (
            models.Index(fields=("queue", "line", "id"), condition=Q(line__isnull=False), name="ticket_line"),
            models.Index(fields=("queue", "state"), name="ticket_state"),
        )


class Hold(models.Model):
    """A place reserved for a case that is no ticket's: picked, or taken first. Released when the case ends."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holds")
    key = models.CharField(max_length=60, unique=True)
    target = models.CharField(max_length=160)
    asked_at = models.DateTimeField()


class Cursor(models.Model):
    """How far a list of another part was read."""

    name = models.CharField(max_length=200, unique=True)
    at = models.CharField(max_length=200)
    read_at = models.DateTimeField()


class SetAside(models.Model):
    """A line of such a list that could not be taken: tried again by itself (waiting), at an operator's word (stopped),

    or never (dropped). Says where the line stands, not what is in it; `subjects` are hashes.
    """

    WAITING, STOPPED, DROPPED = "waiting", "stopped", "dropped"
    OPEN = (WAITING, STOPPED)

    name = models.CharField(max_length=200)  # of the list, as its cursor has it
    after = models.CharField(max_length=200, blank=True)  # read after this cursor, it is the first
    cursor = models.CharField(max_length=200)
    subjects = models.JSONField(default=list)  # what is told of them later waits behind it
    state = models.CharField(max_length=10, default=WAITING)
    reason = models.CharField(max_length=200, blank=True)  # empty: it waits behind another
    trace = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    again_at = models.DateTimeField()
    set_aside_at = models.DateTimeField()
    closed_by = models.CharField(max_length=80, blank=True)
    closed_for = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("name", "cursor"), name="line_set_aside_once"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "stopped"), closed_for="", closed_at__isnull=True)
                | (Q(state="dropped", closed_at__isnull=False) & ~Q(closed_for="")),
                name="line_dropped_with_reason",
            ),
        )


class Heard(models.Model):
    """An event of a register that a case of a service may wait for, also one that begins to wait later."""

    service = models.CharField(max_length=80)
    source = models.CharField(max_length=160)
    cursor = models.CharField(max_length=200)
    mark = models.CharField(max_length=64)
    values = models.JSONField(default=dict)  # {field: {kind, value}}
    at = models.DateTimeField()
    task = models.OneToOneField(Task, null=True, on_delete=models.SET_NULL, related_name="heard")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("service", "source", "cursor", "mark"), name="heard_once"),)
        indexes = (
            models.Index(fields=("mark", "at"), name="heard_mark"),
            models.Index(fields=("at",), name="heard_at"),
        )


class Bar(models.Model):
    """Keeps others of the same service away (`again`): the open one, the one of this year, the one just refused."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="bars")
    service = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    until = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("service", "key"), name="bar_once"),)
