"""The demo's own payment provider: a process apart, where the visitor chooses what the bank does. No money moves.

Django with a database file and cookies of its own. It speaks the messages of docs/run/payments.md, and can pay at
once, refuse, pay slowly, answer twice, or never answer, so that everybody can see what the portal makes of it. No
installation for real persons runs it.
"""
