"""SQL of the hottest statements, made once from the models. Owns no tables and no meaning.

The ORM builds each statement anew, which costs ten times what the database takes to run it. What a citizen waits for
a thousand times a day (a look, a check, a submission) uses these; everything else keeps to the ORM. Values go through
the models' own fields both ways, so a row looks the same whoever wrote it, on both engines.
"""
