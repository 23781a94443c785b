"""Which files are kept, and who still needs each."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """A file by the SHA-256 of its content, which lies in the storage under that name."""

    digest = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField()
    kept_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("kept_at",), name="file_kept_at"),)


class Keeper(models.Model):
    """Somebody who still needs a file: `case:K7QF2-9XMZT`."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="keepers")
    name = models.CharField(max_length=160)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("file", "name"), name="file_kept_once"),)
        indexes = (models.Index(fields=("name",), name="file_keeper"),)
