"""Addresses of the officers' pages over registers."""

from __future__ import annotations

from django.urls import path

from pencere.registers.views import changing, desk, dividing, history, maps, proposals, rows

_row = "desk/registers/<slug:register>/rows/<int:row>"
PAGES = (
    path("desk/registers/", desk.registers, name="registers"),
    path("desk/registers/<slug:register>/", desk.rows, name="rows"),
    path("desk/registers/<slug:register>/what-for/", desk.state, name="state"),
    path("desk/registers/<slug:register>/print/", desk.print_rows, name="print-rows"),
    path("desk/registers/<slug:register>/new/", changing.new, name="new"),
    path("desk/registers/<slug:register>/around/", maps.around, name="around"),
    path(f"{_row}/", rows.row, name="row"),
    path(f"{_row}/special/", rows.special, name="special"),
    path(f"{_row}/history/", history.history, name="history"),
    path(f"{_row}/print/", rows.print_row, name="print-row"),
    path(f"{_row}/files/<slug:digest>/", rows.file, name="file"),
    path(f"{_row}/correct/", changing.correct, name="correct"),
    path(f"{_row}/replace/", changing.replace, name="replace"),
    path(f"{_row}/end/", changing.end, name="end"),
    path(f"{_row}/divide/", dividing.divide, name="divide"),
    path("desk/proposals/", proposals.proposals, name="proposals"),
    path("desk/proposals/<int:proposal>/", proposals.proposal, name="proposal"),
    path("desk/proposals/<int:proposal>/files/<slug:digest>/", proposals.file, name="proposal-file"),
)
