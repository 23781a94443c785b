"""The rows of declared registers, and how they are read: never without a Purpose, never unseen.

Words: a *row* holds from a day until a day (`valid_until` is the last day on which it holds) and is known from the
moment it was recorded until the moment it was *retired* by another row. So each row stands on two axes: when it
held, and when we knew it. A *change* is one of add, replace, end, correct; a correction never erases. A change that
another sends is *accepted* under the sender's key. A *hold* keeps places of a row until a row of the register that
fills them takes them, or they are released. An *event* is something told of a row, with a number in its list.

Promises: no two live rows of one key hold on the same day (both engines refuse it); every change is a leaf in the
ledger, in the transaction of the row; every person whose data an answer or an event shows has the look in the ledger
before it is handed over, and if that cannot be written, there is no answer. A change that is sent twice is done once;
numbers in order have no gap; no place is given out twice; no event is passed over, however late its change commits.
"""
