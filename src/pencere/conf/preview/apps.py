"""Its templates are found while a service is previewed."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "pencere.conf.preview"
    label = "preview"
