from __future__ import annotations

import hashlib
import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from pencere.base import clock
from pencere.certificates import actions, guessing, rules
from pencere.certificates.tests import make
from pencere.identity.actions import sign_in
from pencere.identity.queries import LEVEL_KEY, SIGNED_IN_KEY
from pencere.ledger import queries as ledger

pytestmark = pytest.mark.django_db
START = "/en/verify/"


@pytest.fixture(autouse=True)
def fresh_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "buckets", guessing.Buckets())


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost:8000"})


def signed_in(identifier: str) -> Client:
    client = Client(headers={"host": "localhost:8000"})
    account = sign_in(identifier, "Gülşən", "substantial", clock.now())
    client.force_login(account)
    session = client.session
    session[LEVEL_KEY] = "substantial"
    session[SIGNED_IN_KEY] = clock.now().timestamp()
    session.save()
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()


def send(client: Client, content: bytes, name: str = "paper.pdf") -> str:
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    response = client.post(START, {"file": file, "sha256": ""})
    assert response.status_code == 200
    return text(response)


def test_it_works(client: Client) -> None:
    response = client.get(START)

    assert response.status_code == 200
    assert "checked and not kept" in text(response)


def test_a_typed_address_leads_to_the_page_of_its_code(client: Client) -> None:
    response = client.post(START, {"code": "http://localhost:8000/az/verify/AbCdEfGhIjKlMnOpQrStUv"})

    assert response.status_code == 302
    assert response["Location"] == "/en/verify/AbCdEfGhIjKlMnOpQrStUv"


def test_what_is_no_code_is_given_back_with_a_sentence(client: Client) -> None:
    response = client.post(START, {"code": "YQ-2026-0482913"})

    assert response.status_code == 200
    assert "This is not a code of a document" in text(response)
    assert 'value="YQ-2026-0482913"' in text(response)
    assert "<title>Error:" in text(response)


def test_the_page_of_a_genuine_code_shows_state_issuer_and_day_and_no_fact(client: Client) -> None:
    issued = make.issued()

    page = text(client.get(f"/en/verify/{issued.code}"))

    assert "This document is genuine" in page
    assert "Ministry of Internal Affairs" in page
    assert "18 March 2026" in page
    assert "Əliyeva" not in page and "Mustafayev" not in page and issued.row.number not in page
    assert make.SUBJECT not in page and make.HOLDER not in page


def test_facts_follow_the_second_factor(client: Client) -> None:
    issued = make.issued()

    wrong = text(client.post(f"/en/verify/{issued.code}", {"answer": "1990"}))
    right = text(client.post(f"/en/verify/{issued.code}", {"answer": "1989", "organisation": "Bank"}))

    assert "This is not what stands on the document" in wrong and "Əliyeva" not in wrong
    assert "Əliyeva Gülşən İsmayıl qızı" in right and "1 May 2019" in right
    assert "Mustafayev" not in right
    assert ledger.looks_of(make.SUBJECT)[0].who == "public:Bank"


def test_every_state_is_answered_alike(client: Client) -> None:
    genuine = make.issued(case="AAAAA-AAAA1", subject="1AA11AA")
    revoked = make.issued(case="AAAAA-AAAA2", subject="2AA11AA")
    actions.revoke(revoked.row.id, reason="error", by=make.REGISTRAR, account="a", case="", now=make.NOW)

    for base, step in (("/az/verify/", 12_288), ("/ru/verify/", 12_288), ("/api/verify/", 1024)):
        answers = [client.get(f"{base}{code}") for code in (genuine.code, revoked.code, "A" * 22, "short")]

        assert {answer.status_code for answer in answers} == {200}
        assert len({len(answer.content) for answer in answers}) == 1
        assert len(answers[0].content) == step
        for answer in answers:
            assert answer["Cache-Control"] == "no-store"
            assert answer["Referrer-Policy"] == "no-referrer"
            assert "noindex" in answer["X-Robots-Tag"]
            assert not answer.cookies


def test_a_revocation_is_seen_at_the_next_check(client: Client) -> None:
    issued = make.issued()
    before = text(client.get(f"/en/verify/{issued.code}"))

    actions.revoke(issued.row.id, reason="error", by=make.REGISTRAR, account="a", case="", now=make.NOW)

    after = text(client.get(f"/en/verify/{issued.code}"))
    assert "This document is genuine" in before
    assert "This document was taken back" in after and "This document is genuine" not in after
    assert "This document was taken back" in send(client, issued.files["az"])


@pytest.mark.parametrize(
    ("language", "words"),
    [("az", "Bu sənəd həqiqidir"), ("en", "This document is genuine"), ("ru", "Этот документ подлинный")],
)
def test_the_state_is_told_in_the_readers_language(client: Client, language: str, words: str) -> None:
    issued = make.issued()

    assert words in text(client.get(f"/{language}/verify/{issued.code}"))


def test_a_file_is_checked_byte_by_byte(client: Client) -> None:
    issued = make.issued()
    file = issued.files["ru"]
    changed = bytearray(file)
    changed[1000] ^= 1

    assert "byte for byte, the one that was issued" in send(client, file)
    assert "The file was changed after it was sealed" in send(client, bytes(changed))
    assert "then something was added to it" in send(client, file + b"%")
    assert "The file is cut off" in send(client, file[:20_000])
    assert "The file is not a PDF" in send(client, b"")
    assert "The file is not a PDF" in send(client, b"GIF89a")
    assert "no electronic seal" in send(client, b"%PDF-1.4\ntrailer<<>>\n%%EOF")
    assert "protected with a password" in send(client, b"%PDF-1.4\ntrailer<</Encrypt 1 0 R>>\n%%EOF")
    assert "larger than 10 MB" in send(client, b"%PDF-1.4" + bytes(10 * 1024 * 1024 + 1))
    assert "larger than 10 MB" in send(client, bytes(11 * 1024 * 1024))


def test_nothing_of_the_sent_file_touches_the_disk(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr("django.core.files.temp.NamedTemporaryFile", refuse)
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse)

    assert "not what was issued" in send(client, b"%PDF-1.4" + bytes(9 * 1024 * 1024))


def test_the_hash_alone_is_enough(client: Client) -> None:
    issued = make.issued()
    sha256 = hashlib.sha256(issued.files["az"]).hexdigest()

    known = text(client.post(START, {"sha256": sha256}))
    unknown = text(client.post(START, {"sha256": "0" * 64}))

    assert "This document is genuine" in known
    assert "No document with exactly these bytes" in unknown and "?send#file" in unknown
    assert 'id="by-file"' not in text(client.get("/en/verify/?send"))


def test_no_file_is_asked_for_again(client: Client) -> None:
    assert "Choose the PDF file that you were given" in text(client.post(START, {"sha256": "no hash"}))


def test_who_guesses_is_slowed_down_and_learns_nothing(client: Client) -> None:
    issued = make.issued()
    for number in range(guessing.MOST_MISSES):
        client.get(f"/api/verify/{number:022d}")

    refused = [client.get(f"/en/verify/{code}") for code in (issued.code, "B" * 22)]
    machine = client.get(f"/api/verify/{issued.code}")
    elsewhere = client.get(f"/en/verify/{issued.code}", REMOTE_ADDR="198.51.100.1")

    assert [one.status_code for one in (*refused, machine, elsewhere)] == [429, 429, 429, 200]
    assert refused[0].content == refused[1].content.replace(b"B" * 22, issued.code.encode())
    assert int(machine["Retry-After"]) > 0


def test_the_machine_gets_the_same_by_the_same_rules(client: Client) -> None:
    issued = make.issued()

    state = client.get(f"/api/verify/{issued.code}").json()
    wrong = client.post(f"/api/verify/{issued.code}", {"second_factor": "1990"}, "application/json").json()
    right = client.post(f"/api/verify/{issued.code}", {"second_factor": 1989}, "application/json").json()
    unknown = client.get(f"/api/verify/{'A' * 22}").json()
    bad = client.post(f"/api/verify/{issued.code}", "[1", "application/json")

    assert (state["state"], state["agency"], state["issued_on"], state["facts"]) == (
        "genuine", "din", "2026-03-18", None,
    )  # fmt: skip
    assert (wrong["answer"], wrong["facts"]) == ("wrong", None)
    assert right["facts"] == {"person": make.FACTS["person"], "from": "2019-05-01"}
    assert unknown["state"] == rules.UNKNOWN and set(unknown) == set(state)
    assert bad.status_code == 400


def test_the_trust_list_is_public_and_fits_the_papers(client: Client) -> None:
    from pencere.certificates import inspection, trust

    issued = make.issued()

    response = client.get("/.well-known/pencere-trust.json")

    judged = inspection.judge(issued.files["az"], trust.read(response.content))
    assert judged.found == "sealed"
    assert "max-age" in response["Cache-Control"]


def test_the_owner_downloads_the_paper_and_the_look_is_written() -> None:
    issued = make.issued()
    address = f"/az/me/documents/{issued.row.id}/az.pdf"

    response = signed_in(make.HOLDER).get(address)

    assert response.content == issued.files["az"]
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(issued.files["az"]))
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Ya%C5%9Fay%C4%B1%C5%9F")
    (look,) = ledger.looks_of(make.SUBJECT)
    assert (look.kind, look.ground, look.who) == ("own", "own", "person")


def test_a_stranger_gets_the_page_of_what_is_not_there(client: Client) -> None:
    issued = make.issued()
    address = f"/az/me/documents/{issued.row.id}/az.pdf"
    nowhere = "/az/me/documents/00000000-0000-4000-8000-000000000000/az.pdf"
    stranger = signed_in("9ZZ99ZZ")

    others, nothing = stranger.get(address), stranger.get(nowhere)

    assert others.status_code == nothing.status_code == 404
    assert others.content.replace(str(issued.row.id).encode(), b"") == nothing.content.replace(
        b"00000000-0000-4000-8000-000000000000", b""
    )
    assert client.get(address).status_code == 302
    assert ledger.looks_of(make.SUBJECT) == ()


def test_no_code_and_no_identifier_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        issued = make.issued()
        client.get(f"/en/verify/{issued.code}")
        client.post(f"/en/verify/{issued.code}", {"answer": "1989"})
        client.get(f"/api/verify/{issued.code}")
        client.delete(f"/api/verify/{issued.code}")
        send(client, issued.files["az"])

    said = "\n".join(str(record.msg) + str(record.args or "") for record in caplog.records)
    from pencere.conf.logs import blot

    assert issued.code not in blot(said)
    assert make.SUBJECT not in said and make.HOLDER not in said and "Əliyeva" not in said
