"""The disk is full: nothing is acknowledged that is not kept, pages can still be read, and it heals by itself."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.citizen import Citizen
from tests.faults.journal import Acknowledged
from tests.faults.storm import citizens_of, judged, settle
from tests.installation import Installation, installation


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(place: Installation) -> Path:
    ballast = place.data / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            pass
    with ballast.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 512)
        except OSError:
            pass
    return ballast


@pytest.mark.root
@pytest.mark.faults
@pytest.mark.one_engine
def test_a_full_disk_loses_nothing_says_so_and_heals_when_there_is_room_again():
    with installation() as place, small_disk(place.data, 64):
        place.start(persons=120, prepared=True)
        people, journal = citizens_of(place, 2)
        citizen: Citizen = people[0]
        ref, key = citizen.prepare()

        ballast = _fill(place)
        answer = citizen.ask("POST", f"/en/apply/{ref}/send/", {"send-once": key})
        read = citizen.ask("GET", "/en/services/residence-certificate/")
        ballast.unlink()
        sent = citizen.until_answered("POST", f"/en/apply/{ref}/send/", {"send-once": key})

        assert answer.status == 503
        assert "Nothing" in answer.body or "nothing" in answer.body, "the page says that nothing was lost"
        assert read.status == 200
        assert sent.status == 302 and sent.location.endswith("/done/")
        journal.write(Acknowledged(ref, key, citizen.person))
        people[1].walk_once()
        settle(place)
        assert judged(place, journal) == []
