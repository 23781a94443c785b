"""The demo's stand-in for information systems of other agencies: registers that are `kept: elsewhere`, answered.

A process apart with a database of its own (`data/stand-in/`), never run for real persons. It keeps its rows by the same
engine as the registers here, so that reads, changes that are sent twice, given fields and events behave alike; it is
reached over HTTP on this machine through the port of `exchange.asking`, which a real connection takes over later.

    server.py   the process: JSON messages, guarded by a shared secret     client.py   the port's side of it
    messages.py what the messages look like                                faults.py   slow, silent, wrong: on demand
    loading.py  many rows at once, before anybody is asked                 running.py  prepare and serve

Promises: no message without the secret is read; a change sent twice is done once; it logs whom it tells, as we do.
"""
