"""What a case costs: asked, paid, paid back.

Words: a *payment* is one fee of a case that somebody is asked for; an *attempt* is one order for it at the payment
provider, where the person decides; a *word* is what the provider says of an attempt; a *refund* is money on its way
back; a *movement* is each of these things happening, with a leaf in the ledger. Money is whole qəpik.

Promises: a fee is asked once, settled once and paid back once, however often anybody says so; at most one attempt is
open at a time; an amount that the provider names is compared with what was asked, never believed; a provider that
never calls back is asked until it speaks; nothing is called unpaid before the provider has said that no money can
come any more; money that comes nevertheless goes back by itself. The provider is outside: it is never called within
a transaction, and every call may be repeated.
"""
