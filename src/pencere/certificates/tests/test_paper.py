"""The paper in the hands of strangers: other programs read it, verify it, and see when it was changed."""

from __future__ import annotations

import random
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from pencere.certificates import inspection, sealing, seals, trust
from pencere.certificates.authority import Holder
from pencere.certificates.inspection import judge
from pencere.certificates.keys import KeyStore
from pencere.certificates.tests import make
from pencere.certificates.trust import TrustList

LANGUAGES = ("az", "en", "ru")
_kept: dict[str, bytes] = {}


def sealed(language: str) -> bytes:
    if language not in _kept:
        _kept[language] = make.sealed(language)
    return _kept[language]


def trusted() -> TrustList:
    sealed("az")
    return seals.trust_list()


@pytest.fixture
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    language = getattr(request, "param", "az")
    path = tmp_path / f"{language}.pdf"
    path.write_bytes(sealed(language))
    return path


every_language = pytest.mark.parametrize("file", LANGUAGES, indirect=True)


def tool(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


# ---- other programs


@pytest.mark.outside_tool
@every_language
def test_poppler_finds_the_seal_valid_and_trusted(file: Path, tmp_path: Path) -> None:
    store = tmp_path / "nss"
    store.mkdir()
    root = tmp_path / "root.pem"
    root.write_bytes(trusted().root.public_bytes(serialization.Encoding.PEM))
    tool("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    tool("certutil", "-A", "-d", f"sql:{store}", "-n", "root", "-t", "C,C,C", "-i", root)

    told = tool("pdfsig", "-nssdir", store, file)

    assert "Signature is Valid." in told
    assert "Certificate is Trusted." in told
    assert "Total document signed" in told
    assert "Signature Type: ETSI.CAdES.detached" in told


@pytest.mark.outside_tool
def test_openssl_verifies_the_signature_as_cades(file: Path, tmp_path: Path) -> None:
    content = file.read_bytes()
    start, end = hole(content)
    der = bytes.fromhex(content[start + 1 : end - 1].decode())
    for name, part in (("cms", der), ("content", content[:start] + content[end:])):
        (tmp_path / name).write_bytes(part)
    (tmp_path / "root").write_bytes(trusted().root.public_bytes(serialization.Encoding.PEM))

    told = tool(
        "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", tmp_path / "cms",
        "-content", tmp_path / "content", "-CAfile", tmp_path / "root", "-purpose", "any",
        "-attime", int(make.NOW.timestamp()), "-out", "/dev/null",
    )  # fmt: skip

    assert "CAdES Verification successful" in told


@pytest.mark.outside_tool
def test_mupdf_finds_it_unchanged(file: Path) -> None:
    told = tool("mutool", "sign", "-v", file)

    assert "unchanged since signing" in told


@pytest.mark.outside_tool
@every_language
def test_qpdf_finds_no_fault(file: Path) -> None:
    assert "No syntax or stream encoding errors found" in tool("qpdf", "--check", file)


@pytest.mark.outside_tool
@every_language
def test_every_font_is_in_the_file(file: Path) -> None:
    fonts = tool("pdffonts", file).splitlines()[2:]

    assert fonts
    for line in fonts:
        assert re.search(r"Identity-H\s+yes yes yes", line), line


@pytest.mark.outside_tool
@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("az", ["Əliyeva Gülşən İsmayıl qızı", "Yaşayış yeri üzrə qeydiyyat haqqında arayış", "Çingiz", "küçəsi"]),
        ("en", ["Certificate of registered residence", "Əliyeva Gülşən İsmayıl qızı", "1 May 2019"]),
        ("ru", ["Справка о регистрации по месту жительства", "Министерство внутренних дел", "Əliyeva"]),
    ],
    indirect=["file"],
)
def test_every_letter_can_be_read_out(file: Path, words: list[str]) -> None:
    text = " ".join(tool("pdftotext", file, "-").split())

    for word in words:
        assert word in text


@pytest.mark.outside_tool
@every_language
def test_the_qr_code_on_the_drawn_page_leads_to_the_check(file: Path, tmp_path: Path) -> None:
    tool("pdftoppm", "-r", "150", "-png", file, tmp_path / "page")

    told = tool("zbarimg", "-q", "--raw", *tmp_path.glob("page*.png"))

    assert told.splitlines()[0] == make.verify_url(file.stem)


@pytest.mark.outside_tool
def test_it_stays_a_pdf_1_7_that_says_a_2a_and_ua_1(file: Path) -> None:
    content = file.read_bytes()
    told = tool("pdfinfo", "-meta", file)

    for name, value in (("pdfaid:part", "2"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
        assert re.search(rf"{name}(=\"|>){value}", told), name
    assert "PDF version:     1.7" in tool("pdfinfo", file)
    assert "Tagged:          yes" in tool("pdfinfo", file)
    assert content.count(b"/Tabs/S") + content.count(b"/Tabs /S") >= 2
    assert b"/ID [" in content.rpartition(b"trailer")[2]


# ---- the seal


def test_the_seal_adds_a_revision_and_leaves_the_drawn_one_as_it_was() -> None:
    content = sealed("az")
    first = content[: content.index(b"%%EOF") + 5]
    added = content[len(first) :]

    assert b"/F 132" in added
    assert b"/Rect [ 0 0 0 0 ]" in added
    assert b"/TU (Electronic seal)" in added
    assert b"/DocMDP" in added and b"/P 1" in added
    assert b"/Metadata" not in added.replace(b"/Metadata ", b"", 1)
    assert len(content) < 1.25 * len(first)


def hanko(content: bytes) -> object:
    """pyHanko's verdict, with nothing of ours between."""
    from io import BytesIO

    roots = list(load_certs_from_pemder_data(trusted().root.public_bytes(serialization.Encoding.PEM)))
    signature = PdfFileReader(BytesIO(content), strict=True).embedded_signatures[-1]
    context = ValidationContext(trust_roots=roots, moment=make.NOW, allow_fetching=False)
    assert signature.sig_object["/SubFilter"] == SigSeedSubFilter.PADES.value
    return validate_pdf_signature(signature, context)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pyhanko_finds_it_whole_trusted_and_certified_for_no_changes(language: str) -> None:
    status = hanko(sealed(language))

    assert status.bottom_line  # type: ignore[attr-defined]
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE  # type: ignore[attr-defined]
    assert status.modification_level == ModificationLevel.NONE  # type: ignore[attr-defined]
    assert status.signer_reported_dt == make.NOW  # type: ignore[attr-defined]


def test_the_same_input_draws_the_same_bytes() -> None:
    once, again = make.sealed("ru"), make.sealed("ru")

    assert once[: once.index(b"%%EOF")] == again[: again.index(b"%%EOF")]


# ---- what is not genuine


def hole(content: bytes) -> tuple[int, int]:
    found = re.findall(rb"/ByteRange ?\[ ?0 (\d+) (\d+)", content)[-1]
    return int(found[0]), int(found[1])


def test_a_paper_is_known_by_its_seal() -> None:
    judged = judge(sealed("az"), trusted())

    assert judged.found == inspection.SEALED
    assert judged.seal and judged.seal.agency == "din"
    assert judged.moment == make.NOW


def test_no_single_changed_byte_passes() -> None:
    content, list_ = sealed("az"), trusted()
    start, end = hole(content)
    chance = random.Random(20260318)
    anywhere = [chance.randrange(len(content)) for _ in range(800)]
    in_the_seal = [chance.randrange(start, end) for _ in range(500)]
    around = [*range(start - 20, start + 60), *range(end - 20, len(content))]

    for place in [*anywhere, *in_the_seal, *around]:
        changed = bytearray(content)
        changed[place] ^= chance.randrange(1, 256)
        judged = judge(bytes(changed), list_)
        assert judged.found not in (inspection.SEALED, inspection.ADDED), place


@pytest.mark.parametrize("digits", [b"abcdef", b"0"])
def test_the_hole_is_written_in_one_way_only(digits: bytes) -> None:
    content, list_ = sealed("az"), trusted()
    start, end = hole(content)
    written = content[start:end]
    other = written.lower() if digits == b"abcdef" else written[:-2] + b" >"

    assert judge(content[:start] + other + content[end:], list_).found == inspection.CHANGED


def test_bytes_after_the_seal_are_seen() -> None:
    content, list_ = sealed("az"), trusted()

    assert judge(content + b"\n", list_).found == inspection.ADDED
    assert judge(content + content, list_).found != inspection.SEALED


def test_a_page_changed_in_a_later_revision_is_seen() -> None:
    from io import BytesIO

    from pyhanko.pdf_utils import generic

    writer = IncrementalPdfFileWriter(BytesIO(sealed("az")))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(180)
    writer.update_container(page)
    shadow = BytesIO()
    writer.write(shadow)

    judged = judge(shadow.getvalue(), trusted())

    assert (judged.found, judged.seal and judged.seal.agency) == (inspection.ADDED, "din")


def test_a_seal_moved_to_another_file_is_seen() -> None:
    one, other, list_ = sealed("az"), sealed("en"), trusted()
    (start, end), (from_, to) = hole(other), hole(one)
    moved = one[from_:to].ljust(end - start, b"0")[: end - start]

    assert judge(other[:start] + moved + other[end:], list_).found == inspection.CHANGED


def test_a_stranger_with_a_seal_of_the_same_name_is_foreign(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys", demo=True)
    store.ensure(Holder("din", "Daxili İşlər Nazirliyi", "DİN", "AZ"), make.NOW)
    key = store.active("din")
    content = sealed("az")
    drawn = content[: content.index(b"%%EOF") + 6]
    sealer = sealing.PyHankoSealer(store.secret(key), (*key.chain, store.root()))

    forged = sealer.seal(drawn, signer="Daxili İşlər Nazirliyi", reason="Electronic seal", moment=make.NOW)

    judged = judge(forged, trusted())
    assert (judged.found, judged.seal) == (inspection.FOREIGN, None)
    assert "DEMO" in judged.signer


def test_a_compromised_key_and_a_moment_outside_its_window_are_seen(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys", demo=True)
    holder = Holder("din", "Daxili İşlər Nazirliyi", "DİN", "AZ")
    store.ensure(holder, make.NOW)
    key = store.active("din")
    sealer = sealing.PyHankoSealer(store.secret(key), (*key.chain, store.root()))
    content = sealed("az")
    drawn = content[: content.index(b"%%EOF") + 6]

    def found_at(moment_after: timedelta) -> str:
        file = sealer.seal(drawn, signer="DİN", reason="seal", moment=make.NOW + moment_after)
        list_ = trust.read(trust.build(store, {}, country="azerbaijan", url="http://localhost", now=make.NOW))
        return judge(file, list_).found

    assert found_at(timedelta(days=1)) == inspection.SEALED
    assert found_at(timedelta(days=-1)) == inspection.OUT_OF_WINDOW
    store.rotate(holder, make.NOW + timedelta(days=10))
    assert found_at(timedelta(days=9)) == inspection.SEALED
    assert found_at(timedelta(days=11)) == inspection.OUT_OF_WINDOW
    store.retire("din", 1, make.NOW, compromised=True)
    assert found_at(timedelta(days=9)) == inspection.KEY_REVOKED


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", inspection.NOT_PDF),
        (b"PK\x03\x04", inspection.NOT_PDF),
        (b"%PDF-1.7\n" + b"0" * (11 * 1024 * 1024), inspection.TOO_LARGE),
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", inspection.CUT_OFF),
        (b"%PDF-1.7\ntrailer\n<</Encrypt 4 0 R>>\n%%EOF", inspection.ENCRYPTED),
        (b"%PDF-1.7\ntrailer\n<<>>\n%%EOF", inspection.NO_SEAL),
        (b"%PDF-1.7\n/ByteRange [0 20 30 40]<nothex>\n%%EOF" + b" " * 25, inspection.CHANGED),
        (b"%PDF-1.7\n/ByteRange [0 99999999 99999999 9999999999]\n%%EOF", inspection.NO_SEAL),
        (b"%PDF-1.7\n/ByteRange [0 9999999999 1 2]\n%%EOF", inspection.NO_SEAL),
    ],
)
def test_what_is_no_paper_is_named(content: bytes, found: str) -> None:
    assert judge(content, trusted()).found == found


def test_a_cut_paper_is_seen_at_every_length() -> None:
    content, list_ = sealed("az"), trusted()

    for length in [*range(0, len(content), 997), *range(len(content) - 300, len(content))]:
        assert judge(content[:length], list_).found not in (inspection.SEALED, inspection.ADDED), length
