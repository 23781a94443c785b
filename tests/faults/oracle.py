"""Holds a journal of acknowledgements against database, ledger and files. Prints what is wrong, as JSON.

Run inside an installation's environment. Everything acknowledged must be there once and whole; what was not
acknowledged may be there once or not at all, never by halves.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path


def judge(journal: Path) -> list[str]:
    from django.conf import settings

    from pencere.applications.models import Case, Submission
    from pencere.certificates.models import Certificate, Paper
    from pencere.jobs.models import Job
    from pencere.ledger import queries as ledger
    from pencere.ledger.models import Leaf, Look
    from tests.faults.journal import read

    wrong: list[str] = []
    told = read(journal)
    submissions = {row.case.ref: row for row in Submission.objects.select_related("case")}
    for each in told:
        submission = submissions.get(each.ref)
        if submission is None:
            wrong.append(f"{each.ref}: acknowledged, but there is no submission")
            continue
        if submission.key != each.key or submission.case.applicant != each.person:
            wrong.append(f"{each.ref}: acknowledged under another key or for another person")
        if not Leaf.objects.filter(pk=submission.leaf).exists():
            wrong.append(f"{each.ref}: no leaf of the ledger for its receipt")
    for ref, _ in ((ref, n) for ref, n in Counter(each.ref for each in told).items() if n > 1):
        wrong.append(f"{ref}: acknowledged to two different walks")
    for submission in submissions.values():
        case = submission.case
        if not case.decisions.exists():
            wrong.append(f"{case.ref}: sent, never decided")
        events = Counter(case.events.values_list("kind", flat=True))
        if events["submitted"] != 1:
            wrong.append(f"{case.ref}: {events['submitted']} times submitted in its timeline")
        papers = Certificate.objects.filter(case=case.ref).count()
        expected = 1 if case.outcome == "granted" else 0
        if papers != expected:
            wrong.append(f"{case.ref}: {papers} certificates, expected {expected} ({case.state} {case.outcome})")
        if case.outcome == "granted" and case.state != "done":
            wrong.append(f"{case.ref}: granted, never done")
    applied = Case.objects.filter(begun_by="application", submission=None)
    for case in applied.exclude(state__in=("draft", "withdrawn", "lapsed")):
        wrong.append(f"{case.ref}: {case.state} without a submission")
    for paper in Paper.objects.all():
        file = settings.PENCERE.papers / paper.path
        if not file.exists() or hashlib.sha256(file.read_bytes()).hexdigest() != paper.sha256:
            wrong.append(f"{paper.path}: the file is not what was issued")
    for certificate in Certificate.objects.all():
        if certificate.papers.count() == 0:
            wrong.append(f"{certificate.number}: no paper")
    shown = set(Look.objects.values_list("case", flat=True))
    wrong += [f"{ref}: facts were read, no look is in the ledger" for ref in submissions if ref not in shown]
    stuck = Job.objects.exclude(state="done").values_list("task", "state", "last_error")
    wrong += [f"job {task} is {state}: {error[-300:]}" for task, state, error in stuck]
    verification = ledger.verify()
    wrong += [] if verification.ok else [f"ledger: {problem}" for problem in verification.problems]
    return wrong


def open_work() -> int:
    """How many jobs, and cases that a person sent, are not finished yet.

    What a register's event begins may wait for an officer, who does not come here.
    """
    from pencere.applications.models import Case
    from pencere.jobs.models import Job

    return (
        Job.objects.filter(state__in=("waiting", "running")).count()
        + Case.objects.filter(state__in=("submitted", "working"), begun_by="application").count()
        + Case.objects.filter(state="decided", outcome__in=("granted", "partly")).count()
    )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.settings"
    import django

    django.setup()
    if sys.argv[1] == "settle":
        until = time.monotonic() + float(sys.argv[2])
        while open_work() and time.monotonic() < until:
            time.sleep(0.3)
    else:
        json.dump(judge(Path(sys.argv[1])), sys.stdout, ensure_ascii=False)
