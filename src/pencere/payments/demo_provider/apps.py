"""The Django app of the provider's pages."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.payments.demo_provider"
    label = "demo_payments"
    default_auto_field = "django.db.models.BigAutoField"
