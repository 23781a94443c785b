"""A case knows the version of the declarations under which it was submitted: what counts for that, and what not."""

from pencere.country.tests.harbour import HARBOUR
from pencere.country.tests.make import AGREEMENT, CERTIFICATE, DECISION, EXAMPLES, SERVICE, Land


def hashes(land, id="stay"):
    service = land.load().services[id]
    return service.content_hash, service.texts_hash


def changes(land, file, old, new, id="stay"):
    """Whether the service's content and its texts are other ones after the change."""
    before = hashes(land, id)
    land.replace(file, old, new)
    after = hashes(land, id)
    return before[0] != after[0], before[1] != after[1]


def test_comments_order_and_layout_change_nothing(tmp_path):
    land = Land(tmp_path)

    assert changes(
        land, SERVICE, "agency: town\nlaw: people-law 3\n", "law: 'people-law 3'  # art.\nagency: town\n"
    ) == (
        False,
        False,
    )
    assert changes(land, DECISION, "absent | null         |", "absent | null|") == (False, False)


def test_a_rule_an_amount_and_a_step_change_the_content(tmp_path):
    land = Land(tmp_path)

    assert changes(land, DECISION, "absent | null         | -          | -                || refuse",
                   "absent | null         | -          | -                || officer") == (True, False)  # fmt: skip
    assert changes(land, "services/stay/amounts.yaml", "2026-01-01: 3", "2026-01-01: 4") == (True, False)
    assert changes(land, SERVICE, "within: 2 working_days", "within: 3 working_days") == (True, False)


def test_what_the_service_refers_to_changes_the_content(tmp_path):
    land = Land(tmp_path)

    for file, old, new in (
        ("registers/stays/register.yaml", "  address: address", "  address: text"),
        ("registers/plots/register.yaml", "[valid, gone]", "[valid, gone, sunk]"),
        ("agreements/town-land.yaml", "law: people-law 4", "law: people-law 14"),
        ("lists/aims.yaml", "  school:", "  study:"),
        (CERTIFICATE, "  address: address", "  address: optional address"),
        ("country.yaml", "facts: [name, birth_date]", "facts: [birth_date, name]"),
        ("calendar.yaml", "skip: [weekend, holiday]", "skip: [weekend]"),
    ):
        assert changes(land, file, old, new) == (True, False), file


def test_what_steps_places_and_fees_refer_to_changes_the_content(tmp_path):
    land = Land(tmp_path, HARBOUR)

    for file, old, new in (
        ("registers/lettings/register.yaml", "let: {change: add", "let: {change: replace, key: [person]"),
        ("registers/lettings/register.yaml", "serial L-{year}", "serial M-{year}"),
        ("registers/berths/register.yaml", "places: boats", "places: 4"),
        ("registers/berths/register.yaml", "  harbour: text", "  harbour: optional text"),
        ("registers/boats/register.yaml", "on: replace, when: {state: not(null)}", "on: add, when: {state: not(null)}"),
        (AGREEMENT, "moor: {write: boats.moor", "moor: {per_day: 4, write: boats.moor"),
        ("country.yaml", "service_fee: '7'", "service_fee: '8'"),
        ("calendar.yaml", "skip: [weekend, holiday]", "skip: [weekend]"),
    ):
        assert changes(land, file, old, new, "berth") == (True, False), file
    assert changes(land, "registers/berths/register.yaml", "every: month", "every: year", "berth")[0] is False


def test_what_the_service_does_not_use_and_its_examples_change_nothing(tmp_path):
    land = Land(tmp_path)

    assert changes(land, "registers/people/register.yaml", "change: add", "change: add") == (False, False)
    assert changes(land, "registers/stays/register.yaml", "of: stay", "of: home") == (False, False)
    assert changes(land, EXAMPLES, "months: 4", "months: 5") == (False, False)
    assert changes(land, "country.yaml", "currency: EUR", "currency: GEL") == (False, False)


def test_a_sentence_changes_the_hash_of_the_texts_alone(tmp_path):
    assert changes(Land(tmp_path), "services/stay/en.yaml", "Says where", "Tells where") == (False, True)


def test_the_page_and_the_facts_change_the_hash_of_a_certificate(tmp_path):
    land = Land(tmp_path)
    seen = {land.load().certificates["paper"].content_hash}

    land.write("certificates/paper/page.typ", '= Paper\n#words("statement")\n')
    seen.add(land.load().certificates["paper"].content_hash)
    land.replace(CERTIFICATE, "valid: {until: superseded}", "valid: forever")
    seen.add(land.load().certificates["paper"].content_hash)
    land.write("certificates/sheet.typ", "= Sheet\n")
    seen.add(land.load().certificates["paper"].content_hash)

    assert len(seen) == 4


def test_the_hash_stays_what_it_was(tmp_path):
    """A change here is a new version of every declaration: cases in hand would be read under the old one."""
    assert hashes(Land(tmp_path))[0].startswith("7b8d2719e77bbb39")
