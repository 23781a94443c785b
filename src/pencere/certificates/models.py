"""Certificates, their papers, their revocations, and counts of addresses that guess.

A certificate's code is nowhere here: only its SHA-256. What a checker must know besides (`second_factor`) is kept
as a hash that cannot be tried without the code.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Certificate(models.Model):
    """What was certified, about whom, for whom. Never changed but for what replaces it; never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    number = models.CharField(max_length=40, unique=True)
    code_hash = models.CharField(max_length=64, unique=True)
    second_factor = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=40)  # identifier of the person it is about
    holder = models.CharField(max_length=40)  # identifier of the person it was given to
    case = models.CharField(max_length=20)
    step = models.PositiveSmallIntegerField()
    facts = models.JSONField()
    agency = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)  # of the declarations it was made by
    issued_at = models.DateTimeField()
    valid_until = models.DateField(null=True)  # its last day; null: for ever, or until superseded
    until_superseded = models.BooleanField()
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    synthetic = models.BooleanField()
    leaf = models.CharField(max_length=64, blank=True)  # of the ledger

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "step"], name="certificate_once_a_step"),
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(until_superseded=True, superseded_at=None),
                name="certificate_one_not_superseded",
            ),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(holder=""), name="certificate_has_persons"),
            models.CheckConstraint(
                condition=Q(superseded_by=None) | Q(superseded_at__isnull=False), name="certificate_superseded_when"
            ),
        ]
        indexes = [models.Index(fields=["holder", "-issued_at"], name="certificate_of_holder")]

    def __str__(self) -> str:
        return str(self.id)


class Paper(models.Model):
    """A sealed file: the certificate in one language. `path` lies below the folder of papers."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="papers")
    language = models.CharField(max_length=8)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    path = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "language"], name="paper_one_a_language")]

    def __str__(self) -> str:
        return self.path


class Revocation(models.Model):
    """Who took the certificate back, when and why. There is no way back: a new certificate is issued instead."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    reason = models.TextField()
    at = models.DateTimeField()
    by_agency = models.CharField(max_length=64)
    by_role = models.CharField(max_length=64)
    by_account = models.CharField(max_length=64)
    case = models.CharField(max_length=20, blank=True)
    leaf = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="revocation_has_reason")]

    def __str__(self) -> str:
        return str(self.certificate_id)


class Miss(models.Model):
    """How often somebody guessed wrong in a stretch of time. `who` is a keyed hash that changes every day."""

    who = models.CharField(max_length=64)
    stretch = models.BigIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "stretch"], name="miss_once_a_stretch")]
        indexes = [models.Index(fields=["stretch"], name="miss_of_stretch")]

    def __str__(self) -> str:
        return f"{self.stretch}: {self.count}"
