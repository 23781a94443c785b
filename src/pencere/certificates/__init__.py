"""Certificates anybody can verify: rendered, sealed, issued, revoked, checked.

Words: a *kind* is a declared folder (`certificates/residence`); a *certificate* is one of that kind, about one
person, with a number that is printed and a code that is nowhere but on the paper; a *paper* is its sealed PDF in
one language. A *check* is a stranger's look at it and is written into the person's ledger before it is answered.

Promises: exactly one certificate for a case and step; a paper is on disk before its row is committed; a code,
a revoked and an unknown one are answered alike in status, size and time; no fact is shown without the second
factor that stands on the paper; a file is genuine only if it is, byte for byte, one that was issued here.
"""
