"""What can happen to a file: it is kept, bound to who needs it, let go, swept away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from pencere.base import media
from pencere.files import rules
from pencere.files.models import Keeper, StoredFile
from pencere.files.queries import STORAGE, Stored

SWEPT_AT_ONCE = 500


def keep(content: bytes, *, now: datetime) -> Stored:
    """Keeps the content, once. Raises BadInput if it is no PDF, JPEG or PNG (`base.media`)."""
    judged = media.judge(content)
    digest = rules.digest_of(content)
    storage, path = storages[STORAGE], rules.path(digest)
    if not storage.exists(path):
        saved = storage.save(path, ContentFile(content))
        if saved != path:  # another process was first: theirs is the same
            storage.delete(saved)
    with transaction.atomic():
        row, made = StoredFile.objects.get_or_create(
            digest=digest, defaults={"media_type": judged.media_type, "size": len(content), "kept_at": now}
        )
        if not made:
            StoredFile.objects.filter(pk=row.pk).update(kept_at=now)
    return Stored(rules.reference(digest), row.media_type, row.size)


def bind(references: Iterable[str], keeper: str) -> None:
    """From now on `keeper` needs exactly these files; those it needed before are let go. Inside its transaction."""
    digests = {rules.digest(reference) for reference in references} - {""}
    held = Keeper.objects.filter(name=keeper)
    if not digests:
        held.delete()
        return
    held.exclude(file__digest__in=digests).delete()
    for file in StoredFile.objects.filter(digest__in=digests):
        Keeper.objects.get_or_create(file=file, name=keeper)


def bind_also(needed: Mapping[str, Iterable[str]]) -> None:
    """The same of many keepers at once (keeper -> references); what they needed before they need still."""
    digests = {name: {rules.digest(reference) for reference in named} - {""} for name, named in needed.items()}
    asked = {digest for several in digests.values() for digest in several}
    stored = dict(StoredFile.objects.filter(digest__in=asked).values_list("digest", "pk"))
    kept = [
        Keeper(file_id=stored[digest], name=name)
        for name, several in digests.items()
        for digest in sorted(several)
        if digest in stored
    ]
    Keeper.objects.bulk_create(kept, ignore_conflicts=True)


def release(keepers: Iterable[str]) -> None:
    """These need no file any more: they are gone."""
    Keeper.objects.filter(name__in=tuple(keepers)).delete()


def sweep(now: datetime) -> int:
    """Takes away what nobody needs. A row goes before its content, so that no row ever speaks of nothing."""
    before = now - rules.UNKEPT_FOR
    gone = 0
    for row in StoredFile.objects.filter(keepers__isnull=True, kept_at__lt=before).order_by("id")[:SWEPT_AT_ONCE]:
        with transaction.atomic():
            found, _ = StoredFile.objects.filter(pk=row.pk, keepers__isnull=True, kept_at__lt=before).delete()
            if found:
                transaction.on_commit(lambda digest=row.digest: _take_away(digest))  # type: ignore[misc]
                gone += 1
    return gone


def _take_away(digest: str) -> None:
    """Unless the same content came back meanwhile."""
    if not StoredFile.objects.filter(digest=digest).exists():
        storages[STORAGE].delete(rules.path(digest))
