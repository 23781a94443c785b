"""Which column holds which field."""

from __future__ import annotations

import pytest

from pencere.base.errors import BadInput
from pencere.registers.importing import mapping
from pencere.registers.importing.tests import make


def heads(remembered: dict[str, str] | None = None) -> mapping.Heads:
    country = make.boats()
    return mapping.Heads(country, country.registers["boats"], remembered or {})


def test_columns_are_known_by_name_and_by_label_in_any_language():
    head = ["BOAT NO", " Adı ", "Вид", "tikildiyi   IL", "Registered since"]

    assert mapping.mapped(heads(), head, {}) == ("boat_no", "name", "kind", "built", "valid_from")


def test_what_somebody_said_goes_before_all_else():
    assert mapping.mapped(heads({"Qeyd": "-"}), ["No", "Qeyd", "name"], {"No": "boat_no", "name": "-"}) == (
        "boat_no", "-", "-",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("head", "said", "reason"),
    [
        (["boat_no", "colour"], {}, "unknown_columns"),
        (["boat_no", "Номер лодки"], {}, "two_columns"),
        (["boat_no"], {"sail": "name"}, "no_such_column"),
        (["boat_no"], {"boat_no": "sail"}, "no_such_field"),
    ],
)
def test_what_is_not_clear_is_asked(head: list[str], said: dict[str, str], reason: str):
    with pytest.raises(BadInput) as refused:
        mapping.mapped(heads(), head, said)

    assert refused.value.reason == reason


def test_every_field_that_must_be_there_has_a_column():
    with pytest.raises(BadInput) as refused:
        mapping.demand_all(make.boats(dated=True).registers["boats"], ["boat_no", "name"], since_is_said=False)

    assert refused.value.details["fields"] == "kind, built, valid_from"


def test_a_pair_is_parted_at_its_last_sign():
    assert mapping.asked(["a=b=name"]) == {"a=b": "name"}
    with pytest.raises(BadInput):
        mapping.asked(["name"])
