"""Django's entry for the part."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
