"""Addresses over registers. A row is named by its number; nothing of it stands in an address."""

from __future__ import annotations

from django.urls import include, path

from pencere.registers.digital import addresses as digital
from pencere.registers.ground import addresses as ground
from pencere.registers.importing import addresses as loads
from pencere.registers.out import addresses as out
from pencere.registers.paper import urls as paper
from pencere.registers.views import addresses as desk

_pages = (*desk.PAGES, *loads.PAGES, *out.PAGES, *digital.PAGES, *ground.PAGES)
urlpatterns = [paper.pages, path("", include((_pages, "registers")))]

plain_urlpatterns = [*digital.FILES, *out.FILES, *ground.FILES]
