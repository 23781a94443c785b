from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pencere import country
from pencere.certificates.page_check import compile_page
from pencere.country.checking import check
from pencere.country.reading import load

COUNTRIES = country.current().folder.parent


@pytest.mark.parametrize("name", ["azerbaijan", "template"])
def test_every_page_compiles_with_every_letter_in_every_language(name: str) -> None:
    here = load(COUNTRIES / name)

    problems = [
        compile_page(here, kind, language) for kind in here.certificates.values() for language in here.languages
    ]

    assert problems and set(problems) == {None}


def test_a_broken_page_is_a_finding_with_the_words_of_typst(tmp_path: Path) -> None:
    folder = tmp_path / "template"
    shutil.copytree(COUNTRIES / "template", folder)
    page = folder / "certificates" / "home" / "page.typ"
    page.write_text(page.read_text() + "\n#given.does-not-exist\n")

    findings = [str(finding) for finding in check(folder, compile_page=compile_page)]

    assert any("certificates/home/page.typ" in one and "does-not-exist" in one for one in findings)


def test_a_page_that_names_a_package_is_a_finding(tmp_path: Path) -> None:
    folder = tmp_path / "template"
    shutil.copytree(COUNTRIES / "template", folder)
    page = folder / "certificates" / "home" / "page.typ"
    page.write_text('#import "@preview/cetz:0.3.0"\n' + page.read_text())

    findings = [str(finding) for finding in check(folder, compile_page=compile_page)]

    assert any("names a package" in one for one in findings)
