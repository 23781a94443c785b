"""Registers: their fields, whose data they hold, what they answer and take, and their sample."""

from __future__ import annotations

from pencere.country import extracting, speaking
from pencere.country.cells import Condition
from pencere.country.checking import Checker
from pencere.country.declarations import (
    Accept,
    Answer,
    Capacity,
    Desk,
    Field,
    OpenData,
    PaperIntake,
    Place,
    Register,
    RegisterEvent,
    Universe,
)
from pencere.country.demands import demand_role
from pencere.country.domains import Domain, misfit
from pencere.country.facts import GROUP, ROW_TIMES, values_of
from pencere.country.grammars import COUNTED, KINDS, WRITTEN
from pencere.country.kinds.register import flat
from pencere.country.records import did_you_mean, listed
from pencere.country.samples import problems_of

RESERVED = ("title", "of", "summary", "universe", *ROW_TIMES)


def check(checker: Checker) -> None:
    for id, register in checker.country.registers.items():
        file = f"registers/{id}/register.yaml"
        checker.demand("agency", register.agency, checker.at(file, "agency"), "agency")
        for law in register.law:
            checker.demand_law(law, checker.at(file, "law"), "law")
        for name, field in register.fields.items():
            _field(checker, register, file, name, field)
        _names(checker, register)
        _persons(checker, register, file)
        for name in register.key:
            if _has(checker, register, name, checker.at(file, "key"), "key") and not register.fields[name].required:
                checker.error(
                    checker.at(file, "key"), f'key: "{name}" is optional; what identifies a row is never empty'
                )
        for name in register.called:
            _called(checker, register, file, name)
        for answer in register.answers.values():
            _answer(checker, register, answer)
        for accept in register.accepts.values():
            _accept(checker, register, accept)
        for event in register.events.values():
            _event(checker, register, event)
        for capacity in register.capacity.values():
            _capacity(checker, register, capacity)
        if register.alike:
            _alike(checker, register, checker.at(file, "alike"))
        if register.desk is not None:
            _desk(checker, register, register.desk)
        if register.open_data is not None:
            _open_data(checker, register, register.open_data)
        if register.paper is not None:
            _paper(checker, register, register.paper)
        for place, message in (*extracting.problems(register), *speaking.problems(checker.country, register)):
            checker.error(place, message)
        for resource in register.speaks.fhir.values():
            _condition(checker, register, resource.when, resource.place, f"speaks.fhir.{resource.name}")
        if register.universe is not None:
            _universe(checker, register, register.universe)
        if register.closed_kept is not None:
            _retain(checker, register, checker.at(file, "retain", "closed"))
        _sample(checker, register)


def _field(checker: Checker, register: Register, file: str, name: str, field: Field) -> None:
    path = f"fields.{name}"
    if name in RESERVED:
        checker.error(field.place, f'{path}: "{name}" has a meaning of its own; name the field otherwise')
    if field.kind == GROUP:
        for inner in field.fields.values():
            _field(checker, register, file, f"{name}.{inner.name}", inner)
            if inner.no_overlap is not None or inner.area or inner.search == "near":
                checker.error(inner.place, f"{path}.{inner.name}: a shape inside a group is neither found nor compared")
        return
    demand_field_kind(checker, field, path)
    if field.search == "words" and field.kind not in WRITTEN:
        checker.error(field.place, f'{path}: a {field.kind} has no words; write "search: exact"')
    if field.search and field.kind in ("file", "photo"):
        checker.error(field.place, f"{path}: a {field.kind} is not searched by what it is")
    if field.kind == "person" and field.personal is None:
        checker.error(field.place, f'{path}: a person: say "personal": ordinary or special')
    if field.given == "yes" and register.kept == "here":
        checker.error(field.place, f"{path}: kept here: say how it is given, like serial N-{{year}}-{{n:6}}")
    if field.crs and not _is_known(field.crs):
        checker.error(field.place, f'{path}.crs: PROJ knows no "{field.crs}" that it could turn into degrees')
    if field.area and checker.demand_among(field.area, register.fields, field.place, f"{path}.area", "field"):
        kind = register.fields[field.area].kind
        if kind not in ("decimal", "integer"):
            checker.error(field.place, f'{path}.area: "{field.area}" is no number but a {kind}')
    if field.given and register.kept == "here" and not field.given.startswith("serial") and field.many:
        checker.error(field.place, f"{path}: one is given, not many")


def _names(checker: Checker, register: Register) -> None:
    """Each name under which values are stored is that of one field."""
    stored: dict[str, str] = {}
    for name, field in register.fields.items():
        was = field.was or name
        if was == name and field.was:
            checker.error(field.place, f'fields.{name}.was: it has that name still; leave "was" out')
        elif field.was in RESERVED:
            checker.error(field.place, f'fields.{name}.was: "{was}" was never the name of a field')
        elif was in stored:
            message = f'"{was}" is where the values of "{stored[was]}" stand; name the other field otherwise'
            checker.error(field.place, f"fields.{name}: {message}")
        stored.setdefault(was, name)


def demand_field_kind(checker: Checker, field: Field, path: str) -> None:
    """The kind exists, and the list or register it names."""
    known = (*KINDS, *checker.country.identifiers)
    if field.kind not in known:
        advice = did_you_mean(field.kind, known) or f"; known are {', '.join(known)}"
        checker.error(field.place, f'{path}: unknown kind "{field.kind}"{advice}')
    if isinstance(field.of, str) and field.of.startswith("list:"):
        checker.demand("list", field.of.removeprefix("list:"), field.place, path)
    if field.kind == "ref":
        checker.demand("register", str(field.of), field.place, path)
    if field.kind == "organisation" and checker.country.organisation is None:
        checker.error(field.place, f'{path}: country.yaml does not say which identifier names an "organisation"')


def _is_known(crs: str) -> bool:
    if crs == "EPSG:4326":
        return True
    import pyproj  # large, and hardly ever needed

    try:
        pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError:
        return False
    return True


def _persons(checker: Checker, register: Register, file: str) -> None:
    for name in register.about:
        place = checker.at(file, "about")
        known = flat(register.fields)
        if checker.demand_among(name, known, place, "about", "field") and known[name].kind != "person":
            checker.error(place, f'about: "{name}" is no person but a {known[name].kind}')
    personal = [name for name, field in flat(register.fields).items() if field.personal in ("ordinary", "special")]
    if personal and not register.about:
        message = f'fields: "{personal[0]}" is personal, but nobody is named whose data a row is ("about")'
        checker.error(checker.at(file, "fields", personal[0].partition(".")[0]), message)


def _retain(checker: Checker, register: Register, place: Place) -> None:
    """A term is a promise: the rows lie here, something ends them, and nobody has to be found by them for ever."""
    if register.kept != "here":
        checker.error(place, f"retain.closed: the rows are kept {register.kept}; who keeps them forgets them")
    ends = any(accept.change == "end" for accept in register.accepts.values())
    if not ends and not register.dated and (register.desk is None or not register.desk.write):
        message = (
            'no row ever ends here, so none is ever forgotten: declare a change "end", "desk.write" or "dated: yes"'
        )
        checker.error(place, f"retain.closed: {message}")
    if register.id == checker.country.person.from_.partition(".")[0]:
        checker.error(
            place, "retain.closed: every person is read from here (country.yaml, person); they are not forgotten"
        )


def _has(checker: Checker, register: Register, name: str, place: Place, path: str, *, times: bool = False) -> bool:
    """Whether the register has the field, or (`times`) it is a time of its rows."""
    fields = flat(register.fields)
    known = (*fields, *(ROW_TIMES if times and register.dated else ()))
    if name in known:
        return name in fields
    if times and name in ROW_TIMES:
        checker.error(place, f'{path}: "{name}" is offered by registers with "dated: yes"')
        return False
    return checker.demand_among(name, known, place, path, "field")


def _answer(checker: Checker, register: Register, answer: Answer) -> None:
    path = f"answers.{answer.name}"
    fields_by_path = flat(register.fields)
    for asked, fields in answer.by.items():
        kinds = {
            fields_by_path[name].kind for name in fields if _has(checker, register, name, answer.place, f"{path}.by")
        }
        if len(kinds) > 1:
            checker.error(answer.place, f"{path}.by.{asked}: {', '.join(fields)} are of different kinds")
    for name in answer.fields:
        _has(checker, register, name, answer.place, f"{path}.fields", times=True)
    for name in answer.alike:
        _has(checker, register, name, answer.place, f"{path}.alike")
    if answer.latest and _has(checker, register, answer.latest, answer.place, f"{path}.latest", times=True):
        kind = register.fields[answer.latest].kind
        if kind not in COUNTED:
            checker.error(answer.place, f'{path}.latest: "{answer.latest}" is of kind {kind}, which has no order')


def _accept(checker: Checker, register: Register, accept: Accept) -> None:
    path = f"accepts.{accept.name}"
    for name in accept.fields:
        is_key = name in accept.key
        if _has(checker, register, name, accept.place, f"{path}.fields") and register.fields[name].given and not is_key:
            checker.error(accept.place, f'{path}.fields: "{name}" is given by the holder; nobody sends it')
    for name in accept.key:
        if _has(checker, register, name, accept.place, f"{path}.key") and name not in accept.fields:
            checker.error(accept.place, f'{path}: the key "{name}" is not among the fields that are sent')
    if accept.change == "add":
        for name, field in register.fields.items():
            if field.required and not field.given and name not in accept.fields:
                checker.error(accept.place, f'{path}: a new row needs "{name}"; send it, or make the field optional')
    elif accept.change == "replace" and set(accept.fields) <= set(accept.key):
        message = f"replaces nothing: {listed(accept.key)} only finds the row; name what changes"
        checker.error(accept.place, f"{path}.fields: {message}")


def _condition(checker: Checker, register: Register, when: Condition | None, place: Place, path: str) -> None:
    """What a `when` says of the register's own rows."""
    for every in when or ():
        for name, cell in every.items():
            if not _has(checker, register, name, place, f"{path}.when"):
                continue
            field = register.fields[name]
            domain = Domain(field.kind, values_of(checker.country, field) or (), may_be_unknown=not field.required)
            for literal in cell.literals():
                wrong = misfit(literal, domain)
                if wrong or literal.kind == "amount":
                    checker.error(place, f"{path}.when: {name} {wrong or 'knows no amounts'}")


def _event(checker: Checker, register: Register, event: RegisterEvent) -> None:
    path = f"events.{event.name}"
    for name in event.fields:
        _has(checker, register, name, event.place, f"{path}.fields", times=True)
    _condition(checker, register, event.when, event.place, path)
    if event.of is not None and _has(checker, register, event.of, event.place, f"{path}.of"):
        kind = register.fields[event.of].kind
        if kind != "date":
            checker.error(event.place, f'{path}.of: "{event.of}" is no date but a {kind}')
    if event.before is not None:
        checker.demand_term(event.before, event.place, f"{path}.before")


def _capacity(checker: Checker, register: Register, capacity: Capacity) -> None:
    """Places are counted in one transaction, so both registers lie here and belong to one agency."""
    path = f"capacity.{capacity.name}"
    if register.kept != "here":
        checker.error(capacity.place, f"{path}: places are given out by registers kept here")
    if len(register.key) != 1:
        checker.error(capacity.place, f"{path}: a place is named by one field; the key is {listed(register.key)}")
    if isinstance(capacity.places, str) and _has(checker, register, capacity.places, capacity.place, f"{path}.places"):
        kind = register.fields[capacity.places].kind
        if kind != "integer":
            checker.error(capacity.place, f'{path}.places: "{capacity.places}" is no whole number but a {kind}')
    if capacity.taken_by is None:
        return
    id, _, name = capacity.taken_by.partition(".")
    taker = checker.country.registers.get(id)
    if not checker.demand("register", id, capacity.place, f"{path}.taken_by") or taker is None:
        return
    if checker.are_different(taker.agency, register.agency) or taker.kept != "here":
        message = f"{id} is kept {taker.kept} by {taker.agency}; both are kept here by one agency"
        checker.error(capacity.place, f"{path}.taken_by: {message}")
    if _has(checker, taker, name, capacity.place, f"{path}.taken_by"):
        field = taker.fields[name]
        if field.kind != "ref" or field.of != register.id:
            wanted = f"{{kind: ref, of: {register.id}}}"
            checker.error(capacity.place, f"{path}.taken_by: {capacity.taken_by} is no {wanted}")
    if capacity.by is not None and _has(checker, taker, capacity.by, capacity.place, f"{path}.by"):
        kind = taker.fields[capacity.by].kind
        if kind != "integer":
            checker.error(capacity.place, f'{path}.by: "{capacity.by}" is no whole number but a {kind}')


def _called(checker: Checker, register: Register, file: str, name: str) -> None:
    """What a row is called beside its number: a value of one line, that officers may read."""
    at = checker.at(file, "called")
    if not _has(checker, register, name, at, "called"):
        return
    if "." in name:
        checker.error(at, f'called: "{name}" lies inside a group; a row is called by its own fields')
        return
    field = register.fields[name]
    if field.kind in (*NOT_TYPED, "long_text", "person", "ref") or field.many:
        checker.error(at, f'called: "{name}" is no name: a text, number, code or day of one line belongs here')
    if field.personal == "special":
        checker.error(at, f'called: "{name}" is of a special category; it is not shown where the row is only named')


def _desk(checker: Checker, register: Register, desk: Desk) -> None:
    if register.kept != "here":
        checker.error(desk.place, "desk: rows are seen and changed on screen where the register is kept here")
    for key in ("look", "write", "second"):
        for officer in getattr(desk, key):
            demand_role(checker, officer, desk.place, f"desk.{key}")
    for name in desk.list:
        if _has(checker, register, name, desk.place, "desk.list") and "." in name:
            checker.error(desk.place, f'desk.list: "{name}" lies inside a group; name the group')


UNLIKE = (GROUP, "geometry", "file", "photo", "choices", "long_text")
"""Kinds of fields by which two rows are not told to be alike."""


def _alike(checker: Checker, register: Register, place: Place) -> None:
    if register.kept != "here":
        checker.error(place, "alike: rows are compared when they are loaded into a register that is kept here")
    if register.desk is None or not register.desk.write:
        checker.error(place, 'alike: nobody could decide which rows are the same; name roles in "desk: {write: …}"')
    for name in register.alike:
        if not _has(checker, register, name, place, "alike"):
            continue
        field = flat(register.fields)[name]
        if "." in name or field.many is not None or field.kind in UNLIKE:
            checker.error(place, f'alike: "{name}" is no single value by which rows could look the same')
    if set(register.key) <= set(register.alike):
        checker.error(place, "alike: rows that share their key are never two; name what else tells them to be the same")


def _open_data(checker: Checker, register: Register, open_data: OpenData) -> None:
    for name in open_data.fields:
        if not _has(checker, register, name, open_data.place, "open_data.fields"):
            continue
        field = register.fields[name]
        inner = [each for each in (field, *field.fields.values()) if each.personal in ("ordinary", "special")]
        if inner or name in register.about:
            checker.error(open_data.place, f'open_data.fields: "{name}" is personal data; it is published nowhere')
        if field.kind == "geometry" and open_data.when is not None:
            checker.error(open_data.place, f'open_data.when: "{name}" lies on the open map; publish all rows')
        if field.kind == "geometry" and (unnamed := [key for key in register.key if key not in open_data.fields]):
            checker.error(
                open_data.place,
                f'open_data.fields: what lies on the open map is named by its key; add "{unnamed[0]}"',
            )
    _condition(checker, register, open_data.when, open_data.place, "open_data")


NOT_TYPED = (GROUP, "file", "photo", "geometry")
"""Kinds of fields that nobody types from a paper."""


def _paper(checker: Checker, register: Register, paper: PaperIntake) -> None:
    if register.kept != "here":
        checker.error(paper.place, "paper: papers come into registers kept here")
    demand_role(checker, paper.by, paper.place, "paper.by")
    demand_role(checker, paper.third, paper.place, "paper.third")
    for name in paper.index:
        if not _has(checker, register, name, paper.place, "paper.index", times=True):
            continue
        if "." in name:
            checker.error(paper.place, f'paper.index: "{name}" lies inside a group; a group is not typed')
        elif register.fields[name].kind in NOT_TYPED or name == paper.scan:
            checker.error(paper.place, f'paper.index: "{name}" is a {register.fields[name].kind}; it is not typed')
    if "recorded_at" in paper.index:
        checker.error(paper.place, 'paper.index: "recorded_at" is when the row is entered; nobody types it')
    needed = [name for name, each in register.fields.items() if each.required and not each.given]
    for name in [*needed, *(["valid_from"] if register.dated else [])]:
        if name not in paper.index and name != paper.scan:
            checker.error(paper.place, f'paper.index: a new row needs "{name}"; let it be typed, or make it optional')
    if _has(checker, register, paper.scan, paper.place, "paper.scan"):
        _scan(checker, register, paper)


def _scan(checker: Checker, register: Register, paper: PaperIntake) -> None:
    scan = flat(register.fields)[paper.scan]
    if "." in paper.scan or scan.kind != "file" or scan.many:
        checker.error(paper.place, f'paper.scan: "{paper.scan}" must be one field of kind file')
    elif register.about and scan.personal not in ("ordinary", "special"):
        message = f'the scan shows persons: say "personal" of the field "{paper.scan}"'
        checker.error(paper.place, f"paper.scan: {message}")


def _universe(checker: Checker, register: Register, universe: Universe) -> None:
    if universe.on is not None and universe.on > checker.as_of:
        checker.warning(universe.place, f"universe.on: {universe.on} is still to come")
    if universe.assumed:
        checker.warning(universe.place, "universe: assumed; the page says so")
    if universe.sum and _has(checker, register, universe.sum, universe.place, "universe.sum"):
        field = register.fields[universe.sum]
        if field.kind not in ("integer", "decimal") or field.many or field.personal in ("ordinary", "special"):
            checker.error(
                universe.place, f'universe.sum: "{universe.sum}" must be one number that says nothing of a person'
            )
    dated = universe.day and _has(checker, register, universe.day, universe.place, "universe.day")
    if universe.day and dated and register.fields[universe.day].kind != "date":
        checker.error(universe.place, f'universe.day: "{universe.day}" must be a date')
    for name in universe.fields:
        if _has(checker, register, name, universe.place, "universe.fields") and register.fields[name].required:
            checker.error(universe.place, f'universe.fields: "{name}" is required; every row has it anyway')


def _sample(checker: Checker, register: Register) -> None:
    for name in ("sample.csv", "paper.csv"):
        file = f"registers/{register.id}/{name}"
        if file in checker.folder.files:
            for line, message in problems_of(checker.country, register, checker.folder.path / file):
                checker.error(Place(file, line), message)
    if file in checker.folder.files and register.paper is None:
        checker.error(Place(file, 1), 'the invented papers belong to a register with "paper"')
