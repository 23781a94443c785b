"""The synthetic nation of the demo: invented persons, households and addresses, the same for the same seed.

`nation.yaml` of the country says of what they are made (its head explains every key); `plan` reads it,
`generate` makes facts, `loading` turns facts into rows of the registers as the file maps them. Nobody here
lives; every page and paper says so.
"""
