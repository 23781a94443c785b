"""This installation's seals: its key store, the sealer of an agency, the trust list that everybody may fetch.

In the demo an agency's first key is made when it is needed; elsewhere `pencere key new` makes it. The trust list is
written anew whenever a key changes.
"""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from django.conf import settings

from pencere import country
from pencere.base.errors import BadInput, Unavailable
from pencere.certificates import trust
from pencere.certificates.authority import Holder
from pencere.certificates.keys import KeyStore
from pencere.certificates.trust import TrustList

if TYPE_CHECKING:
    from pencere.certificates.sealing import Sealer

log = structlog.get_logger(__name__)
_lock = threading.Lock()
_sealers: dict[tuple[str, str, int], Sealer] = {}
_lists: dict[tuple[str, int], TrustList] = {}


def store() -> KeyStore:
    return KeyStore(settings.PENCERE.keys, demo=settings.PENCERE.demo)


def holder(agency: str, now: datetime) -> Holder:
    """Whose seal it is, by the name that holds today. Raises BadInput for an agency that is not declared."""
    here = country.current()
    if agency == trust.SIGNER:
        name = here.names[here.languages[0]]
        return Holder(agency, f"{name} trust list", "trust list", here.xroad_instance)
    if agency not in here.agencies:
        raise BadInput("unknown_agency", agency=agency)
    declared = here.agencies[agency]
    name = declared.name(here.languages[0], now.date())
    return Holder(agency, name, declared.abbreviation or agency, here.xroad_instance)


def prepare(now: datetime) -> None:
    """At every start: in the demo a seal for every agency that issues certificates; the trust list as of now."""
    keys = store()
    issuing = sorted({kind.agency for kind in country.current().certificates.values()})
    for agency in issuing:
        keys.ensure(holder(agency, now), now)
    try:
        publish(now)
    except Unavailable as problem:
        log.warning("trust_list_not_written", reason=problem.reason)


def sealer(agency: str, now: datetime) -> Sealer:
    """The sealer with the agency's newest active key. Raises Unavailable if it has none."""
    from pencere.certificates.sealing import PyHankoSealer  # pyHanko: only who seals pays for it

    keys = store()
    if keys.ensure(holder(agency, now), now):
        publish(now)
    stamp = (keys.folder / agency).stat().st_mtime_ns if (keys.folder / agency).exists() else 0
    known = (str(keys.folder), agency, stamp)  # a key that came or ended changes the folder
    with _lock:
        found = _sealers.get(known)
        if found is None:
            active = keys.active(agency)
            found = PyHankoSealer(keys.secret(active), (*active.chain, keys.root()))
            _sealers[known] = found
        return found


def list_path() -> Path:
    return Path(settings.PENCERE.data) / "trust.json"


def publish(now: datetime) -> None:
    """Writes the trust list anew."""
    here = country.current()
    names = {
        agency: {language: declared.name(language, now.date()) for language in here.languages}
        for agency, declared in here.agencies.items()
    }
    trust.write(list_path(), trust.build(store(), names, country=here.id, url=settings.PENCERE.url, now=now))


def trust_list() -> TrustList:
    """The published list. Raises Unavailable if none has been written yet."""
    path = list_path()
    try:
        known = (str(path), path.stat().st_mtime_ns)
        with _lock:
            if known not in _lists:
                _lists.clear()
                _lists[known] = trust.read(path.read_bytes())
            return _lists[known]
    except FileNotFoundError:
        raise Unavailable("keys", "there is no trust list yet") from None
