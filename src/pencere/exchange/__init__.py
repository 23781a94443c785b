"""Asking an agency for facts: under an agreement, field by field, and never unseen. The one way in to a register.

Words: a *source* is what a declaration names: `residence.by-person`, an answer of an own register, or
`din-emdx.address`, a grant of an agreement. A *holder* is who answers. A *reply* is what came, from whom, when,
on what ground.

Promises: an own register needs no agreement, its service's law is the ground; every other question needs a grant
that is valid on the day, names the service and every field. Only the fields that were taken come back. The look is
in the ledger before a byte is handed over, or there is no reply. A holder that is silent or answers a wrong kind of
value gave no answer (`Unavailable`); only a holder that says it has no row leaves facts unknown.
"""
