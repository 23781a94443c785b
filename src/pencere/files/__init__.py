"""Papers and photos that people hand in: kept once by what they hold, told from their content, forgotten with the case.

Words: a *file* is kept under its reference `sha256:<hex>`, which is also its value as a fact; a *keeper* is a thing
that still needs it (`case:<ref>`, `row:<register>:<number>`); a file without a keeper goes after a day.

Promises:
- The same content is kept once, in the data folder, through Django's storages. No name that a person gave a file
  becomes a path, and no file lies where it could be served or run.
- What is read back has the hash it is asked by, or it is not handed over.
- This part shows nothing to anybody: who may see a file is decided by the part whose case or row it belongs to.
"""
