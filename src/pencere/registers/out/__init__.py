"""Rows of a register leave it as files: for officers who may see them, and for everybody what is declared open.

Words: an *export* is one file that somebody asked for and why; it is taken *as of* a day, by what was known at the
moment it began. An *extract* is counts for everybody, from which nobody can be told.

Promises: every person whose data an export shows has the look in the ledger before a byte of it leaves, batch by
batch; memory does not grow with the register; a file that ends early says so (an archive without its directory, an
export without its end); what `csv` wrote is read again by `pencere import --exported` to the very same rows.

`taking` reads rows under a Purpose, `cells` writes one value, `formats` a file of rows, `csvw` and `row_schema` say
what the file means, `package` binds them together, `exports` remembers who took what; `speaking` says a row in the
words of its field (`fhir`, `ead`); `extracts` counts. `open_files` is for everybody, `views` for officers, `command`
for the operator.
"""
