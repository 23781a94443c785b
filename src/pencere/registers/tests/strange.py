"""A country with a register of every kind: the template, and registers here and elsewhere that give, tell and hold."""

from __future__ import annotations

import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import yaml

from pencere.country.declarations import Country
from pencere.country.reading import load

TEMPLATE = Path(__file__).resolve().parents[4] / "countries" / "template"
ANNA, VERA, THEO, IRIS = "010002001", "820481357", "011111116", "223456789"
"""Four persons."""

REGISTERS = {
    # --- kept here by the agency of the services
    "licences": """
        agency: registry
        kept: here
        law: people-law 2
        of: licence
        key: licence_no
        dated: yes
        fields:
          licence_no: {kind: text, given: 'serial L-{year}-{n:6}'}
          person: {kind: person, personal: ordinary, search: exact}
          granted_on: {kind: date, given: moment}
          until: date
          kinds: {kind: choices, of: [day, night, sea]}
          fee: {kind: money, min: '1', max: '500.00', required: no}
          plate: {kind: text, unique: yes, required: no}
          state: {kind: choice, of: [ordered, made, lost], required: no}
        answers:
          current: {by: [person], fields: [licence_no, until, kinds, valid_from], many: yes}
          last: {by: [person], fields: [licence_no, until], latest: until}
          newest: {by: [person], fields: [licence_no], latest: valid_from}
        accepts:
          grant: {change: add, fields: [person, until, kinds, fee, plate]}
          extend: {change: replace, key: [licence_no], fields: [licence_no, until]}
          repaint: {change: replace, key: [plate], fields: [plate, kinds]}
          give-back: {change: end, key: [licence_no], fields: [licence_no]}
        events:
          granted: {on: add, fields: [licence_no, person, until]}
          extended: {on: replace, fields: [licence_no, until]}
          made: {on: replace, when: {state: made}, fields: [licence_no, state]}
          ended: {on: end, fields: [licence_no]}
          expiring: {on: date, of: until, before: 60 calendar_days, fields: [licence_no, person, until]}
    """,
    "homes-book": """
        agency: registry
        kept: here
        law: homes-law 2
        of: entry
        key: person
        fields: {person: {kind: person, personal: ordinary}, address: address}
        answers:
          household: {by: [person], alike: [address], fields: [person], many: yes}
        accepts:
          move: {change: replace, key: [person], fields: [person, address]}
        events:
          moved: {on: replace, fields: [person, address]}
    """,
    "groups": """
        agency: registry
        kept: here
        law: people-law 2
        of: group
        key: group_no
        fields: {group_no: text, name: text, birth_year: integer, places: {kind: integer, min: '0'}}
        answers:
          by-number: {by: [group_no], fields: [name, birth_year]}
        capacity:
          place: {places: places, taken_by: enrolments.group}
    """,
    "enrolments": """
        agency: registry
        kept: here
        law: people-law 2
        of: enrolment
        key: [child, group]
        dated: yes
        fields: {child: {kind: person, personal: ordinary}, group: {kind: ref, of: groups}}
        answers:
          by-child: {by: [child], fields: [group], many: yes}
        accepts:
          enrol: {change: add, fields: [child, group]}
          leave: {change: end, key: [child, group], fields: [child, group]}
    """,
    "slots": """
        agency: registry
        kept: here
        law: people-law 2
        of: slot
        key: slot_no
        fields: {slot_no: text, at: moment, desks: {kind: integer, min: '1'}}
        answers:
          by-number: {by: [slot_no], fields: [at]}
        capacity:
          slot: {places: desks}
    """,
    "quotas": """
        agency: registry
        kept: here
        law: people-law 2
        of: quota
        key: quota_no
        fields: {quota_no: text, animals: {kind: integer, min: '0'}}
        answers:
          by-number: {by: [quota_no], fields: [animals]}
        capacity:
          animals: {places: animals, taken_by: hunts.quota, by: animals}
    """,
    "hunts": """
        agency: registry
        kept: here
        law: people-law 2
        of: hunt
        key: hunt_no
        fields:
          hunt_no: {kind: text, given: 'serial H{n:4}'}
          person: {kind: person, personal: ordinary}
          quota: {kind: ref, of: quotas}
          animals: {kind: integer, min: '1'}
        accepts:
          hunt: {change: add, fields: [person, quota, animals]}
    """,
    # --- kept elsewhere, by another agency
    "births": """
        agency: land
        kept: elsewhere
        law: people-law 2
        of: act
        key: act_no
        fields:
          act_no: {kind: text, given: yes}
          child: {kind: person, personal: ordinary, given: person}
          registered_on: {kind: date, given: moment}
          born_on: date
          mother: {kind: person, personal: ordinary}
          father: {kind: person, required: no, personal: ordinary}
          account: optional iban
        about: [child]
        answers:
          by-child: {by: [child], fields: [act_no, born_on, mother, registered_on]}
          children-of: {by: {parent: [mother, father]}, fields: [child], many: yes}
        accepts:
          register: {change: add, fields: [born_on, mother, father, account]}
          pay-to: {change: replace, key: [act_no], fields: [act_no, account]}
        events:
          registered: {on: add, fields: [act_no, child, mother, born_on, account]}
    """,
    "parcels": """
        agency: land
        kept: elsewhere
        law: land-law 5
        of: parcel
        key: parcel_no
        dated: yes
        fields:
          parcel_no: {kind: text, pattern: '\\d{3}-\\d{4}'}
          boundary: {kind: geometry, of: polygon, crs: 'EPSG:4326', required: no}
          owners:
            many: 1..5
            fields: {holder: {kind: person, personal: ordinary}, share: {kind: decimal, min: '0', max: '1'}}
          files: {kind: file, many: 0..3, required: no}
        answers:
          by-number: {by: [parcel_no], fields: [parcel_no, owners, files, boundary]}
          of-person: {by: {person: owners.holder}, fields: [parcel_no], many: yes}
        accepts:
          new-right: {change: replace, key: [parcel_no], fields: [parcel_no, owners]}
        events:
          right-changed: {on: replace, fields: [parcel_no]}
    """,
    "proxies": """
        agency: land
        kept: elsewhere
        law: people-law 7
        of: proxy
        key: proxy_no
        dated: yes
        fields:
          proxy_no: text
          principal: {kind: person, personal: ordinary}
          agent: {kind: person, personal: ordinary}
          service: {kind: text, many: 1..50}
        answers:
          principals-of: {by: [agent, service], fields: [principal], many: yes}
    """,
}
GRANTS = """
  birth: {read: births.by-child, fields: [born_on], services: [home-certificate], ground: law, law: people-law 2, per_day: 3}
  register-birth: {write: births.register, fields: [born_on, mother, father], services: [home-certificate], ground: law, law: people-law 2}
  born: {event: births.registered, fields: [act_no, child, born_on], services: [home-certificate], ground: law, law: people-law 2}
  parcel: {read: parcels.by-number, fields: [parcel_no, owners, files, boundary], services: [home-certificate], ground: consent, law: land-law 5}
  parcels-of: {read: parcels.of-person, fields: [parcel_no], services: [home-certificate], ground: law, law: land-law 5}
  change-right: {write: parcels.new-right, fields: [parcel_no, owners], services: [home-certificate], ground: consent, law: land-law 5}
  changed: {event: parcels.right-changed, fields: [parcel_no], services: [home-certificate], ground: law, law: land-law 5}
"""  # noqa: E501
RELATIONS = """
  born: {from: births.children-of, law: people-law 7}
  principals: {from: proxies.principals-of, law: people-law 7}
"""
GROUNDS = """
  mother: {relation: born, until_age: 16, law: people-law 7}
  proxy: {relation: principals, law: people-law 7}
"""


def write(path: Path) -> Path:
    """The folder of the country, complete with texts in its languages."""
    shutil.copytree(TEMPLATE, path)
    for name, text in REGISTERS.items():
        folder = path / "registers" / name
        folder.mkdir()
        (folder / "register.yaml").write_text("\n".join(line[8:] for line in text.splitlines()))
        declared = yaml.load(text, yaml.BaseLoader)
        for language in ("el", "en"):
            (folder / f"{language}.yaml").write_text("".join(f"{key}: {key}\n" for key in _keys(declared)))
    agreement = path / "agreements" / "registry-land.yaml"
    agreement.write_text(agreement.read_text().rstrip() + GRANTS)
    country = path / "country.yaml"
    text = country.read_text()
    for head, more in (("relations:", RELATIONS), ("representation:", GROUNDS)):
        at = text.index("\n", text.index(f"\n{head}") + 1)
        text = text[:at] + more.rstrip() + text[at:]
    country.write_text(text)
    return path


@lru_cache(maxsize=1)
def folder() -> Path:
    """Written once for each run of the tests."""
    return write(Path(tempfile.mkdtemp(prefix="pencere-strange-")) / "strange")


@lru_cache(maxsize=1)
def strange() -> Country:
    return load(folder())


def _keys(declared: dict[str, object]) -> list[str]:
    """The texts that a register needs: its title, its fields, the values of its choices."""
    fields = declared["fields"]
    assert isinstance(fields, dict)
    keys = ["title", "of"]
    for name, field in fields.items():
        keys.append(name)
        if isinstance(field, dict):
            keys += [f"{name}.{value}" for value in field.get("of", []) if field.get("kind") in ("choice", "choices")]
            keys += [f"{name}.{inner}" for inner in field.get("fields", {})]
    answers = declared.get("answers") or {}
    assert isinstance(answers, dict)
    if any("valid_from" in answer["fields"] for answer in answers.values()):
        keys.append("valid_from")
    return keys
