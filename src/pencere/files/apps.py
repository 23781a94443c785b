from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
