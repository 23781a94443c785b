"""Questions that are asked only if others of the same page are answered in a certain way.

Without a script they stand on the page with a sentence that says when they count; with one they are hidden until
then. The sentence names the question and the answer, so it is true either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from pencere.country import cells
from pencere.country.cells import Cell, Condition, Is

Known = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OnPage:
    """What of a condition rests on this very page: alternatives of question → codes of its answers.

    `codes` is None where it cannot be said so simply; then only the browser of the server knows.
    """

    codes: tuple[Mapping[str, tuple[str, ...]], ...] | None

    @property
    def for_script(self) -> str:
        """`basis=order,consent&urgent=no|…`, as `pencere.js` reads it; empty where it cannot be said so."""
        alternatives = self.codes or ()
        return "|".join("&".join(f"{name}={','.join(codes)}" for name, codes in each.items()) for each in alternatives)


def on_page(when: Condition, group: str, known: Known) -> OnPage | None:
    """What is left of the condition when the facts from elsewhere are known.

    None: it cannot hold, whatever is answered here. Without alternatives (`codes` is empty): it holds already.
    """
    left: list[Mapping[str, Cell]] = []
    for each in when:
        here = {fact: cell for fact, cell in each.items() if _is_of(fact, group)}
        others = {fact: cell for fact, cell in each.items() if fact not in here}
        if not others or cells.holds((others,), known, {}):
            left.append(here)
    if not left:
        return None
    if any(not each for each in left):
        return OnPage(())
    simple = [_codes(each, group) for each in left]
    return OnPage(None if any(each is None for each in simple) else tuple(each for each in simple if each is not None))


def _is_of(fact: str, group: str) -> bool:
    return fact.rpartition(".")[0] == group


def _codes(each: Mapping[str, Cell], group: str) -> Mapping[str, tuple[str, ...]] | None:
    found: dict[str, tuple[str, ...]] = {}
    for fact, cell in each.items():
        if cell.negated or not all(isinstance(test, Is) for test in cell.tests):
            return None
        words = tuple(_as_sent(test) for test in cell.tests if isinstance(test, Is))
        found[fact.removeprefix(f"{group}.")] = words
    return found


def _as_sent(test: Is) -> str:
    value = test.value.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def sentence(here: OnPage, labels: Mapping[str, str], answers: Mapping[str, Mapping[str, str]]) -> str:
    """`Only if your answer to “On what ground?” is: a court order.` The alternatives stand one after the other."""
    if here.codes is None:
        return gettext("Answer this only if it applies to you after your other answers on this page.")
    parts = []
    for each in here.codes:
        for name, codes in each.items():
            chosen = ", ".join(answers.get(name, {}).get(code, code) for code in codes)
            parts.append(
                gettext("Answer this only if your answer to “%(question)s” is: %(answer)s.")
                % {"question": labels.get(name, name), "answer": chosen}
            )
    return " ".join(dict.fromkeys(parts))
