"""Two versions of a row are different where they say something else, not where they write the same otherwise."""

from __future__ import annotations

import pytest

from pencere.registers import comparing
from pencere.registers.tests import make

SHARE = make.field("share", "decimal")
FIELDS = (
    make.field("weight", "decimal", required=False),
    make.field("owners", "group", many=(0, 5), fields={"share": SHARE, "note": make.field("note", "text")}),
    make.field("site", "geometry", of="point"),
)


@pytest.mark.parametrize(
    ("old", "new", "differ"),
    [
        ({"weight": "29.0"}, {"weight": "29"}, False),
        ({"weight": "29.0"}, {"weight": "29.01"}, True),
        ({"weight": "0"}, {}, True),
        ({"owners": [{"share": "0.50", "note": None}]}, {"owners": [{"share": "0.5"}]}, False),
        ({"owners": [{"share": "0.50"}]}, {"owners": [{"share": "0.25"}]}, True),
        ({"owners": [{"share": "0.50"}]}, {"owners": [{"share": "0.5"}, {"share": "0.5"}]}, True),
        ({"owners": []}, {}, False),
        (
            {"site": {"type": "Point", "coordinates": [49.8, 40.4]}},
            {"site": {"type": "Point", "coordinates": [49.9, 40.4]}},
            True,
        ),
    ],
)
def test_what_is_written_otherwise_is_the_same(old: dict[str, object], new: dict[str, object], differ: bool):
    with make.using(make.with_register(*FIELDS)) as country:
        names = ("weight", "owners", "site")
        assert bool(comparing.differences(country.registers["permits"], old, new, names)) is differ
