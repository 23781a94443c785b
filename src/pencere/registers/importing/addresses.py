"""The addresses of loads. A load is named by its number; nothing of what it holds stands in an address."""

from __future__ import annotations

from django.urls import path

from pencere.registers.importing import deciding_views, views

PAGES = (
    path("console/loads/", views.listed, name="loads"),
    path("console/loads/new/", views.new, name="load-new"),
    path("console/loads/<int:number>/", views.load, name="load"),
    path("console/loads/<int:number>/state/", views.state, name="load-state"),
    path("console/loads/<int:number>/errors.csv", views.errors, name="load-errors"),
    path("console/loads/<int:number>/bad-rows.csv", views.bad_rows_file, name="load-bad-rows"),
    path("console/loads/<int:number>/possible-duplicates/", deciding_views.listed, name="load-possible-duplicates"),
    path("console/loads/<int:number>/confirm/", views.confirm, name="load-confirm"),
    path("console/loads/<int:number>/undo/", views.undo, name="load-undo"),
    path("console/loads/<int:number>/drop/", views.drop, name="load-drop"),
)
