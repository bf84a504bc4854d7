"""Pages of an issue: the list, one issue from editing to what came of it, its sheet."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.audit import log
from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from members.roles import Permission
from proposals import rules
from proposals.documents import information as documents
from proposals.filters.information import BulletinFilter
from proposals.forms.deliveries import AdoptForm, DeliveryForm, UndoForm
from proposals.forms.information import BulletinForm, SendBackForm
from proposals.models import Bulletin, Delivery, Information
from proposals.queries import information as queries
from proposals.services import bulletins as services
from proposals.services import deliveries
from proposals.states import BulletinState, InformationState
from proposals.views.information_desk import committee_of

B = BulletinState


def _bulletin(request, pk, verb=None):
    rows = Bulletin.objects.visible_to(request.user).select_related("committee", "editor", "signer")
    bulletin = get_object_or_404(rows, pk=pk)
    if verb:
        rules.require(verb, request.user, bulletin)
    return bulletin


@require_safe
def bulletin_list(request):
    committee = committee_of(request)
    rows = Bulletin.objects.filter(committee=committee).prefetch_related("deliveries")
    found = BulletinFilter(request.GET or None, queryset=rows, request=request)
    context = {
        "committee": committee, "filter": found, "page": keyset(found.qs, request),
        "keeps": committee.pk in request.user.committees_with(Permission.INFORMATION_EDIT),
    }  # fmt: skip
    return render(request, "proposals/bulletin_list.html", context)


def bulletin_new(request):
    """Choose among the registered ones; several about one thing become one issue."""
    committee = committee_of(request, Permission.INFORMATION_EDIT)
    offered = Information.objects.filter(committee=committee, state=InformationState.REGISTERED, same_as=None)
    if request.method == "POST":
        keys = request.POST.getlist("report")
        chosen = [row for row in offered.select_related("committee") if str(row.key) in keys]
        made = attempt(
            request,
            lambda: services.begin(chosen, committee=committee, by=request.user, at=timezone.now()),
            success="已开始采编，原件不变。",
        )
        if made:
            return redirect("bulletin-edit", pk=made.pk)
    page = keyset(offered.select_related("author__user", "category", "word"), request, per_page=50)
    context = {"committee": committee, "page": page, "rows": [(row, queries.reporter_of(row)) for row in page]}
    return render(request, "proposals/bulletin_new.html", context, status=400 if request.method == "POST" else 200)


@require_safe
def bulletin(request, pk):
    return page(request, _bulletin(request, pk))


def page(request, row, *, forms=None, status=200):
    user, forms = request.user, forms or {}
    keeps, signs = rules.may("edit_bulletin", user, row), rules.may("sign_bulletin", user, row)
    reports = list(row.reports.select_related("author__user", "word", "category").order_by("year", "number", "pk"))
    context = {
        "bulletin": row,
        "committee": row.committee,
        "reports": [(report, queries.reporter_of(report)) for report in reports],
        "lines": [line.strip() for line in row.text.splitlines() if line.strip()],
        "names": list(dict.fromkeys(filter(None, map(queries.reporter_of, reports)))),
        "keeps": keeps,
        "signs": signs,
        "asked_for": services.sent_back_with(row),
        "history": log.history(row)[:30],
    }
    if row.state == B.TO_SIGN and signs:
        context["back_form"] = forms.get("back") or SendBackForm(prefix="back")
    if row.state == B.ISSUED:
        context["deliveries"] = [
            {
                "row": delivery,
                "adopt": forms.get(f"adopt-{delivery.pk}") or AdoptForm(prefix=f"adopt-{delivery.pk}"),
                "undo": forms.get(f"undo-{delivery.pk}") or UndoForm(prefix=f"undo-{delivery.pk}"),
            }
            for delivery in row.deliveries.order_by("pk")
        ]
        context["instructions"] = row.instructions.prefetch_related("steps")
        if keeps:
            context["delivery_form"] = forms.get("delivery") or DeliveryForm(prefix="delivery")
    return render(request, "proposals/bulletin_detail.html", context, status=status)


def bulletin_edit(request, pk):
    row = _bulletin(request, pk, "edit_bulletin")
    if row.state != B.EDITING:
        return redirect("bulletin", pk=pk)
    form = BulletinForm(request.POST or None, instance=row)
    if form.is_valid():
        who = {"by": request.user, "at": timezone.now()}
        saved = attempt(
            request, lambda: services.edit(row, **form.cleaned_data, **who), success="已保存。", form=form
        )  # fmt: skip
        if saved:
            return redirect("bulletin", pk=pk)
    reports = list(row.reports.select_related("author__user", "word").order_by("pk"))
    context = {
        "bulletin": row, "committee": row.committee, "form": form, "asked_for": services.sent_back_with(row),
        "reports": [(report, queries.reporter_of(report)) for report in reports],
    }  # fmt: skip
    status = 400 if request.method == "POST" else 200
    return render(request, "proposals/bulletin_form.html", context, status=status)


@require_POST
def bulletin_take_out(request, pk, key):
    row = _bulletin(request, pk, "edit_bulletin")
    report = get_object_or_404(row.reports.select_related("same_as"), key=key)
    attempt(
        request, lambda: services.take_out(row, report, by=request.user, at=timezone.now()),
        success="已移出，回到登记台。",
    )  # fmt: skip
    return redirect("bulletin", pk=pk)


@require_POST
def bulletin_drop(request, pk):
    row = _bulletin(request, pk, "edit_bulletin")
    dropped = attempt(
        request, lambda: services.drop(row, by=request.user, at=timezone.now()), success="已放弃，信息回到登记台。"
    )  # fmt: skip
    return redirect("bulletin-list") if dropped else redirect("bulletin", pk=pk)


@require_POST
def bulletin_put_forward(request, pk):
    row = _bulletin(request, pk, "edit_bulletin")
    attempt(
        request, lambda: services.put_forward(row, by=request.user, at=timezone.now()), success="已送签。"
    )  # fmt: skip
    return redirect("bulletin", pk=pk)


@require_POST
def bulletin_sign(request, pk):
    row = _bulletin(request, pk, "sign_bulletin")
    attempt(
        request, lambda: services.sign(row, by=request.user, at=timezone.now()),
        success="已签发编号，采编人和反映人已收到通知。",
    )  # fmt: skip
    return redirect("bulletin", pk=pk)


def _decide(request, row, name, form, do, success):
    """One decision with its form: done, or the page again with what was typed."""
    if form.is_valid():
        who = {"by": request.user, "at": timezone.now()}
        done = attempt(request, lambda: do(**form.cleaned_data, **who), success=success, form=form)
        if done or not form.errors:
            return redirect("bulletin", pk=row.pk)
    row.refresh_from_db()
    return page(request, row, forms={name: form}, status=400)


@require_POST
def bulletin_send_back(request, pk):
    row = _bulletin(request, pk, "sign_bulletin")
    form = SendBackForm(request.POST, prefix="back")
    return _decide(request, row, "back", form, lambda **data: services.send_back(row, **data), "已退回采编人。")


@require_POST
def bulletin_deliver(request, pk):
    row = _bulletin(request, pk, "edit_bulletin")
    form = DeliveryForm(request.POST, prefix="delivery")
    return _decide(
        request, row, "delivery", form, lambda **data: deliveries.send(row, **data), "已登记报送，反映人已收到通知。"
    )  # fmt: skip


def _delivery(request, pk):
    rows = Delivery.objects.visible_to(request.user).select_related("bulletin__committee")
    delivery = get_object_or_404(rows, pk=pk)
    rules.require("edit_bulletin", request.user, delivery.bulletin)
    return delivery


@require_POST
def delivery_adopt(request, pk):
    delivery, name = _delivery(request, pk), f"adopt-{pk}"
    form = AdoptForm(request.POST, prefix=name)
    return _decide(
        request, delivery.bulletin, name, form, lambda **data: deliveries.adopt(delivery, **data),
        "已登记采用，反映人已收到通知，并记入履职记录。",
    )  # fmt: skip


@require_POST
def delivery_unadopt(request, pk):
    delivery, name = _delivery(request, pk), f"undo-{pk}"
    form = UndoForm(request.POST, prefix=name)
    return _decide(
        request, delivery.bulletin, name, form, lambda **data: deliveries.unadopt(delivery, **data),
        "已撤销采用登记，履职记录已冲销。",
    )  # fmt: skip


@require_POST
def delivery_strike(request, pk):
    delivery = _delivery(request, pk)
    attempt(
        request, lambda: deliveries.strike(delivery, by=request.user, at=timezone.now()), success="已撤销报送登记。"
    )  # fmt: skip
    return redirect("bulletin", pk=delivery.bulletin_id)


@require_safe
def bulletin_sheet(request, pk):
    """The sheet as it goes out; before it is signed it says that it is not."""
    row = _bulletin(request, pk)
    name = f"社情民意{row.serial or '送签稿'}.docx"
    return download(documents.sheet_of(row), name)
