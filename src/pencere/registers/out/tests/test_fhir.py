"""Health records in the words of FHIR R4, judged by HL7's own validator."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pencere import country
from pencere.ledger import queries as ledger
from pencere.registers.out import speaking
from pencere.registers.out.tests import make
from pencere.registers.tests import make as registers
from tests import tools

HERE = Path(__file__).parent / "hl7"
pytestmark = pytest.mark.django_db(transaction=True)
S, E, N = registers.SEVINC, registers.ELCIN, registers.NIGAR

ROWS: dict[str, list[dict[str, object]]] = {
    "vaccinations": [
        {"record_no": "PV-1", "person": S, "vaccine": "bcg", "dose": 0, "given_on": date(2014, 9, 3),
         "facility": "Nümunə <doğum> \"evi\"", "batch": "HB-2214", "next_due_on": date(2015, 9, 3)},
        {"record_no": "PV-2", "person": N, "vaccine": "bcg", "dose": 20, "given_on": date(2014, 9, 7),
         "facility": "Nümunə"},
    ],
    "birth-records": [
        {"record_no": "TD-1", "facility": "Nümunə", "born_on": date(2026, 3, 11), "sex": "female", "mother": S,
         "vital": "live", "weight": 3400, "length": 52, "weeks": 40, "child": N},
        {"record_no": "TD-2", "facility": "Nümunə", "born_on": date(2026, 3, 12), "sex": "male", "mother": S,
         "vital": "still"},
    ],
    "death-records": [
        {"record_no": "TO-1", "facility": "Nümunə", "person": E, "died_on": date(2025, 12, 2), "cause": "ürək; ağciyər",
         "cause_code": "I21.9", "place": "home"},
        {"record_no": "TO-2", "facility": "Nümunə", "person": S, "died_on": date(2025, 12, 2)},
    ],
    "disabilities": [
        {"decision_no": "QR-1", "person": S, "percent": 70, "degree": "ii", "cause": "general",
         "until": date(2027, 5, 1)},
        {"decision_no": "QR-2", "person": E, "percent": 100, "degree": "i", "cause": "war"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def found_wrong(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], list[str]]:
    """Asks HL7's validator."""
    folder = tmp_path_factory.mktemp("hl7")
    classpath = tools.compiled(HERE / "Check.java", folder)

    def ask(of: Path) -> list[str]:
        files = sorted(map(str, of.glob("*.json")))
        asked = subprocess.run(["java", "-Xshare:auto", "-cp", classpath, "Check", *files], check=True, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
        return [line for line in asked.stdout.splitlines() if line.split("\t")[1] in ("ERROR", "FATAL")]

    return ask


def _bundle(register: str) -> dict[str, Any]:
    registers.add(register, *ROWS[register])
    found: dict[str, Any] = json.loads(make.exported("fhir", register=register))
    return found


def test_every_register_that_speaks_fhir_is_tried_here() -> None:
    assert {one.id for one in country.current().registers.values() if one.speaks.fhir} == set(ROWS)


@pytest.mark.outside_tool
@pytest.mark.one_engine
def test_hl7s_validator_finds_nothing_wrong_and_finds_what_is(
    tmp_path: Path, found_wrong: Callable[[Path], list[str]]
) -> None:
    for register in ROWS:
        bundle = _bundle(register)
        (tmp_path / f"{register}.json").write_text(json.dumps(bundle), encoding="utf-8")
        broken = bundle["entry"][-1]["resource"]
        broken["gender" if broken["resourceType"] == "Patient" else "status"] = "perhaps"
        broken.pop("code", None)
        (tmp_path / f"broken-{register}.json").write_text(json.dumps(bundle), encoding="utf-8")

    found = found_wrong(tmp_path)

    assert [line for line in found if "/broken-" not in line] == []
    assert {Path(line.split("\t")[0]).stem for line in found} == {f"broken-{register}" for register in ROWS}


def test_a_vaccination_is_an_immunization_of_the_person() -> None:
    first, second = (entry["resource"] for entry in _bundle("vaccinations")["entry"])
    assert first["resourceType"] == "Immunization" and first["status"] == "completed"
    assert first["patient"]["identifier"]["value"] == S
    assert first["patient"]["identifier"]["system"].endswith("/identifiers/fin")
    assert first["vaccineCode"]["coding"][0]["code"] == "bcg" and first["vaccineCode"]["coding"][0]["display"]
    assert first["protocolApplied"] == [{"doseNumberString": "0"}]
    assert "lotNumber" not in second


def test_what_is_unknown_makes_no_resource_and_no_element() -> None:
    entries = _bundle("birth-records")["entry"]
    named = [entry["resource"]["resourceType"] for entry in entries]
    assert named == ["Patient", "RelatedPerson", "Observation", "Observation", "Observation", "Observation",
                     "Patient", "RelatedPerson", "Observation"]  # fmt: skip
    assert "deceasedBoolean" not in entries[0]["resource"]
    assert entries[6]["resource"]["deceasedBoolean"] is True, "a stillborn child is no living patient"
    assert [each["value"] for each in entries[0]["resource"]["identifier"]] == ["TD-1", N]
    assert len({entry["fullUrl"] for entry in entries}) == len(entries)
    assert entries[3]["resource"]["valueQuantity"] == {
        "value": 3400, "unit": "g", "system": "http://unitsofmeasure.org", "code": "g",
    }  # fmt: skip


def test_a_cause_of_death_is_a_code_of_icd_10() -> None:
    coded = [
        entry["resource"] for entry in _bundle("death-records")["entry"] if "valueCodeableConcept" in entry["resource"]
    ]
    assert coded[0]["valueCodeableConcept"]["coding"] == [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I21.9"}]


def test_only_what_is_said_is_read_out_and_looked_at() -> None:
    text = json.dumps(_bundle("vaccinations"))
    assert "next_due" not in text and "2015-09-03" not in text
    register = country.current().registers["vaccinations"]
    assert ledger.looks_of(S)[0].fields == speaking.fields_of(register, "fhir")
    assert "next_due_on" not in ledger.looks_of(S)[0].fields


def test_a_resource_a_line_says_the_same() -> None:
    entries = _bundle("disabilities")["entry"]
    lines = make.exported("fhir-ndjson", register="disabilities").splitlines()
    assert [json.loads(line) for line in lines] == [entry["resource"] for entry in entries]


def test_no_row_is_a_bundle_without_entries() -> None:
    assert "entry" not in json.loads(make.exported("fhir", register="vaccinations"))
