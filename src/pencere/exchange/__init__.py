"""Asking an agency for facts, writing to it, hearing from it: under an agreement, field by field, and never unseen.

The one way to a register, here or elsewhere.

Words: a *source* is what a declaration names: `residence.by-person`, an answer of an own register, or
`din-emdx.address`, a grant of an agreement; a *target* the same of what is written or held. A *holder* is who answers.
A *reply* is what came, from whom, when, on what ground. The *stand-in* answers in the demo for systems of other
agencies (`stand_in`); a *happening* is what whoever tries the demo lets an agency write (`happenings.py`).

Promises: an own register needs no agreement, its service's law is the ground; everything else needs a grant that is
valid on the day, names the service and every field. Only the fields that were taken come back, only those that were
granted go out. The look is in the ledger before a byte is handed over or sent, or there is no reply. A holder that is
silent or answers a wrong kind of value gave no answer (`Unavailable`); only a holder that says it has no row leaves
facts unknown. A change that is sent again under its key is done once. Of a known pair only the pair is asked.
"""
