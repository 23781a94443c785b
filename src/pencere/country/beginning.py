"""`pencere new`: the first files of a service, a register or a certificate, which `pencere check` finds nothing wrong
with. They are in `skeletons/`; whoever starts changes words in something that runs.

Nothing is overwritten: a folder that is there stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from pencere.country.declarations import Country
from pencere.country.records import ID, did_you_mean, listed

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


def _demand(country: Country, wish: Wish) -> None:
    if not ID.fullmatch(wish.id):
        raise CannotBegin(f'"{wish.id}" is no id: small letters, digits and "-", beginning with a letter')
    if wish.agency not in country.agencies:
        advice = did_you_mean(wish.agency, country.agencies) or f"; known are {listed(sorted(country.agencies))}"
        raise CannotBegin(f'there is no agency "{wish.agency}"{advice}')
    act = wish.law.partition(" ")[0]
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
