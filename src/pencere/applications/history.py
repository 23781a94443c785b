"""The timeline of a case in words: what happened, oldest first, and what is still to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.utils.translation import gettext

from pencere.applications import rules, showing, task_words, timeline, waiting, wording
from pencere.applications.models import Case, Event
from pencere.applications.versions import Version
from pencere.country.course import GRANT
from pencere.country.declarations import Step
from pencere.ui import pieces, writing


def events(
    case: Case,
    version: Version,
    rows: Iterable[Event],
    facts: Callable[[], Mapping[str, object]],
    *,
    for_officer: bool = False,
) -> list[pieces.Event]:
    """The timeline, oldest first; what is still to come stands last. `facts`: what a notice may insert."""
    told = list(rows)
    told = [row for before, row in zip([None, *told], told, strict=False) if not _says_again(before, row)]
    shown = [
        pieces.Event(
            title=words(case, version, row),
            when=writing.moment(row.at, showing.language()),
            at=writing.machine_time(row.at),
            text=_text(version, row, facts, for_officer=for_officer),
        )
        for row in told
    ]
    if case.state in rules.UNDECIDED and case.due_on != rules.NEVER and not waiting.stands_still(case, version):
        day = writing.day(case.due_on, showing.language())
        shown.append(
            pieces.Event(title=gettext("Last day for the answer"), when=day, at=case.due_on.isoformat(), ahead=True)
        )
    return shown


def _says_again(before: Event | None, event: Event) -> bool:
    """That the case waits for what was asked just now."""
    return before is not None and (before.kind, event.kind) == ("asked", "waiting") and before.at == event.at


def words(case: Case, version: Version, event: Event) -> str:
    """What happened, in a few words."""
    if event.kind == "decided":
        return {
            rules.GRANTED: gettext("Decided: granted"),
            rules.PARTLY: gettext("Decided: granted in part"),
        }.get(str(event.body.get("outcome")), gettext("Decided: refused"))
    if event.kind == "appeal_decided":
        is_granted = event.body.get("outcome") == GRANT
        return gettext("The appeal was granted") if is_granted else gettext("The appeal was refused")
    if event.kind == "waiting":
        return _waiting(version, event)
    if event.kind == "asked":
        who = _who(case, version, event, str(event.body.get("who")))
        return gettext("Now to do, by %(who)s: %(what)s") % {
            "what": task_words.noun(str(event.body.get("kind"))),
            "who": who,
        }
    if event.kind == "signed":
        who = _who(case, version, event, event.who)
        return (gettext("Agreed: %(who)s") if event.body.get("agree") else gettext("Refused to agree: %(who)s")) % {
            "who": who
        }
    if event.kind == "void":
        who = _who(case, version, event, str(event.body.get("who")))
        return gettext("A changed answer must be agreed to again: %(who)s") % {"who": who}
    if event.kind == "silent":
        who = _who(case, version, event, str(event.body.get("who")))
        return gettext("No answer came in time: %(who)s") % {"who": who} if who else gettext("No answer came in time")
    return _WORDS.get(event.kind, lambda: event.kind)()


def _who(case: Case, version: Version, event: Event, who: str) -> str:
    return task_words.who_acts(case, version, who, int(event.body.get("step") or 0), int(event.body.get("item", -1)))


_WORDS: Mapping[str, Callable[[], str]] = {
    "started": lambda: gettext("Begun"),
    "begun": lambda: gettext("Begun by itself: a register told of it"),
    "moved": lambda: gettext("The form was renewed"),
    "submitted": lambda: gettext("Sent and received"),
    "answered": lambda: gettext("Questions answered"),
    "changed": lambda: gettext("An answer was changed"),
    "resumed": lambda: gettext("The answer came; the case goes on"),
    "officer": lambda: gettext("Given to an officer, who must decide"),
    "found": lambda: gettext("An officer wrote down what was found"),
    "entered": lambda: gettext("Entered into the register from the paper archive"),
    "not_entered": lambda: gettext("The register did not take what was found in the archive"),
    "panel": lambda: gettext("Experts were drawn by lot"),
    "panel_apart": lambda: gettext("The experts did not agree; others judge"),
    "judged": lambda: gettext("The experts have judged"),
    "notice": lambda: gettext("Notice"),
    "paid": lambda: gettext("Fee paid"),
    "refund": lambda: gettext("A fee is being paid back"),
    "refunded": lambda: gettext("A fee was paid back"),
    "offered": lambda: gettext("A place was offered"),
    "offer_over": lambda: gettext("The offer was not answered in time"),
    "offer_declined": lambda: gettext("The offered place was not taken"),
    "place": lambda: gettext("A place is yours"),
    "no_place": lambda: gettext("No place is left"),
    "heard": lambda: gettext("The register told what the case waited for"),
    "recorded": lambda: gettext("Entered into a register"),
    "record_refused": lambda: gettext("A register did not take the entry; an officer looks at it"),
    "rechecked": lambda: gettext("An officer looked at the entry that was not taken"),
    "taken_back": lambda: gettext("An entry in a register was taken back"),
    "delivered": lambda: gettext("Handed on to another body"),
    "handed_over": lambda: gettext("Handed over"),
    "extended": lambda: gettext("The time for the answer was made longer"),
    "issued": lambda: gettext("Document issued"),
    "not_issued": lambda: gettext("The document could not be made"),
    "revoked": lambda: gettext("Document taken back"),
    "appealed": lambda: gettext("An appeal was made"),
    "appeal": lambda: gettext("Appeal received"),
    "corrected": lambda: gettext("The decision was corrected"),
    "correction": lambda: gettext("Correction of an earlier decision"),
    "withdrawn": lambda: gettext("Taken back by the applicant"),
    "lapsed": lambda: gettext("Ended, because its time was over"),
}


def _waiting(version: Version, event: Event) -> str:
    waits, who = str(event.body.get("for")), str(event.body.get("who") or "")
    if waits == "party":
        if not who:
            return gettext("Waiting for a person who may act")
        return gettext("Waiting for: %(who)s") % {"who": task_words.party_words(version, f"party:{who}")}
    if waits == "payment":
        return gettext("Waiting for a fee to be paid")
    if waits == "place":
        return gettext("Waiting for a free place")
    if waits == "time":
        return gettext("Waiting for a day to come")
    agency = wording.agency(version, who, showing.language(), timeline.day_of(event.at))
    return gettext("Waiting for an answer of: %(agency)s") % {"agency": agency}


def _text(
    version: Version, event: Event, facts: Callable[[], Mapping[str, object]], *, for_officer: bool
) -> pieces.Text:
    body = event.body
    if body.get("unknown"):
        return showing.unknown_words(version, body["unknown"])
    if event.kind == "revoked":
        return str(body.get("reason", ""))
    if event.kind == "moved":
        labels = [str(writing.words(label, showing.language())) for label in body.get("dropped", [])]
        return gettext("These answers could not be kept: %(labels)s") % {"labels": ", ".join(labels)} if labels else ""
    if event.kind == "notice":
        return notice(version, str(body.get("text") or ""), facts)
    if event.kind == "extended":
        day = writing.day(date.fromisoformat(body["to"]), showing.language())
        return gettext("Until %(day)s. Reasons: %(reasons)s") % {"day": day, "reasons": body.get("reasons", "")}
    if event.kind in ("paid", "refund"):
        return showing.amount(int(body.get("amount", 0)), version.country.currency)
    if event.kind in ("appeal", "correction", "corrected"):
        return str(body.get("reasons", ""))
    if event.kind in ("recorded", "record_refused", "taken_back"):
        return _change(version, body)
    if event.kind == "found" or (for_officer and event.who.startswith("officer:")):
        return version.country.role(event.who.removeprefix("officer:"), showing.language()) if for_officer else ""
    return ""


def notice(version: Version, key: str, facts: Callable[[], Mapping[str, object]]) -> pieces.Text:
    """A notice of the service with its facts inserted."""
    texts = wording.filled(version, f"notices.{key}", facts(), ())
    return writing.words(texts, showing.language()) if texts else ""


def _change(version: Version, body: Mapping[str, object]) -> pieces.Text:
    """Which register a step writes into."""
    number = body.get("step")
    step: Step | None = version.service.steps[number - 1] if isinstance(number, int) and number else None
    target = (step.through or step.names[0]) if step else ""
    register = version.country.registers.get(target.partition(".")[0])
    agreement = version.country.agreements.get(target.partition(".")[0])
    if register is None and agreement is not None:
        grant = agreement.grants.get(target.partition(".")[2])
        register = version.country.registers.get(grant.of.partition(".")[0]) if grant else None
    return writing.words(register.texts.get("title", {}), showing.language()) if register else ""
