"""What a submission reads and writes, in statements made once (`pencere.statements`). The rest keeps to the ORM."""

from __future__ import annotations

from pencere.applications.models import Case, Decision, DeclarationVersion, Event, Fact, Submission, Task
from pencere.statements.actions import Insert, InsertNext, Update
from pencere.statements.queries import Exists, Rows

case_of = Rows(Case, "ref = %s AND applicant = %s")
locked_case = Rows(Case, "id = %s", lock=True)
facts_of = Rows(Fact, "case_id = %s ORDER BY id")
decisions_of = Rows(Decision, "case_id = %s ORDER BY number")
tasks_of = Rows(Task, "case_id = %s ORDER BY id")
sent_with_key_or_ref = Rows(Submission, "key = %s OR case_id = (SELECT id FROM applications_case WHERE ref = %s)")
version_is_kept = Exists(DeclarationVersion, "service = %s AND content_hash = %s AND texts_hash = %s")

save_case = Update(Case, *(field.name for field in Case._meta.concrete_fields if not field.primary_key))
add_facts = Insert(Fact, *(field.name for field in Fact._meta.concrete_fields if not field.primary_key))
add_decision = Insert(Decision, *(field.name for field in Decision._meta.concrete_fields if not field.primary_key))
add_event = InsertNext(Event, "number", "case_id = %s", "case", "kind", "at", "who", "account", "body")
add_submission = Insert(Submission, "case", "key", "at", "leaf", "leaf_hash", "receipt")
