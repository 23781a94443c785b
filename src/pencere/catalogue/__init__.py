"""What there is: e-services, life events, agencies, registers, as the country declares them. Owns no tables.

Words: a *service* is what a person can ask for; a *source* is a register that we ask so that the person need not
bring papers; a *law* is an act with its article. Promise: everything shown follows from the declarations of the
country in use, with its law, and what the law office has not confirmed is marked.
"""
