"""The addresses of shapes: a map for people, and for machines, without a language, OGC API - Features."""

from __future__ import annotations

from django.urls import path

from pencere.registers.ground import features, open_map

PAGES = (path("open/<slug:register>/map/", open_map.open_map, name="open-map"),)
FILES = [
    path("ogc/", features.landing, name="ogc"),
    path("ogc/api", features.interface, name="ogc-api"),
    path("ogc/conformance", features.conformance, name="ogc-conformance"),
    path("ogc/collections", features.collections, name="ogc-collections"),
    path("ogc/collections/<slug:register>", features.collection, name="ogc-collection"),
    path("ogc/collections/<slug:register>/items", features.items, name="ogc-items"),
    path("ogc/collections/<slug:register>/items/<path:row>", features.item, name="ogc-item"),
]
