"""Django's entry for the part."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
