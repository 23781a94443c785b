"""SQLite for several writing processes: every write first takes a file lock, then BEGIN IMMEDIATE.

Without the gate some of five writers starve and get "database is locked"; with it none does
(reliability: `tests/faults/test_five_writers.py`). WAL and synchronous=FULL: what was acknowledged is on disk.
Nothing outside may be called while a transaction is open; reads open none.
"""
