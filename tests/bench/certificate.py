"""The full path of a certificate (QR, page, seal) against the plain way and against our parts untuned.

Plain way: qrcode + WeasyPrint (PDF/A-2a) + pyHanko's SimpleSigner. Same text, same fonts, same key.
"""

from __future__ import annotations

import functools
import io
import logging
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measuring import Row, cpu_of, interleaved, own_cpu

PER_ROUND = 8
ROUNDS = 9
MOMENT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def facts(number: int) -> dict[str, object]:
    return {
        "language": "az", "country": "Azərbaycan Respublikası", "agency": "Daxili İşlər Nazirliyi",
        "agency_abbreviation": "DİN", "title": "Yaşayış yeri üzrə qeydiyyat haqqında arayış",
        "number": f"YQ-2026-{number:07d}", "issued_on": "26 noyabr 2026",
        "facts": [
            {"label": "Şəxs", "value": f"Əhmədova Günel Ömər qızı {number}"},
            {"label": "Ünvan", "value": f"Bakı, Nəsimi rayonu, Nizami küçəsi, ev {number % 140}, mənzil 12"},
            {"label": "Qeydiyyat tarixi", "value": "1 may 2019"},
            {"label": "Məqsəd", "value": "Bank üçün"},
        ],
        "law": ["Yaşayış yeri və olduğu yer üzrə qeydiyyat haqqında qanun, maddə 5"],
        "verify_url": f"http://localhost:8000/az/verify/{number:022d}",
        "verify_words": "Yoxlamaq üçün kodu oxudun və ya ünvanı yazın.", "synthetic": True,
        "texts": _words_of_the_page(), "seal": {"signer": "Daxili İşlər Nazirliyi", "words": "Elektron möhür"},
    }  # fmt: skip


@functools.cache
def _words_of_the_page() -> dict[str, str]:
    from pencere.country.reading import load

    country = load(ROOT / "countries/azerbaijan")
    texts = country.certificates["residence"].texts
    return {key: country.text(texts, key, "az") for key in texts}


def html(words: dict[str, object], qr: str) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{row['label']}</th><td>{row['value']}</td></tr>"
        for row in words["facts"]  # type: ignore[attr-defined]
    )
    return (
        "<html lang='az'><head><title>Arayış</title><style>@font-face{font-family:N;src:url(file://"
        f"{ROOT / 'var/assets/fonts/NotoSans-Regular.ttf'})}}body{{font-family:N;font-size:11pt}}td,th{{padding:6pt}}"
        f"</style></head><body><h1>{words['title']}</h1><p>{words['agency']} · {words['number']} · {words['issued_on']}"
        f"</p><table>{rows}</table><p>{words['law']}</p><p>{words['verify_words']} {words['verify_url']}</p>"
        f"<img alt='QR' width='110' src='data:image/svg+xml;base64,{qr}'></body></html>"
    )


def run() -> list[Row]:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        ours, close = _ours(Path(folder))
        sides = {"ours": ours, "untuned": _untuned(Path(folder)), "plain": _plain(Path(folder))}
        cost = interleaved(sides, ROUNDS)
        close()
    per = {name: 1000 * seconds / PER_ROUND for name, seconds in cost.items()}
    return [
        _row("certificate: QR + page + seal, against the plain way", per["ours"], per["plain"], 4),
        _row("certificate, against segno + Typst + pyHanko untuned", per["ours"], per["untuned"], None),
    ]


def _row(what: str, ours: float, theirs: float, goal: float | None) -> Row:
    ratio = theirs / ours
    met = "—" if goal is None else ("yes" if ratio >= goal else "no")
    return Row(what, f"{ours:.1f} ms", f"{theirs:.1f} ms", f"{ratio:.1f} × faster", f"≥ {goal} ×" if goal else "—", met)


def _key(folder: Path) -> tuple[object, tuple[object, ...]]:
    from pencere.certificates.authority import Holder
    from pencere.certificates.keys import KeyStore

    store = KeyStore(folder / "keys", demo=True)
    holder = Holder("din", "Ministry of Internal Affairs", "DİN", "AZ")
    key = next(iter(store.seals_of("din")), None) or store.new(holder, MOMENT)
    return store.secret(key), (key.certificate, store.root())


def _page() -> object:
    from pencere.certificates.rendering import Page

    template = ROOT / "countries/azerbaijan/certificates/residence/page.typ"
    return Page(template, template.parent, ROOT / "var/assets/fonts")


def _ours(folder: Path) -> tuple[Callable[[int], float], Callable[[], None]]:
    from pencere.certificates.rendering import Renderer
    from pencere.certificates.sealing import PyHankoSealer

    secret, chain = _key(folder)
    renderer, sealer = Renderer(), PyHankoSealer(secret, chain)  # type: ignore[arg-type]
    page = _page()

    def once(number: int) -> None:
        words = facts(number)
        pdf = renderer.render(page, words, str(words["verify_url"]), MOMENT)  # type: ignore[arg-type]
        sealer.seal(pdf, signer="DİN", reason="Möhür", moment=MOMENT)

    def side(round_number: int) -> float:
        before = renderer.processor_seconds
        own = own_cpu(lambda: [once(round_number * 1000 + index) for index in range(PER_ROUND)])
        return own + renderer.processor_seconds - before

    return side, renderer.close


def _simple_signer(folder: Path) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives import serialization
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    secret, chain = _key(folder)
    (folder / "plain.pem").write_bytes(
        secret.private_bytes(  # type: ignore[attr-defined]
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    for name, certificate in zip(("plain.crt", "root.crt"), chain, strict=True):
        (folder / name).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))  # type: ignore[attr-defined]
    signer = signers.SimpleSigner.load(
        str(folder / "plain.pem"), str(folder / "plain.crt"), ca_chain_files=(str(folder / "root.crt"),)
    )

    def seal(pdf: bytes) -> bytes:
        out = io.BytesIO()
        meta = signers.PdfSignatureMetadata(field_name="Seal", subfilter=fields.SigSeedSubFilter.PADES)
        signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer, output=out)
        return out.getvalue()

    return seal


def _plain(folder: Path) -> Callable[[int], float]:
    import base64

    import qrcode
    import qrcode.image.svg
    import weasyprint

    seal = _simple_signer(folder)

    def once(number: int) -> None:
        words = facts(number)
        code = qrcode.make(str(words["verify_url"]), image_factory=qrcode.image.svg.SvgPathImage)
        picture = base64.b64encode(code.to_string()).decode()
        seal(weasyprint.HTML(string=html(words, picture)).write_pdf(pdf_variant="pdf/a-2a"))

    return lambda round_number: own_cpu(lambda: [once(round_number * 1000 + 300 + index) for index in range(PER_ROUND)])


def _untuned(folder: Path) -> Callable[[int], float]:
    import json

    import segno
    import typst

    seal = _simple_signer(folder)
    page = _page()
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(page.fonts)])  # type: ignore[attr-defined]
    compiler = typst.Compiler(str(page.template), root=str(page.root), font_paths=fonts)  # type: ignore[attr-defined]

    def once(number: int) -> None:
        words = facts(number)
        out = io.BytesIO()
        segno.make(str(words["verify_url"])).save(out, kind="svg", border=4)
        seal(
            compiler.compile(
                sys_inputs={"facts": json.dumps(words, ensure_ascii=False), "qr": out.getvalue().decode()},
                pdf_standards=["a-2a", "ua-1"],
                timestamp=int(MOMENT.timestamp()),
            )
        )

    return lambda round_number: own_cpu(lambda: [once(round_number * 1000 + 600 + index) for index in range(PER_ROUND)])


__all__ = ["cpu_of", "run"]
