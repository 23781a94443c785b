"""The exported tables mean to an independent engine (Apache KIE) what they mean to us, in every case of the proof."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pencere.country import dmn
from pencere.country.cells import parse
from pencere.country.declarations import Country, Service
from pencere.country.domains import NUMBERS, Domain
from pencere.country.facts import facts
from pencere.country.proof import combinations
from pencere.country.reading import load
from pencere.country.tables import Table, decide
from tests import tools

HERE = Path(__file__).parent / "dmn"
REPOSITORY = Path(__file__).resolve().parents[4]
ON = date(2026, 11, 2)
MOST = 1000
COUNTRIES = ("azerbaijan", "template")


@pytest.fixture(scope="module", params=COUNTRIES)
def country(request: pytest.FixtureRequest) -> Country:
    return load(REPOSITORY / "countries" / request.param)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that asks KIE."""
    folder = tmp_path_factory.mktemp("kie")
    classpath = tools.compiled(HERE / "Decide.java", folder)
    return ["java", "-Xshare:auto", "-cp", classpath, "Decide"]


@pytest.mark.outside_tool
def test_an_independent_engine_decides_every_case_as_we_do(country: Country, engine: list[str], tmp_path: Path) -> None:
    files: list[str] = []
    questions: list[str] = []
    ours: list[tuple[str, str]] = []
    for service in country.services.values():
        known = {name: fact.domain for name, fact in facts(country, service).items()}
        for name, table in dmn.tables_on(service, ON).items():
            file = tmp_path / f"{service.id}-{name}.dmn"
            file.write_bytes(dmn.export(country, _alone(service, name, table), ON, country.languages[0]))
            for case in _cases(service, table, known):
                amounts = {f"amounts.{each}": _amount(service, each) for each in table.amounts_used()}
                questions.append(_question(len(files), name, {**case, **amounts}, known))
                ours.append((f"{service.id}, {name}: {case}", _ours(service, table, case)))
            files.append(str(file))
    theirs = _asked(engine, files, questions)
    assert len(theirs) == len(ours) > len(files)
    assert [(case, said, other) for (case, said), other in zip(ours, theirs, strict=True) if said != other] == []


@pytest.mark.outside_tool
def test_a_service_exported_whole_decides_through_its_tables(
    country: Country, engine: list[str], tmp_path: Path
) -> None:
    """A table that uses the outcome of another names it as a requirement, and the engine finds its way through."""
    service = next(iter(country.services.values()))
    table = next(iter(service.tables.values()))
    rows = {str(row.outcome): row for row in table.rows}
    upper = replace(
        table, name="upper", inputs=(f"{table.name}.outcome",),
        rows=tuple(replace(row, rule=f"for_{word}", cells=(parse(word),)) for word, row in rows.items()),
    )  # fmt: skip
    file = tmp_path / "whole.dmn"
    file.write_bytes(dmn.export(country, replace(service, tables={table.name: table, "upper": upper}), ON, "en"))
    known = {name: fact.domain for name, fact in facts(country, service).items()}
    cases = list(_cases(service, table, known))
    amounts = {name: _amount(service, name) for name in table.amounts_used()}
    told = {f"amounts.{name}": value for name, value in amounts.items()}
    answers = _asked(engine, [str(file)], [_question(0, "upper", {**case, **told}, known) for case in cases])
    for case, answer in zip(cases, answers, strict=True):
        below = decide(table, case, amounts, ON)
        expected = f"rule=for_{below.outputs['outcome']}" if below else ""
        assert expected in answer if expected else "for_" not in answer


def test_every_table_and_rule_is_in_the_export(country: Country) -> None:
    for service in country.services.values():
        root = ElementTree.fromstring(dmn.export(country, service, ON, "en"))
        drawn = {each.get("label"): each for each in root.iter(f"{{{dmn.NAMESPACE}}}decision")}
        tables = dmn.tables_on(service, ON)
        assert drawn.keys() == tables.keys()
        for name, table in tables.items():
            rules = list(drawn[name].iter(f"{{{dmn.NAMESPACE}}}rule"))
            assert len(rules) == sum(row.holds_on(ON) for row in table.rows)
            laws = [(each.findtext(f"{{{dmn.NAMESPACE}}}description") or "").partition(";")[0] for each in rules]
            assert laws == [row.law for row in table.rows if row.holds_on(ON)]
        ids = [each.get("id") for each in root.iter() if each.get("id")]
        assert len(ids) == len(set(ids))


def _alone(service: Service, name: str, table: Table) -> Service:
    """The service with that table only: what it uses of others comes in as data."""
    if name in service.tables:
        return replace(service, tables={name: table}, amounts={})
    amount = service.amounts[name.removeprefix("amounts.")]
    return replace(service, tables={}, amounts={amount.name: amount})


def _cases(service: Service, table: Table, known: Mapping[str, Domain]) -> Iterator[dict[str, object]]:
    amounts = {name: _amount(service, name) for name in table.amounts_used()}
    yield from combinations(table, known, amounts, ON, MOST)


def _amount(service: Service, name: str) -> object:
    found = None
    for since, value in service.amounts[name].values:
        if since <= ON:
            found = value
    return found


def _plain(fact: str, value: object, known: Mapping[str, Domain]) -> object:
    """Decimal facts are text with us."""
    number = fact.startswith("amounts.") or (fact in known and known[fact].kind in NUMBERS)
    return Decimal(value) if number and isinstance(value, str) else value


def _question(file: int, table: str, case: Mapping[str, object], known: Mapping[str, Domain]) -> str:
    told = (f"{dmn.name_of(fact)}={dmn.feel_of(_plain(fact, value, known))}" for fact, value in case.items())
    return "\t".join((str(file), dmn.name_of(table), *told))


def _asked(engine: list[str], files: list[str], questions: list[str]) -> list[str]:
    text = "".join(f"{question}\n" for question in questions)
    answered = subprocess.run([*engine, *files], input=text, capture_output=True, text=True, check=True)
    assert not answered.stderr
    return answered.stdout.splitlines()


def _ours(service: Service, table: Table, case: Mapping[str, object]) -> str:
    """What our own table says, as Decide.java writes it."""
    amounts = {name: _amount(service, name) for name in table.amounts_used()}
    outcome = decide(table, case, amounts, ON)
    if outcome is None:
        return "null"
    said = {**({"rule": outcome.rule} if outcome.rule else {}), **outcome.outputs}
    if len(said) == 1:
        return _shown(next(iter(said.values())))
    return "\t".join(f"{dmn.output_of(name)}={_shown(value)}" for name, value in sorted(said.items()))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):  # Java leaves out seconds that are nought
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    return "null" if value is None else value.isoformat() if isinstance(value, date) else str(value)
