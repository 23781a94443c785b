from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
