"""Accounts, offices, mandates. Persons are named by the country's identifier, which never leaves these tables
by an address or a log line; the account's id may."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

LEVELS = ("low", "substantial", "high")
"""Assurance of a sign-in as eIDAS names it, weakest first."""


class Account(AbstractBaseUser):
    """A person who has signed in at least once. There is no password: the OpenID provider vouches."""

    password = None  # type: ignore[assignment]  # takes the column of the base class away
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identifier = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    level = models.CharField(max_length=12)  # of the last sign-in; what counts is the session's
    created = models.DateTimeField()

    objects = models.Manager()  # type: ignore[misc]
    USERNAME_FIELD = "identifier"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(identifier=""), name="account_has_identifier"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="account_level_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def has_usable_password(self) -> bool:
        return False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """There is no password whose change would end sessions; the account itself is what a session is bound to."""
        return salted_hmac("pencere.identity.session", str(self.id), secret=secret, algorithm="sha256").hexdigest()


class Office(models.Model):
    """A role at an agency. Ended, never deleted: decisions were taken in it."""

    identifier = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    agency = models.CharField(max_length=64)
    role = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identifier", "agency", "role"], condition=Q(until=None), name="office_held_once"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="office_ends_after_start"),
            models.CheckConstraint(condition=~Q(identifier="") & ~Q(agency="") & ~Q(role=""), name="office_is_named"),
        ]
        indexes = [models.Index(fields=["identifier"], name="office_of_person")]

    def __str__(self) -> str:
        return f"{self.agency} {self.role}"


class Mandate(models.Model):
    """The right to act for another, as a register proved it at `proven_at`; it ends at `until`, or is proven anew."""

    holder = models.CharField(max_length=32)
    principal = models.CharField(max_length=32)
    ground = models.CharField(max_length=64)
    proven_by = models.CharField(max_length=128)
    proven_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["holder", "principal", "ground"], name="mandate_once_each_ground"),
            models.CheckConstraint(condition=~Q(holder=F("principal")), name="mandate_is_for_another"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("proven_at")), name="mandate_ends_after_proof"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ground} by {self.proven_by}"
