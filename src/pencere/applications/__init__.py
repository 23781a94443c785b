"""A person's case: ask, check, decide, result; and the desk where officers settle what the rules leave open.

Words: a *case* is one person's request for one service, a *draft* until it is submitted; an *answer* is what the
person typed, a *fact* is an answer or an entry of a register, frozen with its source and time; an *event* is one
line of the case's timeline; a *version* is the service's declarations as they were at submission. A *task* is one
thing that a case waits for or has done, of a party, a desk, a register or the product; the *walk* goes through the
steps with the facts at hand, again from the first, and says what is open, what is decided and what is to be done next.
A *ticket* is a wish in a queue, an *offer* a place that is held while the person thinks.

How it goes: `questioning` says what is asked before a case is sent, `parties` of whom · `courses` puts its facts into
the hands of the rules · `walk` says where it stands · `deciding` writes that down and lets it go on, `waiting` lets it
wait · `opening` opens tasks · `answering`, `finding` and `picking` take what people say, find and choose · `queueing`,
`panels`, `events`, `paying`, `lapsing` are what comes by itself · `effects` writes outside · `ending` gives back ·
`appealing` decides again.

Promises:
- What is typed is saved on every page. Answers of a branch no longer taken stay in the draft and are not sent.
- A submission happens exactly once, whatever is clicked twice: case, events, facts, decision, ledger leaf and job are
  one transaction, acknowledged after the commit, with a receipt that does not change.
- A case is decided under the declarations of its submission, and the trace of the decision is kept.
- Nothing is decided on a holder's silence: the case waits and says for whom.
- An officer sees a case only after the look is written, and never decides their own case or their child's.
- What is sent to a register is sent after the decision, until it is answered, and done once.
- A place is held by its register before it is offered; no two are offered the same one, and none is lost.
- An event begins one case, a fee is asked once, an offer is answered once, however often each is told.
- Experts judge blind, both ways. Another party sees what the step shows and nothing else.
- A decision is never changed: an appeal and a correction are cases of their own, linked to the first.
"""
