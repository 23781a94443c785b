"""What can happen to a case. One door; the rooms behind it are named below.

A draft      start_draft save_page save_item … (`drafting`), submit (`submitting`)
A person     tasks (`queries.tasks_of`, `task_for`), by kind: ask → answer_task · submit → submit_task (the receipt) ·
             sign → sign_task · pay → the page of payments (`Task.result["payment"]`) · offer → answer_offer, or
             pick_place where there is no offer yet (an appointment; again instead, until the visit) ·
             besides: withdraw, decline (a case that nobody asked for), change_answers (voids signatures) or
             leave_change, appeal
A desk       tasks (`queries.desk_tasks`, `open_task`), by kind: check visit expert archive paper → find ·
             deliver → hand_over · recheck → recheck · appeal → decide_appeal · besides: decide_by_officer,
             extend_term, correct, revoke_certificate
By itself    start_from_events poll_events poll_payments run_queues lapse_overdue (`periodic`), and the jobs
An operator  try_event_again drop_event: what could not be taken from a list (`pencere events`)

NoSuchCase    unknown, or somebody else's: the same 404
Refused       OtherDraft, NotReady, "state", "own_case", "not_your_role", "no_mandate", "not_offered", "too_late",
              "just_taken", "gone_by", "open_already", "once_a_year", "refused_lately", …: each action says which
BadInput      an answer or a finding that is missing or cannot be: `details["field"]`
Unavailable   a holder did not answer: its agency; the draft or case is as it was
"""

from __future__ import annotations

from pencere.applications.answering import answer_task, change_answers, leave_change, sign_task, submit_task
from pencere.applications.appealing import appeal, correct, decide_appeal
from pencere.applications.by_officer import decide_by_officer, revoke_certificate
from pencere.applications.deciding import continue_case, issue_certificate, withdraw
from pencere.applications.desk import Opened, open_case, open_file
from pencere.applications.drafting import (
    Moved,
    NoSuchCase,
    OtherDraft,
    bring_up_to_date,
    delete_draft,
    keep_none,
    remove_item,
    save_consents,
    save_item,
    save_page,
    start_draft,
)
from pencere.applications.events import decline, forget_heard, poll_events, start_from_events
from pencere.applications.fetching import fetch_evidence
from pencere.applications.finding import find, hand_over, recheck
from pencere.applications.forgetting import forget_closed, forget_drafts
from pencere.applications.holders import Asker
from pencere.applications.keeping_up import drop_event, try_event_again
from pencere.applications.lapsing import extend_term, lapse_overdue
from pencere.applications.paying import poll_payments
from pencere.applications.pending import open_task
from pencere.applications.picking import pick_place
from pencere.applications.queueing import answer_offer, run_queues
from pencere.applications.representing import Candidate, Offer, offer_persons
from pencere.applications.submitting import NotReady, Submitted, submit

__all__ = [
    "Asker",
    "Candidate",
    "Moved",
    "NoSuchCase",
    "NotReady",
    "Offer",
    "Opened",
    "OtherDraft",
    "Submitted",
    "answer_offer",
    "answer_task",
    "appeal",
    "bring_up_to_date",
    "change_answers",
    "continue_case",
    "correct",
    "decide_appeal",
    "decide_by_officer",
    "decline",
    "delete_draft",
    "drop_event",
    "extend_term",
    "fetch_evidence",
    "find",
    "forget_closed",
    "forget_drafts",
    "forget_heard",
    "hand_over",
    "issue_certificate",
    "keep_none",
    "lapse_overdue",
    "leave_change",
    "offer_persons",
    "open_case",
    "open_file",
    "open_task",
    "pick_place",
    "poll_events",
    "poll_payments",
    "recheck",
    "remove_item",
    "revoke_certificate",
    "run_queues",
    "save_consents",
    "save_item",
    "save_page",
    "sign_task",
    "start_draft",
    "start_from_events",
    "submit",
    "submit_task",
    "try_event_again",
    "withdraw",
]
