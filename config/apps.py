from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class ConfigConfig(AppConfig):
    """The front door; it owns no table."""

    name = "config"
    verbose_name = "平台"

    def ready(self):
        # Tasks bind to this application; checks, receivers and Django's own wording register themselves.
        from config import celery, checks, receivers, wording  # noqa: F401


class AdminConfig(DjangoAdminConfig):
    default_site = "config.admin.OfficeSite"

    def ready(self):
        super().ready()
        from config.admin import rooms  # noqa: F401  (the rooms have no admin of their own: they know no site)
