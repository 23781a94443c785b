from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pencere import country
from pencere.certificates import seals
from pencere.certificates.prepare import prepare
from pencere.certificates.tests import make


def test_the_first_start_of_a_demo_makes_seals_and_the_trust_list(tmp_path: Path, settings: Any) -> None:
    settings.PENCERE = replace(settings.PENCERE, data=tmp_path)

    prepare(demo=True, persons=0)
    first = seals.trust_list()
    prepare(demo=True, persons=0)

    issuing = sorted({kind.agency for kind in country.current().certificates.values()})
    assert sorted((seal.agency, seal.state) for seal in first.seals) == [(agency, "active") for agency in issuing]
    assert seals.trust_list().seals == first.seals
    assert seals.list_path().stat().st_mode & 0o777 == 0o644


def test_a_real_installation_starts_without_keys_and_says_so(tmp_path: Path, settings: Any, caplog: Any) -> None:
    settings.PENCERE = replace(settings.PENCERE, data=tmp_path, demo=False)

    prepare(demo=False, persons=0)

    assert not seals.list_path().exists()
    assert "trust_list_not_written" in caplog.text
    assert not (tmp_path / "keys" / "root").exists()


def test_a_new_key_seals_at_once_and_the_old_papers_stay_good(tmp_path: Path, settings: Any) -> None:
    settings.PENCERE = replace(settings.PENCERE, data=tmp_path)
    before = seals.sealer("din", make.NOW)

    seals.store().rotate(seals.holder("din", make.NOW), make.NOW)

    assert seals.sealer("din", make.NOW) is not before
    assert seals.sealer("din", make.NOW) is seals.sealer("din", make.NOW)
