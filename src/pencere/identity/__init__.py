"""Who somebody is: sign-in, offices of officers, mandates to act for another, the rule of every route.

Words: an *account* is a person who has signed in at least once, known by the country's identifier. An *office*
is a role at an agency, given by identifier, before the officer ever signs in. A *mandate* is the proven right of
one person to act for another. A *who* is the person behind one request. A *rule* says who may open a route.

Promises: the portal keeps no password. Nobody becomes an account but through the OpenID provider, with the
claim of the identifier signed by it. An identifier stands in no address, log line or file name. An officer opens
nothing of an office without a second factor confirmed in this very session. A page without a rule is never
served, and "not yours" looks exactly like "unknown".
"""
