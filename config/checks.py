"""What Django's own deployment check does not look at."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def production_is_closed(app_configs, **kwargs):
    """The API denies by default, files are not public, SQLite is for one machine."""
    problems = []
    defaults = settings.REST_FRAMEWORK
    if "rest_framework.permissions.AllowAny" in defaults["DEFAULT_PERMISSION_CLASSES"]:
        problems.append(Error("The API must deny by default.", id="shangliang.E001"))
    if defaults.get("NUM_PROXIES") is None:
        problems.append(Error("NUM_PROXIES must be set, or throttles trust a forged header.", id="shangliang.E002"))
    if str(settings.MEDIA_ROOT).startswith(str(settings.STATIC_ROOT)):
        problems.append(Error("Uploads must not lie under a public folder.", id="shangliang.E003"))
    if not settings.REDIS_URL:
        problems.append(Error("Production needs REDIS_URL.", id="shangliang.E004"))
    return problems
