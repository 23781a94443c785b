"""A second service for the smallest country that uses what the first does not: a berth for a boat.

Queue, fee, a second person's signature, a crew of several, an officer's check, another agency's event and register,
consent, handing over. It is laid over the files of `make.FILES`.
"""

from __future__ import annotations

from pencere.country.tests.make import AGREEMENT, FILES

SERVICE = "services/berth/service.yaml"
DECISION = "services/berth/decision.yaml"
AMOUNTS = "services/berth/amounts.yaml"
EXAMPLES = "services/berth/examples.yaml"

_TEXTS = """\
title: {0}
summary: {0}
result: {0}
choice.speed: {0}
choice.speed.fast: {0}
choice.speed.slow: {0}
choice.owner: {0}
choice.berth: {0}
crew.person: {0}
crew.cook: {0}
papers.complete: {0}
papers.scan: {0}
rent: {0}
seat: {0}
rules.no_boat: {0}
rules.incomplete: {0}
rules.a_child: {0}
rules.says_no: {0}
rules.full: {0}
notices.berthed: "{{seat.harbour}}"
"""

HARBOUR = {
    "country.yaml": FILES["country.yaml"]
    + "organisation: firm\npayees:\n  purse: {names: {en: Purse, ka: ქისა}, iban: GE29NB0000000101904917,"
    " codes: {service_fee: '7'}, law: people-law 6}\n",
    "identifiers.yaml": FILES["identifiers.yaml"]
    + "  firm: {pattern: '\\d{5}', law: people-law 1, samples: ['12345']}\n",
    "life-events/moving.yaml": FILES["life-events/moving.yaml"].replace("[stay]", "[stay, berth]"),
    "registers/berths/register.yaml": """\
agency: town
kept: here
law: people-law 6
of: berth
key: berth_no
fields:
  berth_no: text
  harbour: text
  boats: {kind: integer, min: 0}
answers:
  by-number: {by: [berth_no], fields: [harbour, boats]}
capacity:
  place: {places: boats, taken_by: lettings.berth}
open_data: {fields: [berth_no, harbour], licence: CC0, every: month}
""",
    "registers/lettings/register.yaml": """\
agency: town
kept: here
law: people-law 6
of: letting
key: letting_no
dated: yes
fields:
  letting_no: {kind: text, given: 'serial L-{year}-{n:6}'}
  berth: {kind: ref, of: berths}
  person: {kind: person, personal: ordinary}
  rent: {kind: money, min: 0}
  pace: [fast, slow]
  until: optional date
  case: text
answers:
  by-person: {by: [person], fields: [letting_no, until]}
accepts:
  let: {change: add, fields: [berth, person, rent, pace, until, case]}
  end: {change: end, key: [letting_no], fields: [letting_no]}
events:
  let: {on: add, fields: [letting_no, person]}
  ending: {on: date, of: until, before: 30 calendar_days, fields: [letting_no, person]}
retain: {closed: never}
""",
    "registers/boats/register.yaml": """\
agency: land
kept: elsewhere
law: people-law 7
of: boat
key: boat_no
fields:
  boat_no: text
  owner: {kind: person, personal: ordinary}
  value: {kind: money, min: 0}
  state: {kind: choice, of: [fit, unfit], required: no}
answers:
  of-owner: {by: [owner], fields: [boat_no, value], many: yes}
accepts:
  moor: {change: replace, key: [owner], fields: [owner, state]}
events:
  checked: {on: replace, when: {state: not(null)}, fields: [owner, state]}
""",
    AGREEMENT: FILES[AGREEMENT]
    + """\
  boats: {read: boats.of-owner, fields: [value], services: [berth], ground: consent, law: people-law 7}
  checked: {event: boats.checked, fields: [owner, state], services: [berth], ground: law, law: people-law 7}
  moor: {write: boats.moor, fields: [owner, state], services: [berth], ground: law, law: people-law 7}
""",
    SERVICE: """\
agency: town
law: people-law 6
since: 2010-01-01
life_events: [moving]
channels: {apply: [online], result: [online]}
result: berth
starts: [application]
parties:
  applicant: {is: person, subject: yes, acts_as: [self], sign_in: substantial}
  owner: {is: person, from: choice.owner, when: {choice.speed: fast}}
questions:
  choice:
    fields:
      speed: [fast, slow]
      owner: {kind: person, when: {choice.speed: fast}}
      berth: {kind: ref, of: berths}
  crew: {many: 1..4, fields: {person: {kind: person, of: applicant.children}, cook: boolean}}
evidence:
  boats: {from: town-land.boats, by: {owner: applicant}, take: [value], many: 0..20, consent: yes}
derive:
  worth: total(boats.value)
  boat_count: count(boats)
  cooks: count_if(crew.cook, "true")
fees:
  rent: {amount: amounts.rent, kind: service_fee, payee: purse, refund: {refused: full, withdrawn: none}}
places:
  seat:
    of: berths.place
    mode: queue
    chosen: choice.berth
    order: [-worth, ticket]
    closed: [{from: 01-01, until: 02-01}]
    lapses: {every: year, on: 12-31}
    offer: {answer: 3 calendar_days, silence: leave, at_once: 1}
    none: {rule: full, law: people-law 6}
term: {by: choice.speed, is: {fast: 1 working_days, slow: 5 working_days}, from: paid, law: people-law 6}
steps:
  - ask: [choice, crew]
  - evidence: boats
  - submit
  - sign: owner
    when: {choice.speed: fast}
    shows: [choice]
    term: 5 calendar_days
    refused: {rule: says_no, law: people-law 6}
  - {check: papers, by: officer.registry, sees: [choice], fields: {complete: boolean, scan: optional file}}
  - decide: right
  - {decide: mate, each: crew}
  - offer: seat
  - {pay: rent, term: {within: 24 hours, silence: lapse}}
  - record: lettings.let
    as: let
    keep: [letting_no]
    row: {berth: seat, person: applicant, rent: amounts.rent, pace: choice.speed, case: case.ref}
  - wait_for: town-land.checked
    as: seen
    match: {owner: applicant}
    term: {within: 10 working_days, silence: continue}
  - {record: town-land.moor, when: {seen.state: fit}, row: {owner: applicant, state: seen.state}}
  - {issue: pass, each: crew, facts: {person: crew.person.name, berth: seat.harbour, number: let.letting_no}}
  - {deliver: pass, to: applicant, by: office}
  - {notify: applicant, text: berthed}
again: {open: 1, per: applicant}
""",
    DECISION: """\
right:
  hit: first
  rows: |
    rule       | boat_count | cooks | papers.complete || outcome | law
    no_boat    | 0          | -     | -               || refuse  | people-law 6
    incomplete | -          | -     | false           || refuse  | people-law 6
    no_cook    | > 0        | 0     | true            || grant   | people-law 6
    sails      | > 0        | > 0   | true            || grant   | people-law 6
mate:
  hit: unique
  rows: |
    rule    | crew.person.age || outcome | law
    a_child | < 12            || refuse  | people-law 6
    a_mate  | >= 12           || grant   | people-law 6
""",
    AMOUNTS: """\
rent:
  unit: EUR
  law: people-law 6
  inputs: [choice.speed]
  values:
    2010-01-01: |
      choice.speed || EUR
      fast         || 80.50
      slow         || 40
""",
    EXAMPLES: """\
- name: a child and a mate
  today: 2026-03-18
  given:
    choice: {speed: fast}
    boats: [{value: 1000}, {value: 20.5}]
    papers.complete: true
    crew: [{person.age: 11, cook: false}, {person.age: 40, cook: true}]
  expect: {outcome: partly, rule: sails, each: [a_child, a_mate], worth: 1020.5, fee.rent: 80.5, due: 2026-03-19}
- name: nobody cooks
  today: 2026-03-18
  given: {choice.speed: slow, boats: [{value: 1}], papers.complete: true, crew: [{person.age: 12, cook: false}]}
  expect: {outcome: grant, rule: no_cook, fee.rent: 40, due: 2026-03-24}
- name: the owner says no
  today: 2026-03-18
  given: {choice.speed: fast, owner.signed: false, crew: [{person.age: 12, cook: false}]}
  expect: {outcome: refuse, rule: says_no}
- today: 2026-03-18
  cases: |
    name       | choice.speed | papers.complete || outcome | rule
    no boat    | slow         | true            || refuse  | no_boat
- name: incomplete
  today: 2026-03-18
  given: {choice.speed: slow, boats: [{value: 1}], papers.complete: false}
  expect: {rule: incomplete, rent: 40}
""",
    "certificates/pass/certificate.yaml": """\
agency: town
law: people-law 6
subject: person
facts: {person: text, berth: text, number: text}
number: {pattern: 'B-{year}-{random:7}', per: year}
valid: 1 years
seal: {level: b-b, key: agency}
qr: [link]
verify: {}
revoke: {by: [officer.registry, appeal]}
""",
    "certificates/pass/page.typ": "x\n",
}

for _language, _word in (("en", "word"), ("ka", "სიტყვა")):
    HARBOUR[f"services/berth/{_language}.yaml"] = _TEXTS.format(_word)
    HARBOUR[f"certificates/pass/{_language}.yaml"] = "".join(
        f"{key}: {_word}\n" for key in ("title", "person", "berth", "number")
    )
    for _register, _keys in {
        "berths": ("title", "of", "berth_no", "harbour", "boats"),
        "lettings": (
            "title", "of", "letting_no", "berth", "person", "rent", "pace", "pace.fast", "pace.slow", "until", "case"
        ),
        "boats": ("title", "of", "boat_no", "owner", "value", "state", "state.fit", "state.unfit"),
    }.items():  # fmt: skip
        HARBOUR[f"registers/{_register}/{_language}.yaml"] = "".join(f"{key}: {_word}\n" for key in _keys)
