"""What can happen to a case. One door; the rooms behind it are `drafting`, `fetching`, `submitting`,

`deciding`, `forgetting`.

NoSuchCase    unknown, or somebody else's: the same 404
Refused       OtherDraft, NotReady, "state", "own_case", "not_your_role", "no_mandate", "not_offered"
Unavailable   a holder did not answer: its agency; the draft or case is as it was
"""

from __future__ import annotations

from pencere.applications.deciding import (
    continue_case,
    decide_by_officer,
    issue_certificate,
    revoke_certificate,
    withdraw,
)
from pencere.applications.desk import Opened, open_case
from pencere.applications.drafting import (
    Moved,
    NoSuchCase,
    OtherDraft,
    bring_up_to_date,
    delete_draft,
    save_page,
    start_draft,
)
from pencere.applications.fetching import Asker, Candidate, Offer, fetch_evidence, offer_persons
from pencere.applications.forgetting import forget_closed, forget_drafts
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
    "bring_up_to_date",
    "continue_case",
    "decide_by_officer",
    "delete_draft",
    "fetch_evidence",
    "forget_closed",
    "forget_drafts",
    "issue_certificate",
    "offer_persons",
    "open_case",
    "revoke_certificate",
    "save_page",
    "start_draft",
    "submit",
    "withdraw",
]
