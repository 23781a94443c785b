"""The public face: first page, my page, my documents, who saw my data, statements, the machine's own questions.

Composes the other parts and owns no facts: what it shows comes from their queries. Promises: a person sees only
what is theirs; every look at their data is shown in plain words with its ground and law.
"""
