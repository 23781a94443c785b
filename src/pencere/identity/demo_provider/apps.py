"""The Django app of the provider's pages."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.identity.demo_provider"
    label = "demo_provider"
    default_auto_field = "django.db.models.BigAutoField"
