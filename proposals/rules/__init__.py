"""Who may do which verb on which row; services call `require`, pages ask `may`."""

from django.core.exceptions import PermissionDenied

from proposals.rules import handing, imports, information, led, matters, proposals, showcase, supervision

RULES = {
    **matters.RULES,
    **proposals.RULES,
    **handing.RULES,
    **imports.RULES,
    **information.RULES,
    **led.RULES,
    **showcase.RULES,
    **supervision.RULES,
}


def may(verb: str, user, thing) -> bool:
    return user.is_authenticated and RULES[verb](user, thing)


def require(verb: str, user, thing) -> None:
    """Raise PermissionDenied unless `user` may do `verb`; None is the system itself."""
    if user is not None and not RULES[verb](user, thing):
        raise PermissionDenied(f"{verb} {thing._meta.label_lower}")
