"""Papers that are older than their register become its rows: scanned, typed twice, settled by a third, entered.

Words: a *fond* is a collection of papers in an archive (ISAD(G) calls it a fonds); a *paper* is one archival unit of it
with its scan; a *turn* is one officer's work at one paper: the first or second typing, or the third's settling. What a
turn types is its *version*; per field it holds a value, or the mark that nothing stands there (*blank*) or that it
cannot be read (*unreadable*). A *sample* of the papers in which both versions agree goes to the third all the same, so
that the rate of errors is measured and not guessed.

Promises: a paper is typed by two officers who know nothing of each other and settled by somebody else, and the database
holds that no officer has two turns at one paper; two open pages never hold the same turn; what was typed and
acknowledged is on disk, and a paper is entered once, in one transaction with its row. Every opened scan is a leaf in
the ledger. Whose data a paper is, is known when it is entered: then those who typed it are written down as having seen
it, and later looks at its scan before it is handed over.

`rules` compares and counts, `typing` reads versions, `handing` gives papers out, `entering` makes the row, `drawing`
makes the invented papers of the demo. Rows go in through `registers.actions` with all their checks, never past them.
"""
