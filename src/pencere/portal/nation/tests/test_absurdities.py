"""What the registers of the nation say together could be true: nobody is married before birth, dead and at work, or
owns more than there is. Read from the rows alone, as somebody would who has never seen how they are made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from pencere.base.terms import full_years, years_later
from pencere.country.reading import load
from pencere.portal.nation import generate
from pencere.portal.nation.loading import world
from pencere.portal.nation.tests.test_generate import TODAY, plan_of

FOLDER = Path(__file__).resolve().parents[5] / "countries" / "azerbaijan"
PERSONS = 5000
EVER = date(1, 1, 1)


class Entry(NamedTuple):
    """A row as it stands in a register."""

    row: Mapping[str, object]
    since: date
    until: date | None

    def day(self, name: str) -> date:
        value = self.row[name]
        assert isinstance(value, date), name
        return value


class Nation:
    """All rows by register, and the persons by their number."""

    def __init__(self, part: generate.Part) -> None:
        self.rows: dict[str, list[Entry]] = defaultdict(list)
        for rule in plan_of("azerbaijan").registers:
            for row, since, until in rule.rows(part.making, part.things.get(rule.each, ())):
                if not rule.told:
                    self.rows[rule.register].append(Entry(row, since or EVER, until))
        self.persons = {str(entry.row["person"]): entry.row for entry in self.rows["population"]}
        self.died = {str(entry.row["person"]): entry.day("died_on") for entry in self.rows["death-records"]}

    def of(self, register: str) -> list[Entry]:
        assert self.rows[register], f"nobody is in {register}"
        return self.rows[register]

    def born(self, person: object) -> date:
        day = self.persons[str(person)]["birth_date"]
        assert isinstance(day, date)
        return day

    def age(self, person: object, on: date) -> int:
        return full_years(self.born(person), on)

    def by(self, register: str, field: str) -> dict[object, list[Entry]]:
        found: dict[object, list[Entry]] = defaultdict(list)
        for entry in self.of(register):
            found[entry.row[field]].append(entry)
        return found


@cache
def nation(seed: int = 7, part: int = 0, parts: int = 1) -> Nation:
    here = world(load(FOLDER))
    return Nation(
        generate.make(plan_of("azerbaijan"), here, persons=PERSONS, seed=seed, today=TODAY, part=part, parts=parts)
    )


Check = Callable[[Nation], Iterator[object]]
CHECKS: list[Check] = []


def never(check: Check) -> Check:
    CHECKS.append(check)
    return check


# --- families


@never
def a_parent_is_younger_than_one_can_be(made: Nation) -> Iterator[object]:
    for row in made.persons.values():
        for parent, sex, oldest in (("mother", "female", 50), ("father", "male", 70)):
            if row.get(parent) is None:
                continue
            age = made.age(row[parent], made.born(row["person"]))
            if made.persons[str(row[parent])]["sex"] != sex or not 15 <= age <= oldest:
                yield row, age


@never
def brothers_and_sisters_are_born_within_nine_months(made: Nation) -> Iterator[object]:
    born = defaultdict(list)
    for row in made.persons.values():
        if row.get("mother"):
            born[row["mother"]].append(made.born(row["person"]))
    for mother, days in born.items():
        yield from ((mother, one, two) for one, two in pairwise(sorted(days)) if two - one < timedelta(days=270))


@never
def somebody_marries_a_relative_or_as_a_child(made: Nation) -> Iterator[object]:
    def parents(person: object) -> set[object]:
        row = made.persons[str(person)]
        return {row.get("mother"), row.get("father")} - {None}

    for entry in made.of("marriage-acts"):
        husband, wife = entry.row["husband"], entry.row["wife"]
        if parents(husband) & parents(wife) or husband in parents(wife) or wife in parents(husband):
            yield "relatives", entry
        if min(made.age(each, entry.day("married_on")) for each in (husband, wife)) < 18:
            yield "a child", entry
        if entry.until is not None and entry.until < entry.since:
            yield "ended before", entry


@never
def somebody_is_married_twice_at_once(made: Nation) -> Iterator[object]:
    for side in ("husband", "wife"):
        for entries in made.by("marriage-acts", side).values():
            periods = sorted((each.since, each.until or TODAY) for each in entries)
            yield from ((one, two) for one, two in pairwise(periods) if two[0] <= one[1])


@never
def a_divorce_ends_no_marriage(made: Nation) -> Iterator[object]:
    acts = made.by("marriage-acts", "act_no")
    for entry in made.of("divorce-acts"):
        (marriage,) = acts[entry.row["marriage_no"]]
        if marriage.until != entry.day("dissolved_on") or marriage.row["wife"] != entry.row["wife"]:
            yield entry, marriage


@never
def a_name_is_changed_into_itself(made: Nation) -> Iterator[object]:
    yield from (entry for entry in made.of("name-changes") if entry.row["before"] == entry.row["after"])


@never
def an_act_of_birth_tells_of_another_birth(made: Nation) -> Iterator[object]:
    for entry in made.of("birth-acts"):
        row = made.persons[str(entry.row["child"])]
        same = all(entry.row.get(name) == row.get(name) for name in ("mother", "father"))
        if not same or entry.day("born_on") != made.born(entry.row["child"]):
            yield entry
        if not timedelta(0) <= entry.day("registered_on") - entry.day("born_on") <= timedelta(days=31):
            yield entry


@never
def a_child_acts_for_a_grown_up(made: Nation) -> Iterator[object]:
    for entry in made.of("powers-of-attorney"):
        if made.age(entry.row["agent"], entry.since) < 18 or entry.row["agent"] == entry.row["principal"]:
            yield entry


# --- the dead


@never
def the_dead_work_study_seek_and_drive(made: Nation) -> Iterator[object]:
    for register in (
        "employment", "students", "job-seekers", "unemployed", "driving-licences", "stays", "conscription",
        "insured-persons", "pensions",
    ):  # fmt: skip
        for entry in made.of(register):
            if entry.row["person"] in made.died and not (entry.until or entry.row.get("until")):
                yield register, entry


# --- learning and work


@never
def a_diploma_comes_before_school_or_after_the_work_that_asks_for_it(made: Nation) -> Iterator[object]:
    schooled = {entry.row["person"]: entry.day("issued_on") for entry in made.of("school-certificates")}
    graduated = {}
    for entry in made.of("diplomas"):
        person, graduated[entry.row["person"]] = entry.row["person"], entry.day("graduated_on")
        admitted = entry.day("admitted_on")
        if (
            not admitted < entry.day("graduated_on") <= entry.day("issued_on") <= TODAY
            or made.age(person, admitted) < 16
        ):
            yield "diploma", entry
        if person in schooled and schooled[person] > admitted:
            yield "school after", entry
    for entry in made.of("employment"):
        first = graduated.get(entry.row["person"])
        if entry.row.get("asks_for") in ("higher", "vocational") and first and first > entry.day("from"):
            yield "works before", entry, first


@never
def a_child_studies_at_a_university(made: Nation) -> Iterator[object]:
    for entry in made.of("students"):
        if not 16 <= made.age(entry.row["person"], entry.since) <= 30:
            yield entry


@never
def a_child_works_or_for_somebody_who_does_not_exist_yet(made: Nation) -> Iterator[object]:
    companies = {entry.row["voen"]: entry for entry in made.of("companies")}
    for entry in made.of("employment"):
        if made.age(entry.row["person"], entry.day("from")) < 15:
            yield "too young", entry
        if companies[entry.row["employer"]].since > entry.day("from"):
            yield "no employer yet", entry, companies[entry.row["employer"]].since
        if entry.row.get("until") and entry.day("until") < entry.day("from"):
            yield "ends before", entry


@never
def a_company_is_led_by_a_child_or_by_somebody_who_is_unemployed(made: Nation) -> Iterator[object]:
    unemployed = {entry.row["person"] for entry in made.of("unemployed")}
    for entry in made.of("companies"):
        for manager in entry.row["managers"]:
            if made.age(manager, entry.since) < 18 or manager in unemployed:
                yield entry


@never
def who_is_unemployed_works(made: Nation) -> Iterator[object]:
    unemployed = {entry.row["person"] for entry in made.of("unemployed")}
    for entry in made.of("employment"):
        if entry.row["person"] in unemployed and entry.row.get("until") is None:
            yield entry


@never
def contributions_are_not_a_quarter_of_a_year_that_one_worked(made: Nation) -> Iterator[object]:
    for entry in made.of("insurance-contributions"):
        earnings, paid = int(str(entry.row["earnings"])), int(str(entry.row["paid"]))
        if not 1 <= int(str(entry.row["months"])) <= 12 or paid != earnings // 4:
            yield entry


@never
def a_kindergarten_takes_who_is_too_old_too_many_or_not_vaccinated(made: Nation) -> Iterator[object]:
    groups = {entry.row["group_no"]: entry.row for entry in made.of("kindergarten-groups")}
    cards = {entry.row["child"]: entry.row for entry in made.of("child-health")}
    taken = Counter(entry.row["group"] for entry in made.of("kindergarten-enrolments"))
    yield from (group for group, count in taken.items() if count > int(str(groups[group]["places"])))
    for entry in made.of("kindergarten-enrolments"):
        child = entry.row["child"]
        if groups[entry.row["group"]]["birth_year"] != made.born(child).year or made.age(child, entry.since) < 1:
            yield entry
        card = cards.get(child, {})
        if card.get("vaccinated") is not True or card.get("may_attend") is not True:
            yield "not vaccinated", entry, card


# --- papers


@never
def an_identity_card_ends_otherwise_than_by_law(made: Nation) -> Iterator[object]:
    """Decree 577 of 7 February 2012: ten years, from 55 on without end; a child's until the 5th or 15th birthday."""
    for entry in made.of("id-cards"):
        born, age = made.born(entry.row["person"]), made.age(entry.row["person"], entry.since)
        until = entry.row.get("until")
        expected = (
            years_later(born, 5) if age < 5 else years_later(born, 15) if age < 15 else None if age >= 55
            else entry.since + timedelta(days=3652)
        )  # fmt: skip
        if entry.since < born or until != expected:
            yield age, entry, expected


@never
def a_passport_is_older_than_its_holder(made: Nation) -> Iterator[object]:
    yield from (each for each in made.of("passports") if each.since < made.born(each.row["person"]))


@never
def somebody_is_called_up_late_in_life(made: Nation) -> Iterator[object]:
    for entry in made.of("conscription"):
        age = made.age(entry.row["person"], TODAY)
        if not 18 <= age <= 60 or (entry.row["status"] not in ("served", "exempt") and age > 35):
            yield age, entry


@never
def a_licence_is_given_to_a_child_or_for_too_long(made: Nation) -> Iterator[object]:
    """Ten years; from 60 on until 70; from 70 on two years."""
    for entry in made.of("driving-licences"):
        person, until = entry.row["person"], entry.day("until")
        age = made.age(person, entry.since)
        if age < 18:
            yield "child", entry
        if age < 60 and not 3649 <= (until - entry.since).days <= 3653:
            yield age, entry
        if 60 <= age < 70 and until != years_later(made.born(person), 70):
            yield age, entry
        if age >= 70 and (until - entry.since).days > 731:
            yield age, entry


@never
def a_car_is_owned_before_it_is_made_or_by_a_child(made: Nation) -> Iterator[object]:
    for entry in made.of("vehicles"):
        if int(str(entry.row["made_in"])) > entry.since.year or made.age(entry.row["owner"], entry.since) < 18:
            yield entry
    plates = Counter(entry.row.get("plate") for entry in made.of("vehicles") if entry.row.get("plate"))
    yield from (plate for plate, count in plates.items() if count > 1)


# --- health and law


@never
def a_degree_of_disability_is_not_that_of_its_percent(made: Nation) -> Iterator[object]:
    """Cabinet decision 446 of 2016: 31-60, 61-80, 81-100 per cent."""
    for entry in made.of("disabilities"):
        percent = int(str(entry.row["percent"]))
        if entry.row["degree"] != ("iii" if percent < 61 else "ii" if percent < 81 else "i") or percent < 31:
            yield entry


@never
def a_vaccination_comes_before_birth_or_is_still_to_come(made: Nation) -> Iterator[object]:
    for entry in made.of("vaccinations"):
        if not made.born(entry.row["person"]) <= entry.day("given_on") <= TODAY:
            yield entry


@never
def a_child_is_convicted_or_a_spent_sentence_stands(made: Nation) -> Iterator[object]:
    """Criminal Code: from 16, of few crimes from 14; what is lighter than imprisonment is spent after a year."""
    convicted = set()
    for entry in made.of("convictions"):
        convicted.add(entry.row["person"])
        if made.age(entry.row["person"], entry.day("decided_on")) < 16:
            yield "child", entry
        if TODAY - entry.day("decided_on") > timedelta(days=366) and entry.row["sentence"] != "imprisonment":
            yield "spent", entry
        if entry.row["sentence"] == "imprisonment" and not entry.row.get("months"):
            yield "how long", entry
    for entry in made.of("criminal-records"):
        if (entry.row["search"] == "convicted") != (entry.row["person"] in convicted):
            yield "search", entry


# --- what belongs to whom


@never
def a_dwelling_or_parcel_belongs_to_more_or_less_than_one(made: Nation) -> Iterator[object]:
    for entry in made.of("real-estate"):
        shares: Counter[object] = Counter()
        for right in entry.row["rights"]:
            shares[right["kind"]] += Decimal(right["share"])
        if set(shares.values()) != {Decimal(1)} or len({right["holder"] for right in entry.row["rights"]}) < len(
            entry.row["rights"]
        ):
            yield entry
    for entry in made.of("land-cadastre"):
        if sum(Decimal(each["share"]) for each in entry.row["owners"]) != 1:
            yield entry
    addresses = Counter(entry.row["address"] for entry in made.of("real-estate"))
    yield from (address for address, count in addresses.items() if count > 1)


@never
def something_belongs_to_somebody_who_is_not_born(made: Nation) -> Iterator[object]:
    for register, group in (("real-estate", "rights"), ("land-cadastre", "owners")):
        for entry in made.of(register):
            for each in entry.row[group]:
                if made.born(each["holder"]) > entry.since:
                    yield register, entry, made.born(each["holder"])


@never
def a_dwelling_is_let_by_who_does_not_own_it(made: Nation) -> Iterator[object]:
    owners = {
        entry.row["address"]: {each["holder"] for each in entry.row["rights"]} for entry in made.of("real-estate")
    }
    for entry in made.of("leases"):
        owned = owners.get(entry.row["address"])
        if entry.row["tenant"] == entry.row["landlord"] or (owned and entry.row["landlord"] not in owned):
            yield entry


@never
def an_account_is_that_of_an_owner_who_does_not_own_it(made: Nation) -> Iterator[object]:
    owners = {
        entry.row["address"]: {each["holder"] for each in entry.row["rights"]} for entry in made.of("real-estate")
    }
    for register in ("gas-accounts", "power-accounts", "water-accounts"):
        for entry in made.of(register):
            owned = owners.get(entry.row["address"], set())
            if entry.row["as"] == "owner" and entry.row["holder"] not in owned:
                yield register, entry


@never
def an_archive_file_is_younger_than_its_fond(made: Nation) -> Iterator[object]:
    fonds = {entry.row["fond_no"]: entry.row for entry in made.of("archive-fonds")}
    for entry in made.of("archive-files"):
        fond = fonds[str(entry.row["file_no"]).partition("/")[0]]
        if not fond["from_year"] <= entry.day("from").year <= entry.day("until").year <= fond["until_year"]:
            yield entry, fond


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_never_happens_that(check: Check):
    found = list(check(nation()))
    assert not found, f"{len(found)} times, first {found[:3]}"
