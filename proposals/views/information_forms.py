"""The decisions of the register on one report: the forms that its page shows, filled in again where one failed."""

from proposals.forms.information import PutInForm, ReturnForm, SameForm, ShelveForm
from proposals.models import Information
from proposals.queries import information as queries
from proposals.services.information_desk import MAIN
from proposals.states import InformationState

S = InformationState
OFFERED = 6


def offered_mains(row: Information):
    """What this report may be laid beside: the nearest ones that stand for themselves."""
    text = f"{row.title} {row.problem}"
    near = [other.pk for other in queries.alike(row.committee, text, but=row, limit=OFFERED)]
    found = Information.objects.filter(pk__in=near, state__in=MAIN, same_as=None)
    return near, found.select_related("category")


def decisions(row: Information, forms: dict) -> dict:
    """Context of the page: which forms fit the state, and the reports that say much the same."""
    near, mains = offered_mains(row) if row.state in (S.SUBMITTED, S.REGISTERED) else ([], Information.objects.none())
    context = {"alike": sorted(mains, key=lambda other: near.index(other.pk))}
    if row.state == S.SUBMITTED:
        context["return_form"] = forms.get("return") or ReturnForm(prefix="return")
    if row.state in (S.SUBMITTED, S.REGISTERED):
        context["shelve_form"] = forms.get("shelve") or ShelveForm(prefix="shelve")
        if context["alike"] and not row.same_as_id:
            context["same_form"] = forms.get("same") or SameForm(prefix="same", offered=mains)
    if row.state == S.REGISTERED and not row.same_as_id:
        context["put_in_form"] = forms.get("put-in") or PutInForm(prefix="put-in", committee=row.committee)
    return context
