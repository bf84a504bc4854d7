from django.apps import AppConfig


class UploadsConfig(AppConfig):
    name = "config.uploads"
    label = "uploads"
    verbose_name = "附件"
