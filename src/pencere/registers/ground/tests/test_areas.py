"""The area that a row says is compared with that of its shape: a warning to look, never a refusal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pencere.registers.ground import areas
from pencere.registers.ground.tests.make import square, using_meadows
from pencere.registers.using import shape_of
from pencere.registers.views.maps import warnings


@pytest.mark.parametrize(("said", "warned"), [("400", False), ("407", False), ("393", False), ("410", True),
                                              ("380", True), (None, False)])  # fmt: skip
def test_more_than_two_percent_apart_is_told(said: str | None, warned: bool):
    with using_meadows():
        found = list(areas.differing(shape_of("meadows"), {"border": square(0, 0, 20), "size": said}))
    assert bool(found) is warned
    if found:
        assert found[0].field == "size" and abs(found[0].drawn - 400) < 0.1


def test_a_square_metre_is_never_worth_a_warning():
    with using_meadows():
        assert not list(areas.differing(shape_of("meadows"), {"border": square(0, 0, 2), "size": "4.9"}))


def test_the_declaration_says_how_much_is_too_much():
    with using_meadows() as here:
        register = here.registers["meadows"]
        border = replace(register.fields["border"], area_within=10.0)
        from pencere.registers.tests import make

        declared = replace(register, fields={**register.fields, "border": border})
        with make.using(replace(here, registers={**here.registers, "meadows": declared})):
            row = {"border": square(0, 0, 20), "size": "430"}
            assert warnings(declared, row) == []
            (words,) = warnings(declared, {**row, "size": "450"})
            assert "450" in words and "400" in words and re.search(r"10\s?%", words)


def test_a_row_without_a_shape_is_not_compared():
    with using_meadows() as here:
        assert warnings(here.registers["meadows"], {"border": None, "size": "1"}) == []
