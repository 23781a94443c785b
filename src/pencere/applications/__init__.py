"""A person's case: ask, check, decide, result; and the desk where officers settle what the rules leave open.

Words: a *case* is one person's request for one service, a *draft* until it is submitted; an *answer* is what the
person typed, a *fact* is an answer or an entry of a register, frozen with its source and time; an *event* is one
line of the case's timeline; a *version* is the service's declarations as they were at submission.

Promises:
- What is typed is saved on every page. Answers of a branch no longer taken stay in the draft and are not sent.
- A submission happens exactly once, whatever is clicked twice: case, events, facts, decision, ledger leaf and job are
  one transaction, acknowledged after the commit, with a receipt that does not change.
- A case is decided under the declarations of its submission, and the trace of the decision is kept.
- Nothing is decided on a holder's silence: the case waits and says for whom.
- An officer sees a case only after the look is written, and never decides their own case or their child's.
"""
