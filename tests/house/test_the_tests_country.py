"""The invented services are as sound as those that ship."""

from datetime import date
from pathlib import Path

from pencere.certificates import page_check
from pencere.country.checking import check
from pencere.country.nodes import ERROR
from pencere.country.reading import load
from tests.countries import laid_over

AS_OF = date(2026, 9, 1)


def test_the_tests_country_has_nothing_wrong(tmp_path: Path):
    folder = laid_over(tmp_path)

    assert [str(each) for each in check(folder, AS_OF, compile_page=page_check.load()) if each.severity == ERROR] == []
    assert {"hunting-permit", "state-scholarship", "taxi-licence"} <= load(folder).services.keys()
