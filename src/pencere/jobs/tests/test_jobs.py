"""A job exists exactly if its business row does, its effect happens once, and a dead worker loses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import transaction

from pencere.base import clock
from pencere.jobs import actions, queries, rules
from pencere.jobs.actions import INSIDE, OUTSIDE, task
from pencere.jobs.claiming import claim
from pencere.jobs.commands import jobs as command
from pencere.jobs.models import Job

done: list[str] = []


@task(kind=INSIDE)
def note(word: str) -> None:
    done.append(word)


@task(kind=INSIDE, max_tries=2)
def fail_after_writing(word: str) -> None:
    Job.objects.create(task=word, queue="x", enqueued_at=clock.now(), run_at=clock.now(), max_tries=1, state="done")
    raise ValueError("as planned")


@task(kind=INSIDE, max_tries=1)
def fail_naming(person: str) -> None:
    if person not in done:
        raise ValueError(f"{person} is not there\n  and more of {person}")
    done.append(f"found {person}")


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


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, words)
    return result.exit_code, result.output


@pytest.mark.django_db(transaction=True)
def test_the_operator_sees_what_has_failed_and_why_without_reading_of_whom():
    assert run("list") == (0, "No job has failed.\n")
    given_up = _enqueue(fail_naming, "1ABC234").id
    tried_again = _enqueue(fail_after_writing, "half").id
    actions.run_pending()

    status, said = run("list")
    assert status == 1
    gone, going = said.splitlines()
    assert gone.startswith(f"{uuid.UUID(given_up).hex[:8]}  jobs.tests.test_jobs.fail_naming, put off 2")
    assert "ValueError in jobs/tests/test_jobs.py, line" in gone
    assert f"tried 1 times, no more by itself: `pencere jobs retry {uuid.UUID(given_up).hex[:8]}`" in gone
    assert "tried 1 times, again at" in going
    assert "1ABC234" not in said
    assert "and more of 1ABC234" in run("list", "--trace")[1]

    shown = json.loads(run("list", "--json")[1])
    assert [(each["id"], each["state"]) for each in shown] == [(given_up, "failed"), (tried_again, "waiting")]
    assert "trace" not in shown[0]
    assert "1ABC234" not in str(shown)


@pytest.mark.django_db(transaction=True)
def test_what_was_mended_is_tried_again_at_the_operators_word():
    job = _enqueue(fail_naming, "somebody").id
    actions.run_pending()
    done.append("somebody")

    assert actions.run_pending() == 0  # not by itself
    assert run("retry")[0] == 2
    assert run("retry", "ffffffff", "--all")[0] == 2
    assert run("retry", job[:6]) == (0, "1 will be tried again at once, while a worker runs\n")
    assert actions.run_pending() == 1
    assert done == ["somebody", "found somebody"]
    assert run("retry", job[:6])[0] == 2  # done is done
    assert run("retry", "--all") == (0, "0 will be tried again at once, while a worker runs\n")


@pytest.mark.django_db(transaction=True)
def test_one_that_is_tried_again_by_itself_need_not_wait_for_it():
    _enqueue(fail_after_writing, "half")
    actions.run_pending()
    assert actions.run_pending() == 0

    run("retry", "--all")

    assert actions.run_pending() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_dropped_is_never_done_and_stays_with_its_reason():
    job = _enqueue(fail_naming, "somebody").id
    actions.run_pending()
    done.append("somebody")

    assert run("drop", job)[0] == 2
    assert run("drop", job, "--reason", " ")[0] == 2
    assert run("drop", job, "--reason", "x" * 501)[0] == 2
    assert run("drop", job, "--reason", "Done by hand")[0] == 0

    assert run("drop", job, "--reason", "Done by hand")[0] == 2
    assert run("retry", "--all") == (0, "0 will be tried again at once, while a worker runs\n")
    assert actions.run_pending() == 0
    actions.sweep(clock.now() + timedelta(days=90))
    status, said = run("list", "--dropped")
    assert status == 0
    assert "dropped by operator" in said
    assert said.endswith("UTC: Done by hand\n")
    assert run("list") == (0, "No job has failed.\n")
    assert queries.backlog().failed == 0


@pytest.mark.django_db(transaction=True)
def test_a_beginning_that_fits_two_names_neither():
    for number in ("abc0", "abc1"):
        Job.objects.create(
            id=uuid.UUID(f"{number}{'0' * 28}"), task="x", queue="x", enqueued_at=clock.now(), run_at=clock.now(),
            max_tries=1, state="failed",
        )  # fmt: skip

    assert run("drop", "abc", "--reason", "Which?")[0] == 2
    assert run("retry", "abc")[0] == 2
    assert run("retry", "abc0") == (0, "1 will be tried again at once, while a worker runs\n")


@pytest.mark.django_db(transaction=True)
def test_a_job_that_runs_is_neither_dropped_nor_begun_twice():
    _enqueue(fail_after_writing, "half")
    actions.run_pending()
    job = Job.objects.get()
    assert claim("a worker", job.run_at + timedelta(seconds=1)) is not None

    assert not actions.try_again(job.pk)
    assert not actions.drop(job.pk, by="somebody", reason="Too late")
