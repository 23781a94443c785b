"""The Django app of this part."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
