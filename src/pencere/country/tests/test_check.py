"""The checker as a whole: the day that counts, one folder of many, the page of a certificate, warnings."""

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pencere.base import clock
from pencere.country.checking import check
from pencere.country.tests.harbour import HARBOUR
from pencere.country.tests.make import AGREEMENT, AMOUNTS, AS_OF, DECISION, EXAMPLES, FILES, SERVICE, Land


def test_an_agreement_that_ends_within_90_days_is_a_warning(tmp_path):
    land = Land(tmp_path)
    land.replace(
        "calendar.yaml", "days:\n", "days:\n  2028-01-01: {kind: holiday, name: {en: N, ka: N}, state: official}\n"
    )
    land.replace(
        "calendar.yaml", "days:\n", "days:\n  2027-01-01: {kind: holiday, name: {en: N, ka: N}, state: official}\n"
    )

    assert land.warnings(date(2028, 9, 1)) == []
    assert land.warnings(date(2028, 12, 1)) == [
        "agreements/town-land.yaml:4: valid: the agreement ends on 2028-12-31, in 30 days",
        "calendar.yaml:5: days: the days of 2029 are missing; the year is near",
    ]


def test_what_is_to_be_confirmed_is_a_warning(tmp_path):
    land = Land(tmp_path)
    land.replace(AMOUNTS, "unit: months", "unit: months, status: assumed")
    land.write("acts/people-law.yaml", "title: {en: Law on people}\nstatus: to_be_confirmed\n")
    land.replace("territory.yaml", "classifier: own", "classifier: own\nstatus: to_be_confirmed")

    assert land.errors() == []
    assert land.warnings() == [
        "acts/people-law.yaml:2: status: the act is to be confirmed",
        "services/stay/amounts.yaml:1: least: the value is assumed; the agency has to confirm it",
        "territory.yaml:2: status: the classifier is to be confirmed",
    ]
    assert len(land.load().findings) == 3


def test_the_law_of_the_day_counts(tmp_path):
    land = Land(tmp_path)

    errors = land.errors(date(2024, 6, 1))

    assert (
        "services/stay/service.yaml:18: evidence.plot: the agreement town-land is valid only from 2025-01-01" in errors
    )


def test_every_use_of_a_repealed_act_is_named(tmp_path):
    land = Land(tmp_path)
    land.write("acts/new-law.yaml", "title: {en: New law}\nnumber: '2'\ndate: 2025-01-01\nin_force: 2026-01-01\n")
    land.replace("acts/people-law.yaml", "in_force: 2000-02-01\n",
                 "in_force: 2000-02-01\nuntil: 2025-12-31\nrepealed_by: new-law\n")  # fmt: skip

    errors = land.errors()

    assert len(errors) == 20
    assert all(error.endswith("people-law was in force until 2025-12-31; new-law took its place") for error in errors)


def test_a_folder_is_checked_with_the_lists_and_acts_that_it_takes(tmp_path):
    land = Land(tmp_path)
    register = "registers/people/register.yaml"
    land.write(register, land.text(register).replace(
        "  name: {kind: text", "  aim: {kind: choice, of: list:aims, required: no}\n  name: {kind: text"))  # fmt: skip
    for language in ("en", "ka"):
        land.write(f"registers/people/{language}.yaml", land.text(f"registers/people/{language}.yaml") + "aim: Aim\n")
    assert land.errors(only="registers/people") == []

    land.write("lists/aims.yaml", "law: people-law 4\nvalues:\n  work: {en: Work}\n  work: {en: Again}\n")
    land.write("acts/people-law.yaml", "title: {en: Law on people}\nnumber: '1'\ndate: someday\n")
    land.write("acts/other-law.yaml", "title: {en: Other}\ndate: never\n")

    found = land.errors(only="registers/people")
    assert {each.partition(":")[0] for each in found} == {"lists/aims.yaml", "acts/people-law.yaml"}
    assert {each.partition(":")[0] for each in land.errors(only="lists")} >= {"acts/people-law.yaml"}


def test_one_folder_can_be_checked_alone(tmp_path):
    land = Land(tmp_path)
    land.replace("registers/plots/register.yaml", "law: people-law 4", "law: plot-law 4")
    land.replace(SERVICE, "law: people-law 3", "law: stay-law 3")

    assert land.errors(only="services/stay") == ['services/stay/service.yaml:2: law: there is no act "stay-law"']
    assert len(land.errors()) == 2
    assert land.errors(only="agencies/town.yaml") == []


def test_the_page_of_a_certificate_is_compiled_in_every_language_by_whoever_can(tmp_path):
    asked = []

    def compile_page(country, certificate, language):
        asked.append((certificate.id, language))
        return "unclosed delimiter" if language == "ka" else None

    errors = Land(tmp_path).errors(compile_page=compile_page)

    assert asked == [("paper", "en"), ("paper", "ka")]
    assert errors == ["certificates/paper/page.typ:1: does not compile in ka: unclosed delimiter"]


def test_a_certificate_without_its_page_is_an_error(tmp_path):
    errors = Land(tmp_path).drop("certificates/paper/page.typ").errors()

    assert errors == ["certificates/paper/page.typ:1: is missing: the page of the certificate"]


def test_a_language_without_texts_is_one_finding(tmp_path):
    errors = Land(tmp_path).drop("services/stay/ka.yaml").errors()

    assert errors == ["services/stay/ka.yaml:1: is missing: the texts in ka"]


def test_a_service_without_examples_reaches_no_rule(tmp_path):
    errors = Land(tmp_path).drop(EXAMPLES).errors()

    assert [error.split('"')[1] for error in errors] == ["absent", "gone", "early", "unsure", "lives"]


def test_findings_stand_in_the_order_of_files_and_lines(tmp_path):
    land = Land(tmp_path)
    land.replace(SERVICE, "law: people-law 3", "law: stay-law 3")
    land.replace(SERVICE, "agency: town", "agency: twon")
    land.replace(AGREEMENT, "law: people-law 4", "law: stay-law 4")

    findings = check(land.path, AS_OF)

    assert list(findings) == sorted(findings)
    assert len(findings) == 3


def test_without_a_day_today_counts(tmp_path):
    land = Land(tmp_path)

    with clock.standing_at(datetime(2026, 3, 18, 12, tzinfo=UTC)):
        assert check(land.path) == ()
    with clock.standing_at(datetime(2030, 3, 18, 12, tzinfo=UTC)):
        assert "agreements/town-land.yaml:4: valid: the agreement ended on 2028-12-31" in map(str, check(land.path))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_slip_of_the_pen_makes_the_checker_crash(tmp_path, data):
    land = Land(tmp_path, HARBOUR)
    files = FILES | HARBOUR
    file = data.draw(st.sampled_from(sorted(files)))
    lines = files[file].split("\n")
    number = data.draw(st.integers(0, len(lines) - 1))
    other = files[data.draw(st.sampled_from(sorted(files)))].split("\n")
    lines[number] = data.draw(st.sampled_from(["", *other]) | st.text(max_size=20))
    land.write(file, "\n".join(lines).encode("utf-8", "surrogatepass"))

    assert all(finding.line >= 1 for finding in check(land.path, AS_OF))


def test_papers_share_words_and_each_may_have_its_own(tmp_path):
    land = Land(tmp_path)
    for language in ("en", "ka"):
        land.write(f"certificates/{language}.yaml", f"page.statement: shared {language}\npage.number: number\n")
    assert land.errors() == []
    texts = land.load().certificates["paper"].texts
    assert texts["page.number"] == {"en": "number", "ka": "number"}
    assert texts["page.statement"]["en"] == "It is so."

    land.write("certificates/ka.yaml", "page.number: number\ntitle: not shared\n")
    assert land.errors() == [
        'certificates/ka.yaml:1: the text "page.statement" is missing (en has it)',
        'certificates/ka.yaml:2: nothing uses the text "title"',
    ]


def test_a_service_that_ended_stands_on_the_law_of_its_last_day(tmp_path):
    land = Land(tmp_path).replace(SERVICE, "since: 2010-01-01", "since: 2010-01-01\nuntil: 2026-05-31")
    land.write("acts/people-law.yaml", land.text("acts/people-law.yaml") + "until: 2026-12-31\n")

    assert land.errors(date(2026, 12, 31)) == []
    told = [each for each in land.errors(date(2027, 1, 1)) if each.startswith("services/stay/")]
    assert told == []
    assert land.warnings(date(2026, 5, 1)) == [
        "services/stay/service.yaml:4: until: the service ends on 2026-05-31, in 30 days"
    ]
    assert land.warnings(date(2026, 6, 1)) == ["services/stay/service.yaml:4: until: the service ended on 2026-05-31"]


def test_a_new_amount_counts_from_its_day_and_is_proven_before_it_comes(tmp_path):
    """A table whose cells name an amount is proven under each of its values, also those of the future."""
    land = Land(tmp_path).replace(AMOUNTS, "2026-01-01: 3}", "2026-01-01: 3, 2027-01-01: 30}")

    assert land.errors(date(2026, 3, 18)) == []
    land.replace(DECISION, ">= amounts.least ||", "[amounts.least..12] ||")
    assert any("(from 2027-01-01)" in each for each in land.errors(date(2026, 3, 18)))
