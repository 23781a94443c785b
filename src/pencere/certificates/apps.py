from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.certificates"
    label = "certificates"
    default_auto_field = "django.db.models.BigAutoField"
