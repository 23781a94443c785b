"""The demo's own OpenID provider: a process apart, where one picks a synthetic person or officer.

Django and allauth's `idp.oidc` with a database file, cookies and keys of its own. It keeps no session: each sign-in
asks who one wants to be. It knows persons only from `data/demo/people.jsonl`; the number by which it names a person
to others (`sub`) follows from a key and tells nothing. No installation for real persons runs it.
"""
