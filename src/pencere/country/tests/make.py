"""A whole country in a temporary folder, as small as one can be, to be spoiled by the tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pencere.country.checking import CompilePage, check
from pencere.country.declarations import Country
from pencere.country.nodes import ERROR
from pencere.country.reading import load

AS_OF = date(2026, 3, 18)
SERVICE = "services/stay/service.yaml"
DECISION = "services/stay/decision.yaml"
AMOUNTS = "services/stay/amounts.yaml"
EXAMPLES = "services/stay/examples.yaml"
CERTIFICATE = "certificates/paper/certificate.yaml"
AGREEMENT = "agreements/town-land.yaml"

FILES = {
    "country.yaml": """\
names: {en: Smallland, ka: პატარა}
languages: [en, ka]
currency: EUR
time_zone: Asia/Tbilisi
xroad: {instance: SL, classes: {GOV: public body}}
writing:
  en: {alphabet: a b c, name: [given, surname], plural: [one, other]}
  ka: {alphabet: ა ბ გ, name: [given, surname], plural: [other]}
officer_roles: {registry: {en: Registry, ka: რეესტრი}, head: {en: Head, ka: უფროსი}}
person: {identifier: pin, from: people.person, facts: [name, birth_date], law: people-law 1}
relations:
  children: {from: people.children-of, law: people-law 2}
representation: {parent: {relation: children, until_age: 18, law: people-law 2}}
defaults:
  appeal: {to: higher_body, within: 30 calendar_days, decided: 15 working_days, court: 2 months, law: people-law 9}
  draft: {kept: 30 calendar_days}
  retain: {closed: 1 years}
""",
    "calendar.yaml": """\
weekend: [sunday]
counts:
  working_days: {skip: [weekend, holiday], law: people-law 8}
last_day: next_working_day
days:
  2026-01-01: {kind: holiday, name: {en: New Year, ka: ახალი წელი}, act: people-law 8, state: official}
""",
    "territory.yaml": """\
classifier: own
units:
  east: {en: East, ka: აღმოსავლეთი, kind: region}
  hill: {en: Hill, ka: გორა, kind: district, part_of: east, plates: ['01']}
""",
    "identifiers.yaml": """\
kinds:
  pin: {pattern: '\\d{4}', personal: ordinary, law: people-law 1, samples: ['1234']}
""",
    "acts/people-law.yaml": """\
title: {en: Law on people}
number: '1'
date: 2000-01-01
in_force: 2000-02-01
""",
    "agencies/town.yaml": "names: {en: Town hall, ka: მერია}\nxroad: {class: GOV, code: town}\n",
    "agencies/land.yaml": "names: {en: Land office, ka: მიწა}\nxroad: {class: GOV, code: land}\n",
    "lists/aims.yaml": "values:\n  work: {en: Work, ka: სამუშაო}\n  school: {en: School, ka: სკოლა}\n",
    "life-events/moving.yaml": "names: {en: Moving, ka: გადასვლა}\norder: 1\nstarts_with: [stay]\n",
    "registers/people/register.yaml": """\
agency: town
kept: here
law: people-law 1
of: person
key: person
fields:
  person: {kind: person, personal: ordinary}
  name: {kind: text, personal: ordinary}
  birth_date: {kind: date, personal: ordinary}
  mother: {kind: person, required: no, personal: special}
about: [person]
answers:
  person: {by: [person], fields: [name, birth_date]}
  children-of: {by: {parent: [mother]}, fields: [person], many: yes}
accepts:
  birth: {change: add, fields: [person, name, birth_date, mother]}
""",
    "registers/people/en.yaml": """\
title: People
of: person
person: Pin
name: Name
birth_date: Born
mother: Mother
""",
    "registers/people/ka.yaml": """\
title: ხალხი
of: პირი
person: პინი
name: სახელი
birth_date: დაბადება
mother: დედა
""",
    "registers/people/sample.csv": "person,name,birth_date,mother\n1234,Ann,2000-01-01,\n5678,Bob,2020-01-01,1234\n",
    "registers/stays/register.yaml": """\
agency: town
kept: here
law: people-law 3
of: stay
key: person
dated: yes
fields:
  person: {kind: person, personal: ordinary}
  address: address
answers:
  by-person: {by: [person], fields: [address, valid_from]}
accepts:
  move: {change: replace, key: [person], fields: [person, address]}
""",
    "registers/stays/en.yaml": "title: Stays\nof: stay\nperson: Pin\naddress: Address\n",
    "registers/stays/ka.yaml": "title: ბინა\nof: ბინა\nperson: პინი\naddress: მისამართი\n",
    "registers/plots/register.yaml": """\
agency: land
kept: here
law: people-law 4
of: plot
key: address
fields:
  address: address
  state: [valid, gone]
answers:
  by-address: {by: [address], fields: [state]}
""",
    "registers/plots/en.yaml": """\
title: Plots
of: plot
address: Address
state: State
state.valid: valid
state.gone: gone
""",
    "registers/plots/ka.yaml": """\
title: მიწა
of: მიწა
address: მისამართი
state: ა
state.valid: ბ
state.gone: გ
""",
    AGREEMENT: """\
consumer: town
provider: land
signed: [{agency: town, on: 2024-12-01, by: head, paper: 1}, {agency: land, on: 2024-12-02, by: head, paper: 2}]
valid: {from: 2025-01-01, until: 2028-12-31}
grants:
  state: {read: plots.by-address, fields: [state], services: [stay], ground: law, law: people-law 4, per_day: 100}
""",
    SERVICE: """\
agency: town
law: people-law 3
since: 2010-01-01
life_events: [moving]
channels: {apply: [online], result: [online]}
result: paper
starts: [application]
parties:
  applicant: {is: person, acts_as: [self, parent], sign_in: substantial}
  holder: {is: person, subject: yes, from: request.holder}
questions:
  request:
    fields:
      holder: {kind: person, of: applicant.may_act_for}
      aim: {kind: choice, of: list:aims}
evidence:
  home: {from: stays.by-person, by: {person: holder}, take: [address, valid_from]}
  plot: {from: town-land.state, by: {address: home.address}, take: [state], when: {home.address: not(null)}}
derive:
  months: months_between(home.valid_from, today)
term: {within: 2 working_days, law: people-law 5}
steps:
  - ask: request
  - evidence: home
  - evidence: plot
  - submit
  - decide: right
  - {issue: paper, to: applicant, facts: {person: holder.name, address: home.address, aim: request.aim}}
""",
    DECISION: """\
right:
  hit: first
  rows: |
    rule   | home.address | plot.state | months           || outcome | law
    absent | null         | -          | -                || refuse  | people-law 3
    gone   | -            | gone, null | -                || officer | people-law 3
    early  | -            | -          | < amounts.least  || refuse  | people-law 3
    unsure | -            | -          | null             || officer | people-law 3
    lives  | not(null)    | valid      | >= amounts.least || grant   | people-law 3
""",
    AMOUNTS: "least: {unit: months, law: people-law 3, values: {2010-01-01: 6, 2026-01-01: 3}}\n",
    EXAMPLES: """\
- today: 2026-03-18
  cases: |
    name   | home.address | home.valid_from | plot.state || outcome | rule   | due
    lives  | Hill 1       | 2025-11-18      | valid      || grant   | lives  | 2026-03-20
    early  | Hill 1       | 2026-02-18      | valid      || refuse  | early  |
    gone   | Hill 2       | 2020-01-01      | gone       || officer | gone   |
    unsure | Hill 1       |                 | valid      || officer | unsure |
    absent |              |                 |            || refuse  | absent |
- name: too early under the older law
  today: 2025-12-01
  given: {home: {address: Hill 1, valid_from: 2025-08-01}, plot.state: valid}
  expect: {outcome: refuse, months: 4}
""",
    "services/stay/en.yaml": """\
title: Paper about a stay
summary: Says where you live.
result: A paper
request.holder: For whom?
request.aim: What for?
rules.absent: No address is known.
rules.gone: "{home.address} is gone."
rules.early: Only {months} months.
rules.unsure: Nobody knows since when.
""",
    "services/stay/ka.yaml": """\
title: ცნობა
summary: ცნობა
result: ცნობა
request.holder: ვისთვის?
request.aim: რისთვის?
rules.absent: არ არის
rules.gone: "{home.address} აღარ არის."
rules.early: მხოლოდ {months} თვე.
rules.unsure: უცნობია
""",
    CERTIFICATE: """\
agency: town
law: people-law 3
subject: person
facts:
  person: text
  address: address
  aim: {kind: choice, of: list:aims}
number: {pattern: 'P-{year}-{random:7}', per: year}
valid: {until: superseded}
seal: {level: b-b, key: agency}
qr: [link]
verify: {shows: [person], second_factor: birth_year}
revoke: {by: [officer.registry], replaced_by: paper}
""",
    "certificates/paper/page.typ": '#words("statement")\n',
    "certificates/paper/en.yaml": "title: Paper\nperson: Name\naddress: Address\naim: Aim\npage.statement: It is so.\n",
    "certificates/paper/ka.yaml": "title: ცნობა\nperson: ა\naddress: ბ\naim: გ\npage.statement: ასეა\n",
}


class Land:
    """The folder of a country, with the means to spoil it."""

    def __init__(self, path: Path, over: Mapping[str, str] = {}) -> None:
        self.path = path / "smallland"
        for file, text in {**FILES, **over}.items():
            self.write(file, text)

    def write(self, file: str, content: str | bytes) -> Land:
        target = self.path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def text(self, file: str) -> str:
        return (self.path / file).read_text(encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> Land:
        text = self.text(file)
        assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
        return self.write(file, text.replace(old, new))

    def drop(self, file: str) -> Land:
        (self.path / file).unlink()
        return self

    def errors(
        self, as_of: date = AS_OF, only: str | None = None, compile_page: CompilePage | None = None
    ) -> list[str]:
        return [str(each) for each in check(self.path, as_of, only, compile_page) if each.severity == ERROR]

    def warnings(self, as_of: date = AS_OF) -> list[str]:
        return [str(each) for each in check(self.path, as_of) if each.severity != ERROR]

    def load(self) -> Country:
        return load(self.path)
