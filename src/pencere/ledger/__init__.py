"""Who looked at whose data and what was decided: append-only, and every change to it shows.

Words: a *leaf* is one thing that happened, hashed with a salt of its own; a *look* is a leaf that says who saw
which fields of whom, on what ground; the *tree* is the Merkle tree of RFC 6962 over all leaves in their order; a
*checkpoint* is its size and root, signed (C2SP tlog-checkpoint); a *receipt* is our signed promise, given at once,
that a leaf will be in the tree.

Promises: a leaf commits with the business row it tells of, a look commits before the data leaves. Within a second
it has its index and stands under a signed checkpoint. Nobody changes, deletes, swaps or slips in a row without
`verify` naming it. Erasing a leaf's text and salt keeps every proof valid. What lies here about a person is read
by that person only.
"""
