from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class ConfigConfig(AppConfig):
    """The front door; it owns no table."""

    name = "config"
    verbose_name = "平台"

    def ready(self):
        from config import celery, checks  # noqa: F401  (tasks bind to this application; checks register themselves)


class AdminConfig(DjangoAdminConfig):
    default_site = "config.admin.OfficeSite"
