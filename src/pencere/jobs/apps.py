from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
