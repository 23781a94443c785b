"""The walk of a case for a host portal that has pages of its own: JSON in, JSON out, in the name of its person.

The same steps, rules and sentences as on our pages: a form is read by the very form that draws them, a draft is sent
once under its `Idempotency-Key`, a task of somebody else does not exist. Described by `/api/openapi.json`.
"""
