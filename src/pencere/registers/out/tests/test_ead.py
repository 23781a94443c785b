"""Archive holdings as EAD 2002, judged by the schema of the Society of American Archivists and the Library of Congress.

The schema comes with the package `eadator`, fetched when the test runs; nothing of it is kept here.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from datetime import date
from pathlib import Path
from unittest import mock

import pytest
from lxml import etree

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.identity.tests import make as people
from pencere.registers import actions
from pencere.registers.out import taking
from pencere.registers.out.tests import make
from pencere.registers.tests import make as registers

HERE = Path(__file__).parent / "ead"
EAD = "{urn:isbn:1-931666-22-9}"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    folder = tmp_path_factory.mktemp("ead")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", "-r", str(HERE / "requirements.txt"), "-d", str(folder)], check=True,
    )  # fmt: skip
    with tarfile.open(next(folder.glob("eadator-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    ents = next(folder.glob("eadator-*/eadator/ents"))

    class Here(etree.Resolver):  # the schema names the one of XLink by an address of the network
        def resolve(self, url: str, public_id: str, context: object) -> object:
            return self.resolve_filename(str(ents / Path(url).name), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Here())
    return etree.XMLSchema(etree.parse(ents / "ead.xsd", parser))


def _fill() -> None:
    registers.add("archive-fonds", {
        "fond_no": "F-412", "heading": "Toxuculuq <fabriki> & \"Şəfəq\"", "archive": "Nümunə dövlət arxivi",
        "creator": "Fabrik", "kind": "institution", "from_year": 1928, "until_year": 1994, "inventories": 2,
        "files": 3, "history": "Birinci sətir\n\nikinci",
    }, {
        "fond_no": "F-1007", "heading": "Yazıçının fondu", "archive": "Arxiv", "creator": "Nümunəli",
        "kind": "personal", "from_year": 1911, "inventories": 0, "files": 0,
    })  # fmt: skip
    for number in (1, 2):
        registers.add("archive-inventories", {
            "inventory_no": f"F-412/{number}", "fond": "F-412", "number": number, "heading": "Daimi saxlanılan işlər",
            "from_year": 1928, "until_year": 1928 if number == 1 else 1994, "files": 3,
        })  # fmt: skip
    registers.add("archive-files", *({
        "file_no": f"F-412/1/{number}", "inventory": "F-412/1", "number": number, "heading": f"Əmrlər {number}",
        "from": date(1947, 1, 4), "until": date(1947, 12, 29) if number > 1 else None, "sheets": 186,
        "medium": "paper", "language": "ru" if number > 1 else None, "access": "open",
    } for number in range(1, 8)))  # fmt: skip


def _documents(content: bytes) -> dict[str, etree._Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}


@pytest.mark.outside_tool
@pytest.mark.one_engine
def test_the_official_schema_finds_nothing_wrong_and_finds_what_is(schema: etree.XMLSchema) -> None:
    _fill()
    documents = _documents(make.exported("ead", register="archive-fonds"))
    assert len(documents) == 2
    for document in documents.values():
        schema.assertValid(document)
        document.find(f"{EAD}archdesc/{EAD}did").append(etree.Element(f"{EAD}fond"))
        assert not schema.validate(document)


@pytest.mark.parametrize("at_once", [2, 2000])
def test_a_fond_holds_its_inventories_and_these_their_files(at_once: int) -> None:
    _fill()
    with mock.patch.object(taking, "AT_ONCE", at_once):
        documents = _documents(make.exported("ead", register="archive-fonds"))
    fond = next(one for name, one in documents.items() if name.startswith("F-412-"))
    assert fond.findtext(f".//{EAD}langusage/{EAD}language") == "azərbaycan"
    described = fond.find(f"{EAD}archdesc")
    assert described.get("level") == "fonds"
    assert described.findtext(f"{EAD}did/{EAD}unittitle") == 'Toxuculuq <fabriki> & "Şəfəq"'
    series = described.findall(f"{EAD}dsc/{EAD}c")
    assert [one.findtext(f"{EAD}did/{EAD}unitid") for one in series] == ["F-412/1", "F-412/2"]
    files = series[0].findall(f"{EAD}c")
    assert [one.findtext(f"{EAD}did/{EAD}unitid") for one in files] == [f"F-412/1/{n}" for n in range(1, 8)]
    assert files[1].find(f"{EAD}did/{EAD}unitdate").get("normal") == "1947-01-04/1947-12-29"
    assert [p.text for p in described.findall(f"{EAD}bioghist/{EAD}p")] == ["Birinci sətir", "ikinci"]
    other = next(one for name, one in documents.items() if name.startswith("F-1007-"))
    assert other.find(f"{EAD}archdesc/{EAD}dsc") is None


def test_files_stand_in_the_order_of_their_numbers_whenever_they_were_corrected() -> None:
    _fill()
    more = {"inventory": "F-412/1", "heading": "Yazışmalar", "from": date(1948, 1, 4), "sheets": 12, "medium": "paper",
            "access": "open"}  # fmt: skip
    registers.add("archive-files", *({"file_no": f"F-412/1/{number}", "number": number, **more} for number in (11, 10)))
    actions.correct_row("archive-files", {"file_no": "F-412/1/2"}, {"sheets": 187}, on=date(2026, 3, 18),
                        reason="counted again", document="1/26", recorded_by="test", now=registers.NOW)  # fmt: skip

    documents = _documents(make.exported("ead", register="archive-fonds"))
    document = next(each for name, each in documents.items() if name.startswith("F-412-"))
    units = [each.findtext(f"{EAD}did/{EAD}unitid") for each in document.iter(f"{EAD}c") if each.get("level") == "file"]
    assert units == [f"F-412/1/{number}" for number in (1, 2, 3, 4, 5, 6, 7, 10, 11)]


def test_a_level_below_another_is_not_written_alone() -> None:
    with pytest.raises(BadInput):
        make.exported("ead", register="archive-files")
    with pytest.raises(BadInput):
        make.exported("fhir", register="archive-fonds")


def test_everybody_may_have_it_because_all_of_it_is_open() -> None:
    _fill()
    with clock.standing_at(make.NOW.replace(month=4, day=2)):
        answer = people.client().get("/open/archive-fonds.ead.zip")
        assert answer.status_code == 200
        documents = _documents(b"".join(answer.streaming_content))
        assert (
            people.client().get("/open/archive-fonds.ead.zip", headers={"If-None-Match": answer["ETag"]}).status_code
            == 304
        )
        assert 'href="/open/archive-fonds.ead.zip"' in people.client().get("/az/open/").content.decode()
        for register in ("archive-files", "vaccinations", "vehicles", "nothing"):
            assert people.client().get(f"/open/{register}.ead.zip").status_code == 404
    assert len(documents) == 2


def test_only_files_that_are_open_are_published_and_the_archive_keeps_all() -> None:
    _fill()
    registers.add("archive-files", {
        "file_no": "F-412/1/99", "inventory": "F-412/1", "number": 99, "heading": "Nümunəlinin şəxsi işi",
        "from": date(1952, 2, 1), "sheets": 9, "medium": "paper", "access": "restricted",
    }, {
        "file_no": "F-412/2/1", "inventory": "F-412/2", "number": 1, "heading": "Nümunəlinin şəxsi işi",
        "from": date(1952, 2, 1), "sheets": 9, "medium": "paper", "access": "closed",
    })  # fmt: skip
    with clock.standing_at(make.NOW.replace(month=4, day=2)):
        for path in ("archive-fonds.ead.zip", "archive-files.csv", "archive-files.json"):
            content = b"".join(people.client().get(f"/open/{path}").streaming_content)
            if path.endswith("zip"):
                content = b"".join(etree.tostring(one, encoding="utf-8") for one in _documents(content).values())
            assert "Əmrlər 7".encode() in content and "şəxsi işi".encode() not in content
        assert "depends on: Access" in people.client().get("/en/open/").content.decode()
    kept = _documents(make.exported("ead", register="archive-fonds")).values()
    assert sum(etree.tostring(one, encoding="unicode").count("şəxsi işi") for one in kept) == 2


def test_it_is_not_open_when_a_field_of_it_is_not() -> None:
    from dataclasses import replace

    here = country.current()
    files = here.registers["archive-files"]
    assert files.open_data is not None
    closed = replace(files, open_data=replace(files.open_data, fields=("file_no", "inventory", "heading")))
    with registers.using(replace(here, registers={**here.registers, "archive-files": closed})):
        assert people.client().get("/open/archive-fonds.ead.zip").status_code == 404
