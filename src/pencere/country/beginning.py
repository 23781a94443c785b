"""`pencere new`: the first files of a service, a register, a certificate, a list or an act, with which `pencere check`
finds nothing wrong. Folders are in `skeletons/`; whoever starts changes words in something that runs.

Nothing is overwritten: what is there stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from pencere.country.declarations import Country
from pencere.country.records import ID, NAME, did_you_mean, listed

KINDS = ("service", "register", "certificate")
_SKELETONS = Path(__file__).with_name("skeletons")
_FOLDERS = {"service": "services", "register": "registers", "certificate": "certificates"}
_ROLE = "registry"


class CannotBegin(ValueError):
    """The message says what is wrong and what could be written instead."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to begin."""

    kind: str
    id: str
    agency: str
    law: str  # "residence-law 5"
    title: str


def begin(country: Country, wish: Wish, today: date) -> tuple[Path, ...]:
    """Writes the files and gives their paths. Raises CannotBegin."""
    _demand(country, wish)
    target = country.folder / _FOLDERS[wish.kind] / wish.id
    if target.exists():
        raise CannotBegin(f"{target} is there already; choose another id, or go on in that folder")
    files = dict(_files(country, wish, today))
    target.mkdir(parents=True)
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8")
    return tuple(target / name for name in files)


def begin_list(country: Country, id: str, codes: Sequence[str], law: str = "") -> Path:
    """A list of codes, each called by its code in every language until somebody writes its name. Raises CannotBegin."""
    if law:
        _demand_act(country, law)
    for code in codes:
        if not NAME.fullmatch(code):
            raise CannotBegin(f'"{code}" is no code: small letters, digits and "_", beginning with a letter')
    if len(set(codes)) != len(codes):
        raise CannotBegin("a code stands twice")
    values = "".join(f"  {code}: {_in_languages(country, _spoken(code))}\n" for code in codes)
    head = f"# Codes and what people call them. A field takes them with: of: list:{id}\n"
    return _file(country, "lists", id, head + (f"law: {law}\n" if law else "") + f"values:\n{values}")


def begin_act(
    country: Country, id: str, title: str, number: str = "", adopted: date | None = None, in_force: date | None = None
) -> Path:
    """An act, named in the language of the law. Without number and day it is to be confirmed. Raises CannotBegin."""
    if bool(number) != (adopted is not None):
        raise CannotBegin("an act has a number and a day, or is still to be confirmed: give both or none")
    if in_force is not None and adopted is None:
        raise CannotBegin("an act that is to be confirmed is in force from a day that is to be confirmed, too")
    title_line = f"title: {{{country.languages[0]}: {_quoted(title)}}}\n"
    known = "status: to_be_confirmed    # number, date and in_force are still to be found\n"
    if adopted is not None:
        known = (
            f"number: {_quoted(number)}\ndate: {adopted.isoformat()}\nin_force: {(in_force or adopted).isoformat()}\n"
        )
    return _file(country, "acts", id, title_line + known)


def _file(country: Country, folder: str, id: str, text: str) -> Path:
    _demand_id(id)
    target = country.folder / folder / f"{id}.yaml"
    if target.exists():
        raise CannotBegin(f"{target} is there already; choose another id, or go on in that file")
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def _in_languages(country: Country, text: str) -> str:
    return "{" + ", ".join(f"{language}: {_quoted(text)}" for language in country.languages) + "}"


def _spoken(id: str) -> str:
    return id.replace("-", " ").replace("_", " ").capitalize()  # ascii


def _demand(country: Country, wish: Wish) -> None:
    _demand_id(wish.id)
    if wish.agency not in country.agencies:
        advice = did_you_mean(wish.agency, country.agencies) or f"; known are {listed(sorted(country.agencies))}"
        raise CannotBegin(f'there is no agency "{wish.agency}"{advice}')
    _demand_act(country, wish.law)


def _demand_id(id: str) -> None:
    if not ID.fullmatch(id):
        raise CannotBegin(f'"{id}" is no id: small letters, digits and "-", beginning with a letter')


def _demand_act(country: Country, law: str) -> None:
    act = law.partition(" ")[0]
    if act not in country.acts:
        advice = did_you_mean(act, country.acts) or f"; known are {listed(sorted(country.acts))}"
        raise CannotBegin(f'there is no act "{act}" in acts/{advice}')


def _files(country: Country, wish: Wish, today: date) -> list[tuple[str, str]]:
    folder = _SKELETONS / wish.kind
    words = _words(country, wish, today)
    texts = {path.stem: path for path in folder.glob("??.yaml")}
    files = [
        (path.name, _filled(path, words))
        for path in sorted(folder.iterdir())
        if path.is_file() and path.stem not in texts
    ]
    if texts:  # a language that we have no words in begins in English
        files += [
            (f"{language}.yaml", _filled(texts.get(language, texts["en"]), words)) for language in country.languages
        ]
    if wish.kind == "certificate":
        files = _as_another(country, files)
    return files


def _as_another(country: Country, files: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """With the page of a certificate that the country has, and its words for the page: all its papers look alike."""
    model = next(iter(country.certificates.values()), None)
    if model is None:
        raise CannotBegin("the country has no certificate yet whose page could be taken; copy one of another country")
    own = {"page.statement"}
    shared = (country.folder / "certificates" / f"{country.languages[0]}.yaml").is_file()
    keys = [key for key in model.texts if key.startswith("page.") and key not in own and not shared]
    found = [("page.typ", model.page.read_text(encoding="utf-8"))]
    for name, text in files:
        language = name.removesuffix(".yaml")
        lines = [f"{key}: {_quoted(model.texts[key].get(language, key))}\n" for key in keys]
        found.append((name, text + "".join(lines) if language in country.languages else text))
    return found


def _words(country: Country, wish: Wish, today: date) -> dict[str, str]:
    person = country.identifiers[country.person.identifier]
    return {
        "agency": wish.agency,
        "law": wish.law,
        "title": _quoted(wish.title),
        "today": today.isoformat(),
        "child": today.replace(year=today.year - 10, day=1).isoformat(),
        "person": person.samples[0] if person.samples else "",
        "role": _ROLE if _ROLE in country.officer_roles else next(iter(country.officer_roles), _ROLE),
        "letters": "".join(word[0] for word in wish.id.split("-") if word).upper() or "X",  # ascii
    }


def _quoted(text: str) -> str:
    """The text as YAML, whatever it holds."""
    return json.dumps(text, ensure_ascii=False)


def _filled(path: Path, words: Mapping[str, str]) -> str:
    return Template(path.read_text(encoding="utf-8")).substitute(words)
