"""Addresses of paper intake: numbers of fonds, papers and turns, nothing else about anybody."""

from __future__ import annotations

from django.urls import include, path

from pencere.registers.paper.views import fonds, work

_pages = (
    path("desk/paper/", fonds.fonds, name="fonds"),
    path("desk/paper/new/", fonds.begin, name="begin"),
    path("desk/paper/fonds/<int:fond>/", fonds.fond, name="fond"),
    path("desk/paper/fonds/<int:fond>/edit/", fonds.describe, name="describe"),
    path("desk/paper/fonds/<int:fond>/print/", fonds.printed, name="print"),
    path("desk/paper/fonds/<int:fond>/progress.csv", fonds.table, name="table"),
    path("desk/paper/fonds/<int:fond>/papers/", fonds.papers, name="papers"),
    path("desk/paper/fonds/<int:fond>/close/", fonds.close, name="close"),
    path("desk/paper/fonds/<int:fond>/open/", fonds.reopen, name="reopen"),
    path("desk/paper/fonds/<int:fond>/scan/", work.scan, name="scan"),
    path("desk/paper/fonds/<int:fond>/next/", work.take_next, name="next"),
    path("desk/paper/fonds/<int:fond>/settle/", work.settle_next, name="settle"),
    path("desk/paper/turns/<int:turn>/", work.turn, name="turn"),
    path("desk/paper/turns/<int:turn>/back/", work.give_back, name="give-back"),
    path("desk/paper/turns/<int:turn>/aside/", work.put_aside, name="put-aside"),
    path("desk/paper/papers/<int:paper>/", work.paper, name="paper"),
    path("desk/paper/papers/<int:paper>/scan/", work.paper_scan, name="paper-scan"),
    path("desk/paper/papers/<int:paper>/pages/<int:number>/", work.paper_page, name="paper-page"),
    path("desk/paper/papers/<int:paper>/take-back/", work.take_back, name="take-back"),
    path("desk/paper/papers/<int:paper>/take-up/", work.take_up, name="take-up"),
)
pages = path("", include((_pages, "paper")))
