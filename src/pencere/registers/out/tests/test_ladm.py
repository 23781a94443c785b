"""Rights to land in the words of ISO 19152, read by RDFLib and Shapely and judged by pySHACL, which are not ours.

There is no official schema of LADM that a test could fetch: the rules in `ladm/` are the standard's, written down by
us; what is held against them is read by others.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from pyshacl import validate
from rdflib import RDF, Graph, Namespace

from pencere import country
from pencere.base.ground import soundness
from pencere.country import ladm as declared
from pencere.ledger import queries as ledger
from pencere.registers.out import speaking
from pencere.registers.out.tests import make
from pencere.registers.tests import make as registers

RULES = Path(__file__).parent / "ladm"
LA, GEO = Namespace("urn:iso:std:iso:19152:ed-1#"), Namespace("http://www.opengis.net/ont/geosparql#")
S, E = registers.SEVINC, registers.ELCIN
BANK, PARCEL = "1400057421", "103-0417-000101"
RING = [[50.1700157, 40.4300038], [50.1702728, 40.4300465], [50.1701967, 40.4303289], [50.1699139, 40.4302825],
        [50.1700157, 40.4300038]]  # fmt: skip
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib"),  # it warns of itself, ten thousand times
]

ROWS: dict[str, list[dict[str, object]]] = {
    "land-cadastre": [
        {"parcel_no": PARCEL, "place": "xezer", "boundary": {"type": "Polygon", "coordinates": [RING]}, "area": "750.5",
         "category": "settlement", "use": "building", "encumbered": False,
         "owners": [{"holder": S, "share": "0.5"}, {"holder": E, "share": "0.5"}]},
        {"parcel_no": "103-0417-000102", "place": "xezer", "boundary": None, "area": "12", "category": "settlement",
         "use": "other", "encumbered": True, "owners": [{"holder": E, "share": "1"}]},
    ],
    "real-estate": [
        {"registry_no": "RN-1", "extract_no": "ÇX-1", "address": registers.HOME, "place": "xezer", "object": "house",
         "area": "84.5", "rooms": 3, "parcel": PARCEL,
         "rights": [{"kind": "ownership", "holder": S, "share": "0.333"}, {"kind": "ownership", "holder": E,
                                                                          "share": "0.667"},
                    {"kind": "lease", "holder": E, "share": "1"}],
         "encumbrances": [
             {"kind": "mortgage", "creditor": BANK, "document": "118/19 \"A\"", "since": date(2019, 4, 12),
              "until": date(2039, 4, 12)},
             {"kind": "arrest", "creditor": None, "document": "2-1/441", "since": date(2025, 2, 3), "until": None},
         ]},
        {"registry_no": "RN-2", "extract_no": "ÇX-2", "address": registers.HOME, "place": None, "object": None,
         "area": None, "rooms": None, "parcel": None, "encumbrances": [],
         "rights": [{"kind": "lifelong_use", "holder": S, "share": "1"}]},
    ],
}  # fmt: skip


def _exported(register: str) -> str:
    registers.add(register, *ROWS[register])
    return make.exported("ladm", register=register).decode()


def _judged(text: str) -> tuple[bool, str]:
    graph = Graph().parse(data=text, format="json-ld")
    conforms, _graph, said = validate(graph, shacl_graph=str(RULES / "rules.ttl"))
    not_whole = [str(found) for found in graph.query((RULES / "shares.rq").read_text())]
    return conforms and not not_whole, said + " ".join(not_whole)


def test_every_register_that_speaks_ladm_is_tried_here() -> None:
    assert {one.id for one in country.current().registers.values() if one.speaks.ladm} == set(ROWS)


@pytest.mark.parametrize("register", ROWS)
def test_the_rules_of_the_standard_find_nothing_wrong(register: str) -> None:
    conforms, said = _judged(_exported(register))
    assert conforms, said


@pytest.mark.parametrize(("written", "wrong"), [
    ('"type":"ownership"', '"kind":"ownership"'),
    ('"numerator":1,"denominator":2', '"numerator":1,"denominator":3'),
    ('"numerator":1,"denominator":2', '"numerator":3,"denominator":2'),
    ('"type":"naturalPerson"', '"type":"person"'),
    ('"areaSize":"750.5"', '"areaSize":"large"'),
    ('"suID":', '"sID":'),
    ('"@type":"LA_Right"', '"@type":"LA_Claim"'),
])  # fmt: skip
def test_the_rules_of_the_standard_find_what_is_wrong(written: str, wrong: str) -> None:
    text = _exported("land-cadastre")
    assert written in text
    assert not _judged(text.replace(written, wrong))[0]


def test_a_house_stands_on_a_parcel_of_the_other_file() -> None:
    graph = Graph()
    for register in ROWS:
        graph.parse(data=_exported(register), format="json-ld")

    houses = set(graph.subjects(RDF.type, LA.LA_LegalSpaceBuildingUnit))
    relations = [one for house in houses for one in graph.objects(house, LA.relationship)]
    (parcel,) = (of for relation in relations for of in graph.objects(relation, LA.su2))
    assert (parcel, RDF.type, LA.LA_SpatialUnit) in graph
    assert str(graph.value(graph.value(parcel, LA.suID), LA.localId)) == PARCEL
    assert len(set(graph.subjects(RDF.type, LA.LA_Party))) == 3, "a party is one, whatever it has"


def test_a_boundary_is_the_shape_that_was_drawn_and_its_area_stands_beside() -> None:
    graph = Graph().parse(data=_exported("land-cadastre"), format="json-ld")
    (wkt,) = graph.objects(None, GEO.asWKT)
    drawn = shapely.from_wkt(str(wkt))
    assert drawn.equals(shapely.Polygon(RING)) and drawn.exterior.is_ccw
    sizes = {}
    for one in graph.subjects(RDF.type, LA.LA_AreaValue):
        if (size := float(graph.value(one, LA.areaSize))) > 100:
            sizes[str(graph.value(one, LA.type))] = size
    assert sizes["officialArea"] == 750.5
    assert sizes["calculatedArea"] == round(soundness.area({"type": "Polygon", "coordinates": [RING]}), 2)


def test_it_is_read_without_rdf_too() -> None:
    unit, other = json.loads(_exported("real-estate"))["@graph"]
    first, _second, lease, mortgage, arrest = unit["rrr"]
    assert unit["@type"] == "LA_BAUnit" and unit["source"]["type"] == "title"
    assert (first["share"]["numerator"], first["share"]["denominator"]) == (333, 1000)
    assert first["timeSpec"].endswith("/..") and first["party"]["extPID"]["localId"] == S
    assert lease["type"] == "lease"
    assert mortgage["@type"] == "LA_Mortgage" and mortgage["timeSpec"] == "2019-04-12/2039-04-12"
    assert mortgage["party"]["type"] == "nonNaturalPerson" and mortgage["party"]["extPID"]["localId"] == BANK
    assert arrest["@type"] == "LA_Restriction" and "party" not in arrest
    assert "relationship" not in other["su"] and "area" not in other["su"]


def test_no_name_of_a_thing_holds_the_number_of_a_person() -> None:
    names = [str(each) for each in Graph().parse(data=_exported("land-cadastre"), format="json-ld").all_nodes()]
    assert not [name for name in names if name.startswith(("urn:", "http")) and (S in name or E in name)]


def test_only_what_is_said_is_read_out_and_looked_at() -> None:
    text = _exported("land-cadastre")
    register = country.current().registers["land-cadastre"]
    assert "encumbered" not in text and "xezer" not in text
    assert ledger.looks_of(S)[0].fields == speaking.fields_of(register, "ladm")
    assert "use" not in ledger.looks_of(S)[0].fields


def test_no_row_is_a_document_without_units() -> None:
    assert json.loads(make.exported("ladm", register="land-cadastre"))["@graph"] == []


def test_a_mapping_that_cannot_be_obeyed_is_refused() -> None:
    here = country.current()
    register = here.registers["real-estate"]
    unit = register.speaks.ladm
    assert unit is not None and unit.space is not None

    def said(**changes: object) -> str:
        changed = replace(register, speaks=replace(register.speaks, ladm=replace(unit, **changes)))
        return " ".join(message for _place, message in declared.problems(here, changed))

    rights, encumbrances = unit.rrr["rights"], unit.rrr["encumbrances"]
    assert said() == ""
    assert 'unknown field "registry"' in said(unit="registry")
    assert '"rooms" is of kind integer, not geometry' in said(space=replace(unit.space, says={"boundary": "rooms"}))
    assert '"address" is of kind address, not ref' in said(space=replace(unit.space, on="address"))
    assert '"lease" of kind is missing' in said(rrr={"rights": replace(rights, kinds={
        code: kind for code, kind in rights.kinds.items() if code != "lease"})})  # fmt: skip
    assert "is somebody's" in said(rrr={"encumbrances": replace(encumbrances, kinds={
        **encumbrances.kinds, "rent": ("LA_Right", "rent")})})  # fmt: skip
    assert "is no group" in said(rrr={"rooms": replace(rights, group="rooms")})
