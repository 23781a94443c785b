"""Broken on purpose: processes killed, disks filled, requests doubled; a journal of what was acknowledged; an oracle.

The clients write down, on disk, every acknowledgement they got. After the faults the oracle holds that journal
against the database, the ledger and the files. Builds that are broken on purpose (`broken/`) must turn it red.
"""
