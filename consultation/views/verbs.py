"""One verb with a form on the page of its matter: the right first, then the form, then the service."""

from django.shortcuts import redirect
from django.utils import timezone

from config.doors import attempt
from consultation import rules


def do(request, matter, verb, form, service, *, show, slot, success):
    """What was typed stays in `slot` of the page that `show` draws, unless the matter has moved on meanwhile."""
    rules.require(verb, request.user, matter)
    seen = matter.state
    if form.is_valid():
        deed = lambda: service(matter, by=request.user, at=timezone.now(), **form.cleaned_data)  # noqa: E731
        if attempt(request, deed, form=form, success=success):
            return redirect(matter)
    matter.refresh_from_db()
    if matter.state != seen:
        return redirect(matter)
    return show(request, matter, status=400, **{slot: form})
