"""A file that an agency has (CSV or XLSX) becomes rows of a register kept here.

Words: a file is *surveyed* (encoding, separator), its columns are *mapped* to fields, each line is *checked*. Good rows
are *staged* in a table of their own; bad lines go to the *error file*. When the load is *confirmed*, all its rows
become readable at one moment. A load can be *dropped* before that, and *undone* after it.

Promises: nobody reads a row of a load that is not confirmed; killed at any moment, a load goes on where its last batch
committed, with the same rows and the same error file as if nothing had happened; memory does not grow with the file;
an undo supersedes and never erases. Duplicates are named, never merged. Every confirmed load and every undo is a leaf
in the ledger, in the same transaction.

`encoding` and `reading` read CSV, `sheets` reads XLSX, `mapping` the head, `cells` one value, `checking` one line,
`columns` many at once;
`staging` writes aside, `duplicates` finds what is there already, `alike` what only looks so, of which a person decides
(`deciding`); `swapping` confirms, drops and undoes, `advancing` tells how far that is, `named_by` which rows would name
what is undone; `errors_file` and `sentences` tell people what is wrong.
"""
