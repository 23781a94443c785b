"""What the nation of Azerbaijan consists of fits together: rows are rows of their registers, and name what is there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from pencere.base.ground import soundness
from pencere.base.terms import full_years
from pencere.country.reading import load
from pencere.portal.nation import generate, who
from pencere.portal.nation.loading import world
from pencere.portal.nation.plan import Plan, read_plan
from pencere.portal.nation.rows import rows_of
from pencere.registers.rules import Shape

FOLDER = Path(__file__).resolve().parents[5] / "countries" / "azerbaijan"
TODAY = date(2026, 3, 18)
PHOTO = f"sha256:{'0' * 64}"
COUNTRY = load(FOLDER)

Rows = Mapping[str, list[dict[str, object]]]


@dataclass(frozen=True)
class Whole:
    """All parts of a nation together."""

    parts: tuple[generate.Part, ...]
    things: Mapping[str, list[dict[str, object]]]

    @property
    def persons(self) -> list[dict[str, object]]:
        return self.things["person"]


@cache
def plan() -> Plan:
    return read_plan(FOLDER, frozenset(COUNTRY.identifiers))


@cache
def nation(persons: int = 6000) -> Whole:
    """Of several parts, so that what holds in a part is seen to hold across them."""
    sizes = generate.parts_of(persons)
    parts = tuple(
        generate.make(plan(), world(COUNTRY, PHOTO), persons=size, seed=1, today=TODAY, part=part, parts=len(sizes))
        for part, size in enumerate(sizes)
    )
    things: dict[str, list[dict[str, object]]] = defaultdict(list)
    for part in parts:
        for name, some in part.things.items():
            things[name] += some
    return Whole(parts, things)


@cache
def rows() -> Rows:
    """All rows that are loaded, by register; news are not among them."""
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for part in nation().parts:
        for rule in plan().registers:
            if not rule.told:
                found[rule.register] += rows_of(part, rule)
    return found


def named(register: str, field: str) -> set[object]:
    return {row[field] for row in rows()[register] if field in row}


def test_every_register_of_the_country_has_rows_or_is_filled_by_services() -> None:
    filled_by_services = {"payment-orders", "employer-inbox", "medical-referrals"}

    assert {id_ for id_ in COUNTRY.registers if not rows()[id_]} == filled_by_services


@pytest.mark.parametrize("register", sorted({rule.register for rule in plan().registers}))
def test_every_row_is_as_the_register_keeps_it(register: str) -> None:
    shape = Shape(COUNTRY, COUNTRY.registers[register])

    for row in rows()[register]:
        values = {name: value for name, value in row.items() if not name.startswith("valid_")}
        assert shape.row(values) == values


def test_a_marriage_that_was_dissolved_ended_on_that_day() -> None:
    marriages = {row["act_no"]: row for row in rows()["marriage-acts"]}
    wives = [row["wife"] for row in rows()["divorce-acts"]]

    assert len(wives) == len(set(wives)) > 0
    for act in rows()["divorce-acts"]:
        marriage = marriages[act["marriage_no"]]
        assert (marriage["husband"], marriage["wife"]) == (act["husband"], act["wife"])
        assert marriage["valid_from"] < marriage["valid_until"] == act["dissolved_on"] <= act["registered_on"]


@pytest.mark.parametrize("register", sorted({rule.register for rule in plan().registers}))
def test_what_identifies_a_row_comes_once(register: str) -> None:
    key = COUNTRY.registers[register].key
    counted = Counter(tuple(row[name] for name in key) for row in rows()[register])

    assert [found for found, times in counted.items() if times > 1] == []


def test_ten_million_are_possible_their_last_part_keeps_its_registers_rules_and_shares_no_number_with_others() -> None:
    sizes = generate.parts_of(10_000_000)
    borne_in: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for number in (1, len(sizes) - 1):
        part = generate.make(
            plan(), world(COUNTRY, PHOTO), persons=sizes[number], seed=1, today=TODAY, part=number, parts=len(sizes)
        )
        for rule in plan().registers:
            register = COUNTRY.registers[rule.register]
            made = [{name: row[name] for name in row if name in register.fields} for row in rows_of(part, rule)]
            assert list(map(Shape(COUNTRY, register).row, made)) == made
            for names in {register.key, *((name,) for name, field in register.fields.items() if field.unique)}:
                for row in made:
                    if names[0] in row:
                        borne_in[rule.register, names, str([row[name] for name in names])].add(number)
    assert [which for which, parts in borne_in.items() if len(parts) > 1] == []


def test_every_person_named_anywhere_lives_in_the_nation() -> None:
    known = named("population", "person")
    for id_, register in COUNTRY.registers.items():
        for name, field in register.fields.items():
            if field.kind == "person" and not field.given:
                values = [row[name] for row in rows()[id_] if name in row]
                flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
                assert set(flat) <= known, (id_, name)


def test_a_child_has_the_same_parents_in_both_registers() -> None:
    acts = {row["child"]: row for row in rows()["birth-acts"]}
    born = {row["person"]: row for row in rows()["population"] if row.get("mother")}

    assert acts.keys() == born.keys()
    for child, row in born.items():
        assert (acts[child]["mother"], acts[child].get("father")) == (row["mother"], row.get("father"))
        assert acts[child]["born_on"] == row["birth_date"]


def test_a_dwelling_that_somebody_owns_is_in_the_register_and_a_tenant_has_a_lease() -> None:
    owners = {row["address"]: {right["holder"] for right in row["rights"]} for row in rows()["real-estate"]}
    leases = {(row["address"], row["tenant"]) for row in rows()["leases"]}

    for home in nation().things["home"]:
        if home["owner"] and home["state"] in ("valid", "renamed"):
            assert home["owner"] in owners[home["address"]]
        if home["tenant"]:
            assert (home["address"], home["tenant"]) in leases


def test_the_shares_of_a_dwelling_make_one_and_a_mortgage_has_a_bank() -> None:
    companies = named("companies", "voen")
    held = Counter(len(row["rights"]) for row in rows()["real-estate"])

    assert held[2] > 100
    for row in rows()["real-estate"]:
        assert sum(Decimal(right["share"]) for right in row["rights"]) == 1
        assert len({right["holder"] for right in row["rights"]}) == len(row["rights"])
        for each in row["encumbrances"]:
            assert (each["kind"] == "mortgage") == (each.get("creditor") in companies)
            assert row["valid_from"] <= each["since"] <= TODAY < each.get("until", date.max)
    assert {each["kind"] for row in rows()["real-estate"] for each in row["encumbrances"]} == {"mortgage", "arrest"}


@pytest.mark.parametrize("register", ["gas-accounts", "power-accounts", "water-accounts"])
def test_a_dwelling_has_an_account_in_the_name_of_its_tenant_or_owner(register: str) -> None:
    accounts = {row["address"]: row for row in rows()[register]}
    owners = {row["address"]: {right["holder"] for right in row["rights"]} for row in rows()["real-estate"]}
    tenants = {row["address"]: row["tenant"] for row in rows()["leases"]}

    assert len(accounts) == len(rows()[register])
    assert owners.keys() <= accounts.keys()
    for address, row in accounts.items():
        if row["as"] == "tenant":
            assert tenants[address] == row["holder"]
        elif row["as"] == "owner":
            assert row["holder"] in owners[address]
        else:
            assert address not in owners


def test_who_works_has_a_contract_with_an_employer_and_was_old_enough() -> None:
    employers = named("employers", "voen")
    born = {row["person"]: row["birth_date"] for row in rows()["population"]}
    contracts = defaultdict(list)
    for row in rows()["employment"]:
        contracts[row["person"]].append(row)
        assert row["employer"] in employers
        assert full_years(born[row["person"]], row["from"]) >= 15
        assert row.get("until") is None or row["from"] < row["until"] <= TODAY

    for person in nation().persons:
        open_ones = [row for row in contracts[person["id"]] if "until" not in row]
        assert len(open_ones) == (1 if person["activity"] == "works" else 0)


def test_the_unemployed_have_lost_their_work_before_they_came() -> None:
    ended = {row["person"]: row["until"] for row in rows()["employment"] if "until" in row}

    assert named("unemployed", "person") == named("job-seekers", "person")
    for row in rows()["unemployed"]:
        assert ended[row["person"]] < row["since"] <= TODAY


def test_a_vehicle_bears_a_combination_of_the_stock_that_no_other_bears() -> None:
    given = [row["plate"] for row in rows()["plate-orders"]]

    assert len(set(given)) == len(given)
    assert set(given) <= named("plate-stock", "plate")
    assert {row.get("plate") for row in rows()["vehicles"]} - {None} == set(given)
    assert len(named("plate-stock", "plate") - set(given)) > 500


def test_no_group_has_more_children_than_places_and_each_is_of_its_year() -> None:
    groups = {row["group_no"]: row for row in rows()["kindergarten-groups"]}
    born = {row["person"]: row["birth_date"] for row in rows()["population"]}
    taken = Counter(row["group"] for row in rows()["kindergarten-enrolments"])

    assert taken
    assert all(times <= groups[group]["places"] for group, times in taken.items())
    assert any(times == groups[group]["places"] for group, times in taken.items())
    assert sum(group["places"] for group in groups.values()) > sum(taken.values())
    for row in rows()["kindergarten-enrolments"]:
        assert born[row["child"]].year == groups[row["group"]]["birth_year"]


def test_a_card_of_a_child_ends_with_the_fifth_or_the_fifteenth_birthday() -> None:
    born = {row["person"]: row["birth_date"] for row in rows()["population"]}
    seen = set()
    for row in rows()["id-cards"]:
        age = full_years(born[row["person"]], TODAY)
        if age < 15:
            reached = full_years(born[row["person"]], row["until"])
            assert reached == (5 if age < 5 else 15)
            seen.add(reached)
        assert ("until" in row) == (age < 55)
    assert seen == {5, 15}


def test_appointments_lie_on_working_days_of_the_coming_weeks() -> None:
    days = {row["at"].date() for row in rows()["visit-slots"]}

    assert len(days) == 30
    assert TODAY < min(days) < max(days) < TODAY + timedelta(days=60)
    assert all(day.weekday() < 5 for day in days)
    assert date(2026, 3, 20) not in days  # Novruz


def test_whoever_has_just_died_is_not_asked_to_sign_in() -> None:
    dead = [person for person in nation().persons if person.get("died_on")]

    assert dead
    assert not any(plan().signs_in(person) for person in dead)


def test_news_are_few() -> None:
    parts = nation(10_000).parts
    news = [row for part in parts for rule in plan().registers if rule.told for row in rows_of(part, rule)]

    assert 10 < len(news) < 30


def test_somebody_is_there_for_every_line_of_who_is_who_and_signs_in_once() -> None:
    found = list(who.find(plan(), nation(10_000).parts[0], lambda value, _language: str(value)))

    assert len(found) == len(plan().who)
    assert Counter(each.identifier for each in found).most_common(1)[0][1] <= 2
    officers = {officer.identifier for officer in plan().officers}
    assert not officers & {each.identifier for each in found}


def test_every_service_has_somebody_who_is_granted_and_somebody_who_is_not() -> None:
    ends = defaultdict(set)
    for sought in plan().who:
        ends[sought.service].add(sought.outcome)
    ends["residence-certificate"] |= {"granted", "refused"}  # the named persons of nation.yaml

    for id_ in COUNTRY.services:
        assert "granted" in ends[id_], id_
        assert ends[id_] - {"granted"}, id_


def test_there_is_an_officer_for_every_role_that_a_service_names() -> None:
    offices = {(officer.agency, officer.role) for officer in plan().officers}
    for service in COUNTRY.services.values():
        roles = {step.by for step in service.steps} | {step.panel.of for step in service.steps if step.panel}
        asked = {role.removeprefix("officer.") for role in roles if role and role.startswith("officer.")}
        outcomes = {row.outcome for table in service.tables.values() for row in table.rows}
        asked |= {"registry"} if "officer" in outcomes else set()
        assert {(service.agency, role) for role in asked} <= offices, service.id


def test_the_codes_of_plates_are_those_of_the_territory_and_the_countrys_own() -> None:
    written = {f"c{code}" for unit in COUNTRY.territory for code in unit.plates}

    assert set(COUNTRY.lists["plate-codes"].values) == written | {"c99"}


# --- what refers to what


def referring(kind: str) -> Iterator[tuple[str, str, str]]:
    """Register, field and what it refers to, of all fields of that kind outside groups."""
    for id_, register in COUNTRY.registers.items():
        for name, field in register.fields.items():
            if field.kind == kind:
                yield id_, name, str(field.of)


def test_a_reference_names_a_row_that_is_there() -> None:
    for id_, name, target in referring("ref"):
        assert named(id_, name) <= named(target, COUNTRY.registers[target].key[0]), (id_, name)


def test_a_taxpayer_number_is_that_of_a_taxpayer() -> None:
    taxpayers = named("companies", "voen")

    assert named("employers", "voen") <= taxpayers
    for id_, name, _target in referring("voen"):
        assert named(id_, name) <= taxpayers, (id_, name)
    traders = {person["id"] for person in nation().persons if person["activity"] == "trades"}
    assert named("companies", "entrepreneur") == traders


def test_who_works_is_insured_and_was_paid_for() -> None:
    insured = {row["person"]: row for row in rows()["insured-persons"]}
    paid = Counter((row["person"], row["year"]) for row in rows()["insurance-contributions"])
    workers = [person for person in nation().persons if person["activity"] == "works"]

    assert len({row["insured_no"] for row in insured.values()}) == len(rows()["insured-persons"])
    assert max(paid.values()) == 1
    for person in workers:
        assert insured[person["id"]]["payer"] == person["employer"]
        assert paid[person["id"], TODAY.year - 1] == (person["hired_on"].year < TODAY.year)
    for row in rows()["insurance-contributions"]:
        assert 1 <= row["months"] <= 12 and 0 < row["paid"] <= row["earnings"]


def test_who_does_a_work_that_asks_for_a_diploma_has_one() -> None:
    diplomas = named("diplomas", "person")
    on_paper = {person["id"] for person in nation().persons if person.get("studied_before")}
    asked = {row["person"] for row in rows()["employment"] if row.get("asks_for") in ("higher", "vocational")}
    schooled = {row["person"] for row in rows()["school-certificates"]}

    assert asked & diplomas and asked & on_paper
    assert asked <= diplomas | on_paper
    assert named("students", "person") <= schooled
    young = {person["id"] for person in nation().persons if 18 <= person["age"] <= 28}
    assert diplomas & young <= schooled


def test_a_man_of_age_stands_in_the_military_register_and_nobody_else() -> None:
    men = {each["id"] for each in nation().persons if each["sex"] == "male" and 18 <= each["age"] <= 60}

    assert named("conscription", "person") == men
    for row in rows()["conscription"]:
        assert ("card_no" in row) == (row["status"] != "not_registered")
        assert ("deferred_until" in row) == (row["status"] == "deferred")


def test_a_child_has_the_vaccinations_of_its_age() -> None:
    doses = defaultdict(set)
    born = {row["person"]: row["birth_date"] for row in rows()["population"]}
    for row in rows()["vaccinations"]:
        doses[row["person"]].add((row["vaccine"], row["dose"]))
        assert born[row["person"]] <= row["given_on"] <= TODAY
    whole = {row["child"] for row in rows()["child-health"] if row["vaccinated"]}

    for person in nation().persons:
        if person["id"] in whole:
            due = {0: 1, 1: 5, 2: 7, 6: 7}.get(int(person["age"]), 6)
            assert len(doses[person["id"]]) >= due - 1, person["age_months"]
        else:
            assert person["id"] not in doses


def test_a_conviction_is_what_the_search_finds() -> None:
    convicted = {row["person"] for row in rows()["criminal-records"] if row["search"] == "convicted"}

    assert convicted == named("convictions", "person")
    assert len(convicted) > 20


@pytest.mark.parametrize("seed", range(1, 7))
def test_nobody_gives_birth_twice_within_a_few_weeks(seed: int) -> None:
    made = generate.make(plan(), world(COUNTRY, PHOTO), persons=1500, seed=seed, today=TODAY).things
    mothers = [each["mother"] for name in ("newborn", "late_newborn", "act", "still_act") for each in made[name]]
    assert made["still_act"]
    assert len(set(mothers)) == len(mothers)


def test_a_birth_that_is_on_record_at_the_hospital_is_that_of_the_act() -> None:
    acts = {row["child"]: row for row in rows()["birth-acts"]}

    assert len(rows()["birth-records"]) > 300
    for row in rows()["birth-records"]:
        act = acts[row["child"]]
        assert (act["mother"], act["born_on"], act["vital"]) == (row["mother"], row["born_on"], row["vital"])


def test_an_archive_has_as_many_inventories_and_files_as_its_fonds_say() -> None:
    inventories = Counter(row["fond"] for row in rows()["archive-inventories"])
    files = Counter(row["inventory"] for row in rows()["archive-files"])

    assert {row["fond_no"]: row["inventories"] for row in rows()["archive-fonds"]} == inventories
    assert {row["inventory_no"]: row["files"] for row in rows()["archive-inventories"]} == files
    fonds = {row["fond_no"]: row for row in rows()["archive-fonds"]}
    for row in rows()["archive-files"]:
        fond = fonds[row["file_no"].partition("/")[0]]
        assert fond["from_year"] <= row["from"].year <= row["until"].year <= fond["until_year"]


def test_parcels_that_were_surveyed_are_as_large_as_drawn_and_lie_beside_each_other() -> None:
    surveyed = [row for row in rows()["land-cadastre"] if row.get("boundary")]
    corners = Counter(tuple(at) for row in surveyed for at in row["boundary"]["coordinates"][0][:-1])  # type: ignore[index]

    assert 0 < len(surveyed) < len(rows()["land-cadastre"])
    assert max(corners.values()) > 1 and max(corners.values()) <= 4
    for row in surveyed:
        assert abs(soundness.area(row["boundary"]) - float(str(row["area"]))) < 5  # type: ignore[arg-type]
