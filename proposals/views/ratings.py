"""Pages of rating a reply: by one's own login, by a paper sheet, and ending it when the time is over."""

from django.views.decorators.http import require_POST

from proposals import services
from proposals.forms.handling import PaperForm, RatingForm, ReasonForm
from proposals.queries.matters import silent_raters
from proposals.views.assignments import act, get

__all__ = ["assignment_conclude", "assignment_paper", "assignment_rate"]


@require_POST
def assignment_rate(request, pk):
    assignment = get(request, pk)
    then = assignment.micro.get_absolute_url() if assignment.micro_id else None
    return act(
        request, assignment, "rate", RatingForm(request.POST, assignment=assignment), "rating_form",
        lambda data, by, at: services.rate(assignment, by=by, at=at, **data), success="谢谢您的评价。", then=then,
    )  # fmt: skip


@require_POST
def assignment_paper(request, pk):
    assignment = get(request, pk)
    silent = silent_raters([assignment])[assignment.pk]
    form = PaperForm(request.POST, request.FILES, assignment=assignment, silent=silent, prefix="paper")
    return act(
        request, assignment, "enter_rating", form, "paper_form",
        lambda data, by, at: services.enter_paper(assignment, by=by, at=at, **data), success="评价已代录。",
    )  # fmt: skip


@require_POST
def assignment_conclude(request, pk):
    assignment = get(request, pk)
    return act(
        request, assignment, "conclude", ReasonForm(request.POST), "conclude_form",
        lambda data, by, at: services.conclude(assignment, by=by, at=at, **data), success="评价已结束。",
    )  # fmt: skip
