"""委员名册: the members for those who manage people or look after their duty, one member, and each verb's form."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.filters.people import PeopleFilter
from members.forms.people import (
    EndForm,
    LeaveForm,
    NewTermForm,
    ReturnForm,
    StandingForm,
    TransferForm,
    sectors_of,
)
from members.models import ChangeKind, Committee, DutyRecord, Member, MemberChange
from members.queries import people as queries
from members.roles import Permission
from members.rules import people as rules
from members.services import people as services

SHOWN = ("user", "sector", "region", "committee")
OPEN_TO_CLERKS = ("activity:", "claim:", "story:")  # by the key of a record


def managed_committee(request) -> Committee:
    """The committee whose people this person manages: the one that the address names, else the first."""
    held = Committee.objects.manageable_by(request.user, Permission.PEOPLE_MANAGE).select_related("region")
    named = request.GET.get("committee") or request.POST.get("of")
    committee = next((one for one in held if one.slug == named), None) if named else held.first()
    if committee is None:
        raise PermissionDenied
    return committee


def _roster(request):
    return Member.objects.visible_to(request.user).on_roster_of(request.user).select_related(*SHOWN)


def _managed(request, pk):
    """A member of the roster whom this person manages; who only looks on is told so."""
    member = get_object_or_404(_roster(request), pk=pk)
    if not rules.can_manage_member(request.user, member):
        raise PermissionDenied
    return member


# --- reading -----------------------------------------------------------------------------------------------------


@require_safe
def people_list(request):
    user, today = request.user, timezone.localdate()
    manages = bool(user.committees_with(Permission.PEOPLE_MANAGE))
    if not (
        manages
        or user.committees_with(Permission.DUTY_MANAGE)
        or user.committees_reached_with(Permission.DUTY_LOOK_AFTER)
    ):
        raise PermissionDenied
    filterset = PeopleFilter(request.GET, queryset=_roster(request), user=user)
    page = keyset(filterset.qs, request)
    duty = queries.duty_of([member.pk for member in page], today.year)
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [(member, duty[member.pk]) for member in page],
        "serving": queries.serving(_roster(request), today),
        "group": filterset.group,
        "times": queries.person_times(filterset.qs, today.year) if filterset.group else None,
        "year": today.year,
        "manages": manages,
        "narrowed": any(request.GET.get(name) for name in filterset.filters),
    }
    return render(request, "members/people_list.html", context)


@require_safe
def people_detail(request, pk):
    return _detail(request, get_object_or_404(_roster(request), pk=pk))


@require_POST
@never_cache
@sensitive_variables("phone")
def people_phone(request, pk):
    """The same page with the number in clear, once; who looked stands in the trail."""
    member = get_object_or_404(_roster(request), pk=pk)
    phone = services.reveal_phone(member, by=request.user, at=timezone.now())
    return _detail(request, member, phone=phone or "没有登记手机号")


def _detail(request, member, phone=""):
    today = timezone.localdate()
    year = _year(request, today.year)
    posts = list(member.posts.select_related("body").order_by("-pk"))
    changes = list(MemberChange.objects.visible_to(request.user).filter(member=member).select_related("by"))
    records = DutyRecord.objects.visible_to(request.user).standing().filter(member=member, year=year)
    page = keyset(records, request)
    if member.committee_id not in request.user.committees_with(Permission.DUTY_MANAGE):
        _unlink(page)
    leaves = [change for change in changes if change.kind == ChangeKind.ON_LEAVE and change.until >= today]
    context = {
        "member": member,
        "phone": phone,
        "now": [post for post in posts if post.until is None or post.until >= today],
        "past": [post for post in posts if post.until is not None and post.until < today],
        "changes": changes,
        "leaves": leaves,
        "on_leave": any(leave.since <= today for leave in leaves),
        "has_left": member.until is not None and member.until < today,
        "page": page,
        "year": year,
        "other_years": [other for other in (year - 1, year + 1) if member.since.year <= other <= today.year],
        "duty": queries.duty_of([member.pk], year)[member.pk],
        "manages": rules.can_manage_member(request.user, member),
    }
    return render(request, "members/people_detail.html", context)


def _unlink(records):
    """A township clerk reads activities and claims, not the members' 微建议 and topics: those keep their title only."""
    for record in records:
        if not record.key.startswith(OPEN_TO_CLERKS):
            record.url = ""


def _year(request, present) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else present


# --- what happens to one membership ------------------------------------------------------------------------------


def people_transfer(request, pk):
    member = _managed(request, pk)
    form = TransferForm(request.POST or None, member=member)
    return _verb(request, member, form, services.transfer, "调整界别", f"现在在{member.sector}。专委会的任职不变。")


def people_standing(request, pk):
    member = _managed(request, pk)
    title = "不再担任常委" if member.is_standing else "增选为常委"
    form = StandingForm(request.POST or None)

    def turn(member, **said):
        return services.set_standing(member, is_standing=not member.is_standing, **said)

    return _verb(request, member, form, turn, title, "会记入变动记录，并通知本人。")


def people_leave(request, pk):
    form = LeaveForm(request.POST or None)
    lead = "请假期间的缺席不算无故缺席。到期自动恢复，提前回来的办理销假。"
    return _verb(request, _managed(request, pk), form, services.grant_leave, "登记请假", lead)


def people_return(request, pk):
    leave = get_object_or_404(MemberChange.objects.visible_to(request.user).filter(kind=ChangeKind.ON_LEAVE), pk=pk)
    member = _managed(request, leave.member_id)
    form = ReturnForm(request.POST or None)

    def back(member, **said):
        return services.return_from_leave(leave, **said)

    lead = f"准假 {leave.since:%Y-%m-%d} 至 {leave.until:%Y-%m-%d}。还没有开始的，整个撤销。"
    return _verb(request, member, form, back, "办理销假", lead)


def people_end(request, pk):
    form = EndForm(request.POST or None)
    lead = "各机构的任职同时结束，委员的页面随即进不去；履职记录和已提交的材料都保留。"
    return _verb(request, _managed(request, pk), form, services.end, "不再担任委员", lead, danger=True)


def _verb(request, member, form, do, title, lead, *, danger=False):
    if form.is_valid():
        done = attempt(
            request,
            lambda: do(member, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"{member}：{title}，已办理。",
            form=form,
        )
        if done:
            return redirect("people-detail", member.pk)
    context = {"member": member, "form": form, "title": title, "lead": lead, "danger": danger}
    return render(request, "members/people_form.html", context)


# --- the next term -----------------------------------------------------------------------------------------------


def new_term(request):
    """换届: who goes on, in which sector."""
    committee = managed_committee(request)
    members = Member.objects.visible_to(request.user).filter(committee=committee, term=committee.term)
    serving = members.not_ended(timezone.localdate()).select_related("user", "sector").order_by("sector", "pk")
    form = NewTermForm(
        request.POST or None, members=serving, sectors=sectors_of(committee), everybody="everybody" in request.GET
    )
    if form.is_valid():
        said = form.cleaned_data
        carried = attempt(
            request,
            lambda: services.new_term(
                committee, term=committee.term + 1, since=said["since"], seats=said["seats"],
                by=request.user, at=timezone.now(),
            ),
            success=f"第 {committee.term + 1} 届名单已建立：{len(said['seats'])} 位连任。新委员请用花名册导入。",
        )  # fmt: skip
        if carried:
            return redirect("people-list")
    context = {"committee": committee, "form": form, "next_term": committee.term + 1}
    return render(request, "members/people_new_term.html", context)
