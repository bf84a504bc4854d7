"""Pages of talking with who put a matter, and of the opinions that co-units owe."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from config.doors import attempt
from proposals import rules
from proposals.forms.handling import ContactForm, WaiveForm
from proposals.queries.handling import signers_of
from proposals.services import contacts, opinions
from proposals.views.assignments import act, get


def contact_new(request, pk):
    """登记沟通: when, how, with whom, what was said."""
    assignment = get(request, pk)
    rules.require("contact", request.user, assignment)
    signers = signers_of(assignment.proposal) if assignment.proposal_id else []
    initial = {"on": timezone.localdate(), "with_whom": "、".join(row["name"] for row in signers)[:100]}
    form, status = ContactForm(request.POST or None, assignment=assignment, initial=initial), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            added = attempt(
                request,
                lambda: contacts.add(assignment, by=request.user, at=timezone.now(), **form.cleaned_data),
                form=form,
                success="沟通情况已登记。",
            )
            if added or not form.errors:
                return redirect(assignment)
    context = {"assignment": assignment, "form": form, "committee": assignment.committee}
    return render(request, "proposals/contact_form.html", context, status=status)


@require_POST
def opinion_waive(request, pk):
    assignment = get(request, pk)
    form = WaiveForm(request.POST, late=opinions.late_words(assignment, on=timezone.localdate()))
    return act(
        request, assignment, "waive", form, "waive_form",
        lambda data, by, at: opinions.waive(assignment, by=by, at=at, **data), success="已免报，主办单位会收到通知。",
    )  # fmt: skip
