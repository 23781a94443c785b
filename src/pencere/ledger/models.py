"""The tables of the ledger. Rows are added, never changed: triggers (`guards.py`) refuse the rest on both engines."""

from __future__ import annotations

from django.db import models


class Leaf(models.Model):
    """One thing that happened. `index` is its place in the tree, set by the sequencer within a second."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=60)
    body = models.TextField(null=True)  # noqa: DJ001  canonical JSON; null when erased
    salt = models.BinaryField(null=True)
    leaf_hash = models.BinaryField(max_length=32)  # no two alike, because it covers the id
    index = models.BigIntegerField(null=True, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(body__isnull=True, salt__isnull=True)
                | models.Q(body__isnull=False, salt__isnull=False),
                name="leaf_erased_whole",
            ),
        )
        indexes = (
            models.Index(fields=("recorded_at", "id"), condition=models.Q(index__isnull=True), name="leaf_unsealed"),
        )


class Look(models.Model):
    """One person's data, seen. Ordered by its leaf's id, which is ordered by time."""

    leaf = models.OneToOneField(Leaf, primary_key=True, on_delete=models.PROTECT)
    subject = models.CharField(max_length=64)  # identifier of the person; empty when erased
    at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    ground = models.CharField(max_length=10)
    act = models.CharField(max_length=200, blank=True)
    agency = models.CharField(max_length=64, blank=True)
    service = models.CharField(max_length=64)
    case = models.CharField(max_length=64, blank=True)
    register = models.CharField(max_length=64)
    source = models.CharField(max_length=200, blank=True)
    fields = models.TextField()  # names, a blank between
    who = models.CharField(max_length=200)
    account = models.CharField(max_length=36, blank=True)

    class Meta:
        indexes = (models.Index(fields=("subject", "leaf"), name="look_of_subject"),)


class Tile(models.Model):
    """Up to 256 hashes of one level of the tree (`tree.py`)."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("level", "number"), name="tile_place"),)


class Checkpoint(models.Model):
    """Size and root of the tree, signed."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()
