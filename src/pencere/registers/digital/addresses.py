"""The addresses of how digital the registers are: pages with a language, files for everybody without one."""

from __future__ import annotations

from django.urls import path

from pencere.registers.digital import files, pages

PAGES = (
    path("open/registers/", pages.all_registers, name="digital"),
    path("open/registers/<slug:register>/", pages.one_register, name="digital-register"),
)

FILES = [
    path("open/registers/digital.csv", files.as_csv, name="digital-csv"),
    path("open/registers/digital.json", files.as_json, name="digital-json"),
]
