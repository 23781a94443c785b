"""Payments, their attempts at the provider, refunds and movements. Amounts are whole minor units (qəpik)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from pencere.payments import rules


class Payment(models.Model):
    """A fee that somebody is asked for. What it is for, for whom and how much never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)  # the caller's: one fee of one case
    case = models.CharField(max_length=20, db_index=True)
    person = models.CharField(max_length=40)  # identifier of who pays
    account = models.CharField(max_length=40, blank=True)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=40)  # state_duty service_fee
    title = models.JSONField()  # language -> text
    payee = models.CharField(max_length=64)
    payee_names = models.JSONField()
    iban = models.CharField(max_length=34, blank=True)
    code = models.CharField(max_length=40, blank=True)  # under which the payee books this kind
    return_to = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, default=rules.ASKED)
    because = models.CharField(max_length=10, blank=True)  # why it closes or ended unpaid
    asked_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=rules.STATES), name="payment_state"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_of_something"),
            models.CheckConstraint(condition=~Q(key="") & ~Q(case="") & ~Q(person=""), name="payment_by_somebody"),
            models.CheckConstraint(
                condition=Q(state=rules.PAID, paid_at__isnull=False) | (~Q(state=rules.PAID) & Q(paid_at__isnull=True)),
                name="payment_paid_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.ENDED, ended_at__isnull=False)
                | (~Q(state__in=rules.ENDED) & Q(ended_at__isnull=True)),
                name="payment_ended_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(rules.CLOSING, rules.FAILED, rules.CANCELLED), because__in=rules.REASONS)
                | Q(state__in=(rules.ASKED, rules.PAID), because=""),
                name="payment_closed_because",
            ),
        )
        indexes = (
            models.Index(fields=("person", "-asked_at"), name="payment_of_person"),
            models.Index(fields=("until",), condition=Q(ended_at__isnull=True), name="payment_running_out"),
        )

    def __str__(self) -> str:
        return str(self.id)


class Attempt(models.Model):
    """One order at the provider. `ask_at`: when to ask next how it stands; null when it is over."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=60, unique=True)  # what the provider knows it by
    state = models.CharField(max_length=10, default=rules.LIVE)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    page = models.CharField(max_length=500, blank=True)  # where the person pays
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=80, blank=True)  # the provider's number
    received_at = models.DateTimeField(null=True)  # by the provider's clock
    differs = models.BooleanField(default=False)  # it named another amount than was asked
    ask_at = models.DateTimeField(null=True)
    asked_times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=rules.ATTEMPT_STATES), name="attempt_state"),
            models.UniqueConstraint(fields=("payment", "number"), name="attempt_numbered"),
            models.UniqueConstraint(fields=("payment",), condition=Q(state=rules.LIVE), name="attempt_one_live"),
            models.UniqueConstraint(fields=("payment",), condition=Q(state=rules.PAID), name="attempt_one_paid"),
            models.CheckConstraint(
                condition=Q(state=rules.LIVE, ended_at__isnull=True)
                | (~Q(state=rules.LIVE) & Q(ended_at__isnull=False)),
                name="attempt_ended_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(rules.PAID, rules.SURPLUS)) | Q(received_at__isnull=False),
                name="attempt_paid_when",
            ),
        )
        indexes = (
            models.Index(fields=("ask_at",), condition=Q(ask_at__isnull=False), name="attempt_to_ask"),
            models.Index(fields=("received_at",), condition=Q(received_at__isnull=False), name="attempt_received"),
        )

    def __str__(self) -> str:
        return self.key


class Refund(models.Model):
    """Money of one attempt on its way back: whole or in part, once. Repeated until the provider confirms it."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="refund")
    key = models.CharField(max_length=70, unique=True)
    amount = models.PositiveBigIntegerField()
    of = models.PositiveBigIntegerField()  # what was paid
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)  # by the provider's clock
    trouble = models.CharField(max_length=20, blank=True)  # refused differs
    ask_at = models.DateTimeField(null=True)
    asked_times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=F("of")), name="refund_within_what_was_paid"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, ask_at__isnull=False)
                | Q(done_at__isnull=False, ask_at__isnull=True, trouble=""),
                name="refund_asked_until_done",
            ),
        )
        indexes = (
            models.Index(fields=("ask_at",), condition=Q(ask_at__isnull=False), name="refund_to_ask"),
            models.Index(fields=("returned_at",), condition=Q(returned_at__isnull=False), name="refund_returned"),
        )

    def __str__(self) -> str:
        return self.key


class Movement(models.Model):
    """Something that happened to a payment, with its leaf. `told`: its place in the list that the caller polls."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=20)
    attempt = models.PositiveIntegerField(default=0)  # its number; 0 where none is meant
    amount = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    leaf = models.CharField(max_length=64)
    told = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=rules.MOVEMENTS), name="movement_kind"),
            models.UniqueConstraint(fields=("payment", "kind", "attempt"), name="movement_once"),
            models.UniqueConstraint(
                fields=("payment",), condition=Q(kind__in=(rules.PAID, rules.FAILED)), name="movement_settled_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.payment_id}: {self.kind}"


class Count(models.Model):
    """The last number of `Movement.told`. Its row stays locked until the commit, so numbers appear in their order."""

    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)
