"""The addresses of what leaves registers: files for everybody without a language, pages with one."""

from __future__ import annotations

from django.urls import path

from pencere.registers.out import open_counts, open_files, views

PAGES = (
    path("open/", open_files.everything, name="open"),
    path("desk/registers/<slug:register>/export/", views.export, name="export"),
)

FILES = [
    path("open/csv-metadata.json", open_files.all_metadata, name="open-metadata"),
    path("open/<slug:register>.csv", open_files.rows_csv, name="open-register"),
    path("open/<slug:register>.csv-metadata.json", open_files.csv_metadata, name="open-register-metadata"),
    path("open/<slug:register>.json", open_files.rows_json, name="open-register-json"),
    path("open/<slug:register>.ead.zip", open_files.holdings, name="open-register-ead"),
    path("open/<slug:register>.schema.json", open_files.schema, name="open-register-schema"),
    path("open/<slug:register>.extract.csv", open_counts.counts_csv, name="open-extract"),
    path("open/<slug:register>.extract.json", open_counts.counts_json, name="open-extract-json"),
    path("open/<slug:register>.extract.csv-metadata.json", open_counts.counts_metadata, name="open-extract-metadata"),
]
