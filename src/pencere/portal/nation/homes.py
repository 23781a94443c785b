"""Where people live: addresses, who is registered at them since when and on what ground, whose the dwellings are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import accumulate, count
from random import Random

from pencere.portal.nation.making import Facts
from pencere.portal.nation.people import FULL_AGE, Household
from pencere.portal.nation.plan import Named, Plan, Tenure

TRIES, OWNER_TRIES = 30, 60
OLDEST_ADDRESS, RENAMED_SINCE = date(1950, 1, 1), date(1991, 1, 1)


class Homes:
    """Writes addresses that nobody has yet and settles households at them."""

    def __init__(self, plan: Plan, chance: Random, today: date, place: Callable[[str], str], part: int) -> None:
        self._plan, self._chance, self._today, self._place, self._part = plan, chance, today, place, part
        self._areas = {area.unit: area for area in plan.areas}
        self._known: dict[str, Facts] = {}
        self._written_ones: set[str] = set()
        self.addresses: list[Facts] = []
        self.homes: list[Facts] = []
        self.residences: list[Facts] = []
        self._by_address: dict[str, Facts] = {}
        self._weights = list(accumulate(tenure.weight for tenure in plan.tenure))

    def settle(self, household: Household) -> None:
        """Gives a household a home; some are registered nowhere."""
        came = max(_day(adult["birth_date"]) for adult in household.adults) + timedelta(days=FULL_AGE * 365)
        since = came + timedelta(days=self._chance.randint(0, max((self._today - came).days - 1, 0)))
        address, state, now = self._address_for(household.unit, since)
        if address is None:
            return
        tenure = self._chance.choices(self._plan.tenure, cum_weights=self._weights)[0]
        home = self._home(address, household.unit, state, now, since, tenure.name, tenure.basis)
        owner = self._chance.choice(household.adults) if tenure.owner == "here" else None
        home |= {"head": household.adults[0]["id"], "kids": len(household.children)}
        home["partner"] = household.adults[1]["id"] if len(household.adults) > 1 else None
        home["owner"] = owner["id"] if owner else None
        home["tenant"] = household.adults[0]["id"] if tenure.owner == "elsewhere" and tenure.name == "leased" else None
        for adult in household.adults:
            self._live(adult, home, tenure.basis if owner in (None, adult) else tenure.others, since)
        for child in household.children:
            self._live(child, home, self._plan.child_basis, max(since, _day(child["birth_date"])))
        if owner is not None:
            owner["owns_home"] = True

    def settle_named(self, named: Named, facts: Facts) -> None:
        home = named.home
        if home is None:
            return
        if home.state != "absent" and home.address not in self._known:
            self.address(home.address, named.territory, home.state, home.now, OLDEST_ADDRESS)
        if home.now and home.now not in self._known:
            self.address(home.now, named.territory, "valid", None, RENAMED_SINCE)
        there = self._by_address.get(home.address)
        if there is None:
            there = self._home(home.address, named.territory, home.state, home.now, home.since, "", home.basis)
            there |= {"head": named.identifier, "kids": 0}
            tenure = self._tenure_of(home.basis)
            there["tenure"] = tenure.name if tenure else None
            there["tenant"] = named.identifier if tenure is not None and tenure.name == "leased" else None
            if tenure is not None and tenure.owner == "here":
                there["owner"], facts["owns_home"] = named.identifier, True
        self._live(facts, there, home.basis, home.since)

    def find_owners(self, persons: list[Facts]) -> None:
        """Homes that belong to somebody who lives elsewhere get an owner."""
        elsewhere = {tenure.name for tenure in self._plan.tenure if tenure.owner == "elsewhere"}
        owners = [each for each in persons if each["owns_home"] and int(str(each["age"])) >= 30 and not each["officer"]]
        if not owners:
            return
        for home in self.homes:
            if home["tenure"] in elsewhere and home["owner"] is None:
                home["owner"] = self._owner_of(home, owners)["id"]

    def _owner_of(self, home: Facts, owners: list[Facts]) -> Facts:
        """One of another home, who was grown up when it became theirs; after many tries the eldest."""
        for _try in range(OWNER_TRIES):
            chosen = self._chance.choice(owners)
            grown_up = _day(chosen["birth_date"]) + timedelta(days=FULL_AGE * 366)
            if chosen["address"] != home["address"] and grown_up <= _day(home["since"]):
                return chosen
        others = [each for each in owners if each["address"] != home["address"]]
        return min(others or owners, key=lambda each: (_day(each["birth_date"]), str(each["id"])))

    def new_address(self, unit: str) -> str:
        """An address that stands in the register and where nobody lives."""
        address = self.written(unit)
        self.address(address, unit, "valid", None, OLDEST_ADDRESS)
        return address

    def address(self, address: str, unit: str | None, state: str, now: str | None, since: date) -> None:
        facts: Facts = {"address": address, "territory": unit, "state": state, "now": now, "since": since}
        self._known[address] = facts
        self.addresses.append(facts)

    def written(self, unit: str, street: str | None = None) -> str:
        """An address that no other home of the nation has: streets of other parts are those of their quarters."""
        plan, chance = self._plan, self._chance
        area = self._areas[unit]
        place = self._place(unit)
        for more in count():
            name = street or chance.choice(area.streets)
            if self._part:
                name = plan.quarter.format(street=name, quarter=self._part)
            house = chance.randint(*plan.houses) + max(more - TRIES, 0)  # a street that is full grows longer
            words = {"place": place, "street": name, "house": house, "flat": chance.randint(*plan.flats)}
            in_a_block = chance.random() * 1000 < area.flats
            address = (plan.flat if in_a_block else plan.house).format(**words)
            if address not in self._known and address not in self._written_ones:
                self._written_ones.add(address)
                return address
        raise AssertionError("a street has no end")

    def _address_for(self, unit: str, since: date) -> tuple[str | None, str, str | None]:
        """The address of a household, its state and what it is called now; None: registered nowhere."""
        if self._one_of_1000("unregistered"):
            return None, "", None
        old = [street for street in self._plan.renamed if street.unit == unit]
        if old and self._one_of_1000("old_street", times=len(self._plan.areas) // max(len(self._plan.renamed), 1)):
            street = self._chance.choice(old)
            if since < street.since:
                before = self.written(unit, street.old)
                after = before.replace(street.old, street.new)
                if after not in self._known:
                    self.address(after, unit, "valid", None, RENAMED_SINCE)
                self.address(before, unit, "renamed", after, OLDEST_ADDRESS)
                return before, "renamed", after
        if self._one_of_1000("absent"):
            return self.written(unit), "absent", None
        state = "abolished" if self._one_of_1000("abolished") else "valid"
        address = self.written(unit)
        self.address(address, unit, state, None, OLDEST_ADDRESS)
        return address, state, None

    def _home(
        self, address: str, unit: str | None, state: str, now: str | None, since: date, tenure: str, basis: str
    ) -> Facts:
        home: Facts = {
            "address": address, "territory": unit, "state": state, "now": now, "since": since, "tenure": tenure,
            "basis": basis, "head": None, "partner": None, "owner": None, "tenant": None, "kids": 0,
        }  # fmt: skip
        self.homes.append(home)
        self._by_address[address] = home
        return home

    def _live(self, person: Facts, home: Facts, basis: str, since: date) -> None:
        person |= {"address": home["address"], "address_state": home["state"], "basis": basis, "since": since}
        self.residences.append({"person": person["id"], "address": home["address"], "basis": basis, "since": since})

    def _tenure_of(self, basis: str) -> Tenure | None:
        return next((tenure for tenure in self._plan.tenure if tenure.basis == basis), None)

    def _one_of_1000(self, share: str, times: int = 1) -> bool:
        return self._chance.random() * 1000 < self._plan.shares.get(share, 0) * times


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a day")
    return value
