"""A job exists exactly if its business row does, its effect happens once, and a dead worker loses nothing."""

from __future__ import annotations

import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from pencere.base import clock
from pencere.jobs import actions, queries, rules
from pencere.jobs.actions import INSIDE, OUTSIDE, task
from pencere.jobs.claiming import claim
from pencere.jobs.models import Job

done: list[str] = []


@task(kind=INSIDE)
def note(word: str) -> None:
    done.append(word)


@task(kind=INSIDE, max_tries=2)
def fail_after_writing(word: str) -> None:
    Job.objects.create(task=word, queue="x", enqueued_at=clock.now(), run_at=clock.now(), max_tries=1, state="done")
    raise ValueError("as planned")


@task(kind=OUTSIDE)
def work_outside(word: str):
    assert not transaction.get_connection().in_atomic_block or transaction.get_connection().savepoint_ids
    return lambda: done.append(f"finished {word}")


@pytest.fixture(autouse=True)
def _fresh():
    done.clear()


def _enqueue(declared, *args):
    with transaction.atomic():
        return declared.enqueue(*args)


@pytest.mark.django_db(transaction=True)
def test_a_job_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        note.enqueue("x")


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_rolled_back_transaction_does_not_exist():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue("x")
        1 / 0  # noqa: B018

    assert actions.run_pending() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_once_and_is_done():
    result = _enqueue(note, "a")

    assert actions.run_pending() == 1
    assert actions.run_pending() == 0
    assert done == ["a"]
    assert note.get_result(result.id).is_finished


@pytest.mark.django_db(transaction=True)
def test_what_an_outside_job_returns_commits_with_done():
    _enqueue(work_outside, "b")

    actions.run_pending()

    assert done == ["finished b"]
    assert Job.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_failed_job_leaves_no_effect_waits_longer_each_time_and_gives_up_at_last():
    now = clock.now()
    _enqueue(fail_after_writing, "half")

    with clock.standing_at(now + timedelta(seconds=1)):
        actions.run_pending()
    job = Job.objects.get()
    assert job.state == "waiting" and job.run_at > now + timedelta(seconds=1) and "as planned" in job.last_error
    with clock.standing_at(now + timedelta(hours=2)):
        actions.run_pending()

    assert Job.objects.filter(task="half").count() == 0
    assert queries.backlog().failed == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_lease_ran_out_cannot_commit_its_effect():
    _enqueue(note, "late")
    job = claim("slow/1/1", clock.now())
    Job.objects.filter(pk=job.pk).update(lease=uuid.uuid4())  # another has taken it over

    with actions._Attempt(job):
        actions._run(job)

    assert Job.objects.get().state == "running"


@pytest.mark.django_db(transaction=True)
def test_jobs_of_a_dead_process_run_at_once_and_of_a_living_one_do_not():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    dead = actions.worker_name().replace(f"/{__import__('os').getpid()}/", f"/{gone.pid}/")
    gone.wait()
    _enqueue(note, "orphan")
    _enqueue(note, "held")
    claim(dead, clock.now())
    claim(actions.worker_name(), clock.now())

    assert actions.give_back_leases_of_the_dead() == 1
    assert actions.run_pending() == 1


@pytest.mark.django_db(transaction=True)
def test_an_idle_claim_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert claim("w/1/1", clock.now()) is None


def test_pauses_double_up_to_an_hour():
    pauses = [rules.pause_before(n, 0.5) for n in range(2, 30)]

    assert pauses[0] == rules.FIRST_PAUSE
    assert pauses[1] == 2 * pauses[0]
    assert pauses[-1] == rules.LONGEST_PAUSE
    assert pauses == sorted(pauses)
