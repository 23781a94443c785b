"""Keeps the declarations a case was submitted under, and reads them back when the case is decided.

The whole folder of the country is kept, packed: a service refers to lists, registers, agreements and certificates,
and only the same loader on the same bytes gives the same service. What is kept was first read back and compared,
so a folder that was edited under a running process is noticed at submission and not years later.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from pencere import country
from pencere.applications import statements
from pencere.applications.models import Case, DeclarationVersion
from pencere.base.errors import Unavailable
from pencere.country.declarations import Country, Service, Texts
from pencere.country.reading import load

KEPT_ENDINGS = (".yaml", ".typ")
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the same folder gives the same bytes


@dataclass(frozen=True, slots=True)
class Version:
    """A country and a service in it, as they were or are."""

    country: Country
    service: Service


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder of declarations, packed, proven to give the service it stands for."""

    service: str
    content_hash: str
    texts_hash: str
    content: bytes
    digest: str


def current(service_id: str) -> Version | None:
    """The service as it is declared now; None if it is not, or not any more."""
    here = country.current()
    service = here.services.get(service_id)
    return Version(here, service) if service else None


def title_now(service_id: str) -> Texts:
    """What the service is called now; one that is declared no longer, by its name in the folder."""
    here = country.current()
    declared = here.services.get(service_id)
    return declared.texts.get("title", {}) if declared else {here.languages[0]: service_id}


def of(case: Case) -> Version:
    """The declarations that count for the case: of its submission; for a draft those of now, where there are any."""
    now = current(case.service)
    if now is not None and now.service.content_hash == case.content_hash:
        return now
    if case.submitted_at is None and now is not None:
        return now
    then = _read_back(case.service, case.content_hash)
    return Version(then, then.services[case.service])


def bundle_for(version: Version) -> Bundle | None:
    """What must be kept for a submission under this version; None if it is kept already. No transaction needed."""
    service = version.service
    if statements.version_is_kept(service.id, service.content_hash, service.texts_hash):
        return None
    return _pack(version.country.folder, service.id, service.content_hash, service.texts_hash)


def keep(bundle: Bundle | None, now: datetime) -> None:
    """Writes the version down; inside the transaction of the submission."""
    if bundle is None:
        return
    DeclarationVersion.objects.get_or_create(
        service=bundle.service,
        content_hash=bundle.content_hash,
        texts_hash=bundle.texts_hash,
        defaults={"bundle": bundle.content, "bundle_hash": bundle.digest, "kept_at": now},
    )


@lru_cache(maxsize=64)
def _pack(folder: Path, service_id: str, content_hash: str, texts_hash: str) -> Bundle:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.suffix in KEPT_ENDINGS and path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _BEGINNING)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    content = packed.getvalue()
    with tempfile.TemporaryDirectory() as place:
        read = _unpacked(content, Path(place) / folder.name).services.get(service_id)
    if read is None or (read.content_hash, read.texts_hash) != (content_hash, texts_hash):
        raise Unavailable("declarations", f"the folder of {service_id} differs from what this process has read")
    return Bundle(service_id, content_hash, texts_hash, content, hashlib.sha256(content).hexdigest())


@lru_cache(maxsize=8)
def _read_back(service_id: str, content_hash: str) -> Country:
    """The country as it was. Unpacked once into the data folder, since pages of certificates are read from there."""
    row = DeclarationVersion.objects.filter(service=service_id, content_hash=content_hash).order_by("-kept_at").first()
    if row is None:
        raise Unavailable("declarations", f"no version {content_hash[:12]} of {service_id} is kept")
    content = bytes(row.bundle)
    if hashlib.sha256(content).hexdigest() != row.bundle_hash:
        raise Unavailable("declarations", f"the kept version {content_hash[:12]} of {service_id} is damaged")
    name = country.current().folder.name
    place: Path = settings.PENCERE.data / "versions" / row.bundle_hash / name
    if place.is_dir():
        return load(place)
    place.parent.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=place.parent.parent))
    try:
        _unpacked(content, aside / name)
        os.rename(aside, place.parent)
    except OSError:
        if not place.is_dir():  # another process was first: theirs is the same
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return load(place)


def _unpacked(content: bytes, place: Path) -> Country:
    place.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(place)
    return load(place)
