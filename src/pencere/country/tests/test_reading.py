"""A folder becomes a Country; all that stops it is found in one reading."""

import time
from datetime import date

import pytest

from pencere.base.errors import BadDeclaration
from pencere.base.terms import Term
from pencere.country.declarations import Law
from pencere.country.kinds import all_kinds
from pencere.country.reading import load
from pencere.country.tests.make import AS_OF, CERTIFICATE, SERVICE, Land


def test_the_smallest_country_has_nothing_wrong(tmp_path):
    land = Land(tmp_path)

    assert land.errors() == []
    assert land.warnings() == []


def test_a_folder_becomes_a_country(tmp_path):
    country = Land(tmp_path).load()

    assert (country.id, country.names["en"], country.languages) == ("smallland", "Smallland", ("en", "ka"))
    assert country.person.identifier == "pin"
    assert country.calendar.weekend == (6,)
    assert country.defaults.draft_kept == Term(30, "calendar_days")
    assert [unit.code for unit in country.territory] == ["east", "hill"]
    assert country.territory[1].plates == ("01",)
    assert country.agencies["land"].name("ka", AS_OF) == "მიწა"


def test_a_service_is_read_with_its_tables_amounts_examples_and_texts(tmp_path):
    service = Land(tmp_path).load().services["stay"]

    assert service.since == date(2010, 1, 1)
    assert (service.subject.name, service.applicant.name) == ("holder", "applicant")
    assert [step.kind for step in service.steps] == ["ask", "evidence", "evidence", "submit", "decide", "issue"]
    assert service.evidence["home"].by == {"person": "holder"}
    assert service.term.law == Law("people-law", "5")
    assert service.tables["right"].inputs == ("home.address", "plot.state", "months")
    assert service.amounts["least"].values == ((date(2010, 1, 1), 6), (date(2026, 1, 1), 3))
    assert [example.name for example in service.examples][-1] == "too early under the older law"
    assert service.texts["rules.gone"]["en"] == "{home.address} is gone."
    assert service.place.file == SERVICE


def test_a_certificate_knows_its_page_and_how_long_it_is_valid(tmp_path):
    land = Land(tmp_path)

    certificate = land.load().certificates["paper"]
    land.replace(CERTIFICATE, "{until: superseded}", "10 years")

    assert certificate.page == land.path / "certificates/paper/page.typ"
    assert certificate.valid == "superseded"
    assert land.load().certificates["paper"].valid == Term(10, "years")


def test_derived_facts_stand_after_those_they_are_made_of(tmp_path):
    land = Land(tmp_path).replace(SERVICE, "derive:\n", "derive:\n  late: known(longer)\n  longer: sum(months, 1)\n")

    assert [each.name for each in land.load().services["stay"].derive] == ["months", "longer", "late"]


def test_an_agency_has_the_name_of_its_day(tmp_path):
    names = "names:\n  2001-01-01: {en: Old, ka: ა}\n  2020-01-01: {en: New, ka: ბ}\n"
    land = Land(tmp_path).write("agencies/town.yaml", names + "xroad: {class: GOV, code: town}\n")

    town = land.load().agencies["town"]

    assert (town.name("en", date(2019, 12, 31)), town.name("en", date(2020, 1, 1))) == ("Old", "New")


def test_five_errors_in_one_declaration_are_five_findings_with_their_lines(tmp_path):
    land = Land(tmp_path)
    land.replace(SERVICE, "since: 2010-01-01", "since: 2010-13-01")
    land.replace(SERVICE, "is: person, acts_as", "is: human, acts_as")
    land.replace(SERVICE, "result: paper", "resolt: paper\nresult: paper")
    land.replace(SERVICE, "take: [state]", "take: [State]")
    land.replace(SERVICE, "  - submit\n", "  - submitt\n")

    with pytest.raises(BadDeclaration) as caught:
        land.load()

    assert [str(finding) for finding in caught.value.findings] == [
        'services/stay/service.yaml:3: since: "2010-13-01" is not a date like 2026-03-18',
        'services/stay/service.yaml:6: unknown key "resolt", did you mean "result"?',
        'services/stay/service.yaml:10: parties.applicant.is: "human" is not one of person, organisation',
        'services/stay/service.yaml:19: evidence.plot.take: "State" is not the name of a field',
        "services/stay/service.yaml:27: steps.4: expected a step, like - ask: request or - submit",
    ]


def test_five_errors_in_five_files_are_five_findings(tmp_path):
    land = Land(tmp_path)
    land.replace("agencies/land.yaml", "class: GOV", "class: COM")
    land.replace(
        "registers/people/register.yaml", "fields: [person, name, birth_date, mother]", "fields: [person, name]"
    )
    land.replace("services/stay/decision.yaml", "people-law 3\n    unsure", "no-law 3\n    unsure")
    land.replace("services/stay/examples.yaml", "2026-03-20", "2026-03-22")
    land.replace("services/stay/ka.yaml", "summary: ცნობა\n", "")

    assert [finding.split(": ")[0] for finding in land.errors()] == [
        "agencies/land.yaml:2",
        "registers/people/register.yaml:16",
        "services/stay/decision.yaml:7",
        "services/stay/examples.yaml:4",
        "services/stay/ka.yaml:1",
    ]


@pytest.mark.parametrize("file", ["country.yaml", "calendar.yaml", "territory.yaml", "identifiers.yaml"])
def test_a_country_without_a_file_that_it_needs_is_refused(tmp_path, file):
    assert f"{file}:1: is missing" in Land(tmp_path).drop(file).errors()


def test_a_country_may_have_no_lists_agreements_services_and_certificates(tmp_path):
    land = Land(tmp_path)
    for path in sorted(land.path.rglob("*"), reverse=True):
        if path.relative_to(land.path).parts[0] in ("lists", "agreements", "services", "certificates", "life-events"):
            path.rmdir() if path.is_dir() else path.unlink()

    assert land.errors() == []
    assert land.load().services == {}


def test_files_of_others_and_hidden_files_are_let_alone(tmp_path):
    land = Land(tmp_path)
    for file in ("nation.yaml", "README.md", "services/stay/README.md", ".DS_Store", "services/.stay.yaml.swp"):
        land.write(file, b"\xff")

    assert land.errors() == []


def test_a_file_that_is_no_text_is_one_finding(tmp_path):
    land = Land(tmp_path).write("lists/aims.yaml", b"\xff\xfe")

    assert land.errors() == ["lists/aims.yaml:1: is not UTF-8 text; save it as UTF-8"]


def test_a_path_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(BadDeclaration, match="is not a folder"):
        load(tmp_path / "nowhere")


def test_every_kind_of_file_is_found_by_its_module():
    assert {kind.pattern for kind in all_kinds()} == {
        "country.yaml",
        "calendar.yaml",
        "territory.yaml",
        "identifiers.yaml",
        "acts/<id>.yaml",
        "lists/<id>.yaml",
        "agencies/<id>.yaml",
        "life-events/<id>.yaml",
        "agreements/<id>.yaml",
        "registers/<id>/register.yaml",
        "registers/<id>/<language>.yaml",
        "services/<id>/service.yaml",
        "services/<id>/decision.yaml",
        "services/<id>/amounts.yaml",
        "services/<id>/examples.yaml",
        "services/<id>/<language>.yaml",
        "certificates/<id>/certificate.yaml",
        "certificates/<id>/<language>.yaml",
        "certificates/<language>.yaml",
    }


def test_a_country_is_read_in_far_less_than_a_second(tmp_path):
    land = Land(tmp_path)
    land.load()

    began = time.process_time()
    land.load()

    assert time.process_time() - began < 0.5
