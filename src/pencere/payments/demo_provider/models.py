"""The provider's own books: orders, refunds, and what it still has to tell."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

OPEN, PAID, REFUSED, CLOSED = "open", "paid", "refused", "closed"


class Order(models.Model):
    """What somebody is to pay. `settles_at`: when the bank will have paid; only then it is paid."""

    objects: ClassVar[models.Manager[Order]] = models.Manager()

    key = models.CharField(max_length=60, unique=True)
    token = models.CharField(max_length=60, unique=True)  # stands in the address of its page
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    what = models.TextField()
    payee = models.TextField()
    iban = models.CharField(max_length=34, blank=True)
    code = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8)
    back = models.CharField(max_length=500)
    tell = models.CharField(max_length=500)
    until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default=OPEN)
    chosen = models.CharField(max_length=10, blank=True)
    settles_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=(OPEN, PAID, REFUSED, CLOSED)), name="order_state"),
            models.CheckConstraint(condition=Q(state=OPEN) | Q(ended_at__isnull=False), name="order_ended_when"),
        )

    def __str__(self) -> str:
        return self.key


class Refund(models.Model):
    """Money given back. It is done a moment after it was asked for."""

    objects: ClassVar[models.Manager[Refund]] = models.Manager()

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=70, unique=True)
    amount = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something"),)

    def __str__(self) -> str:
        return self.key


class Telling(models.Model):
    """A word that the portal is to be told; again and again until it says that it heard."""

    objects: ClassVar[models.Manager[Telling]] = models.Manager()

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tellings")
    due_at = models.DateTimeField(null=True)  # null: done, or given up
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(tries__gte=0), name="telling_tries"),)
        indexes = (models.Index(F("due_at"), name="telling_due"),)

    def __str__(self) -> str:
        return f"{self.order}: {self.tries}"
