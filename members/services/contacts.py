"""联系制度: set it up, link who contacts whom, end a link (rows 42, 55, 130, 176)."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.refusals import Incomplete, WrongState
from config.saving import save
from members.models import OF_ORGANISATIONS, Circle, Committee, ContactLink, ContactScheme, User
from members.queries import contacts as queries
from members.rules import contacts as rules

VISIT, GAP = "contact-visit", "contact-gap"


@transaction.atomic
def adopt(preset, committee: Committee, *, by: User | None, at: datetime) -> list[ContactScheme]:
    """套用: the tiers of a preset that the committee has not yet, as rows of its own."""
    tiers = [
        ContactScheme(
            committee=committee, name=tier.name, contacts=tier.contacts, targets=tier.targets,
            visits_a_year=tier.visits_a_year, leads=tier.leads,
        )
        for tier in preset.tiers
    ]  # fmt: skip
    for scheme in tiers:
        rules.require("adopt", by, scheme)
    there = set(ContactScheme.objects.filter(committee=committee).values_list("name", flat=True))
    fresh = [scheme for scheme in tiers if scheme.name not in there]
    if not fresh:
        raise WrongState(f"“{preset.label}”已经套用，请在下面直接修改。")
    for scheme in fresh:
        scheme.save()
        watch(scheme, at=at)
    names = [scheme.name for scheme in fresh]
    log.record("contactscheme.adopt", fresh[0], by=by, at=at, scope=committee.pk, preset=preset.label, names=names)
    return fresh


@transaction.atomic
def set_up(scheme: ContactScheme, *, by: User | None, at: datetime) -> ContactScheme:
    """建立: a scheme of the place's own making, not saved yet."""
    rules.require("set_up", by, scheme)
    save(scheme)
    watch(scheme, at=at)
    log.record("contactscheme.set_up", scheme, by=by, at=at, scope=scheme.committee_id)
    return scheme


@transaction.atomic
def change(scheme: ContactScheme, *, changed: list[str], by: User | None, at: datetime) -> ContactScheme:
    """修改: save what a form has put on `scheme`; a scheme that is switched on again is watched again."""
    rules.require("change", by, scheme)
    if changed:
        labels = [str(ContactScheme._meta.get_field(name).verbose_name) for name in changed]
        save(scheme, update_fields=changed)
        if "is_active" in changed and scheme.is_active:
            watch(scheme, at=at)
        log.record("contactscheme.change", scheme, by=by, at=at, scope=scheme.committee_id, fields=labels)
    return scheme


@transaction.atomic
def link(row: ContactLink, *, by: User | None, at: datetime) -> ContactLink:
    """结对: one contact and one other end, not saved yet; both are told."""
    rules.require("link", by, row)
    if not row.scheme.is_active:
        raise WrongState(f"“{row.scheme}”已停用，不能再结对。")
    _require_own(row)
    save(row)
    log.record("contactlink.link", row, by=by, at=at, scope=row.scheme.committee_id, scheme=row.scheme.name)
    outbox.send_many(_letters(row.scheme, [row], by), at=at)
    return row


@transaction.atomic
def propose(scheme: ContactScheme, pairs: list[tuple[int, int]], *, by: User | None, at: datetime) -> int:
    """批量结对: make the links that were looked at (contact, target); refused when the register says otherwise now."""
    rules.require("propose", by, scheme)
    if not scheme.is_active:
        raise WrongState(f"“{scheme}”已停用，不能再结对。")
    ContactScheme.objects.select_for_update().get(pk=scheme.pk)
    today = timezone.localdate(at)
    now = {(pair.contact.pk, pair.target.pk): pair for pair in queries.proposed(scheme, today)}
    if not pairs or set(pairs) - set(now):
        raise WrongState("委员名单或结对情况刚刚有变化，请按新的建议再看一遍。")
    end = "to_organisation" if scheme.targets in OF_ORGANISATIONS else "to_member"
    rows = [
        ContactLink(scheme=scheme, contact=now[pair].contact, since=today, **{end: now[pair].target}) for pair in pairs
    ]
    ContactLink.objects.bulk_create(rows, batch_size=500)
    log.record("contactscheme.propose", scheme, by=by, at=at, scope=scheme.committee_id, links=len(rows))
    outbox.send_many(_letters(scheme, rows, by), at=at)
    return len(rows)


@transaction.atomic
def end(row: ContactLink, *, on: date, by: User | None, at: datetime) -> None:
    """结束联系: the link and its visits stay in the history."""
    rules.require("end", by, row)
    if on < row.since:
        raise Incomplete("结束日期不能早于结对日期。", {"until": "结束日期不能早于结对日期。"})
    if not ContactLink.objects.filter(pk=row.pk, until__isnull=True).update(until=on):
        raise WrongState("这一对联系已经结束。")
    row.until = on
    for visit in row.visits.standing().filter(held_on__isnull=True):
        clock.cancel(visit, kind=VISIT, reason="联系已结束", at=at)
    log.record("contactlink.end", row, by=by, at=at, scope=row.scheme.committee_id, until=on)


def watch(scheme: ContactScheme, *, at: datetime, round: int | None = None) -> None:
    """Look at the first of next month whom nobody saw for half a year; one look leads to the next."""
    today = timezone.localdate(at)
    first = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    due_at = timezone.make_aware(datetime.combine(first, time(9)))
    clock.once(
        scheme, kind=GAP, code="look", due_at=due_at, scope=scheme.committee_id, round=first.year * 12 + first.month
    )


def _require_own(row):
    """Both ends belong to the committee, and the other end is of the kind that the scheme means."""
    committee, problems = row.scheme.committee_id, {}
    for name, label in (("contact", "联系人"), ("to_member", "联系的委员"), ("to_organisation", "联系的单位")):
        other = getattr(row, name)
        if other is not None and other.committee_id != committee:
            problems[name] = f"{label}须属于同一个政协委员会。"
    wanted = "to_people" if row.scheme.targets == Circle.PEOPLE else "to_member"
    wanted = "to_organisation" if row.scheme.targets in OF_ORGANISATIONS else wanted
    if not problems and not getattr(row, wanted):
        words = f"“{row.scheme}”联系的是{row.scheme.get_targets_display()}，请在这里填写。"
        problems[wanted] = words
    if problems:
        raise Incomplete("".join(problems.values()), problems)


def _letters(scheme, rows, by) -> list[outbox.Letter]:
    """Each contact hears of all whom he contacts in one letter, each contacted member who contacts him."""
    letters, mine = [], {}
    for row in rows:
        mine.setdefault(row.contact.user_id, []).append(row)
        if row.to_member_id and row.to_member.user_id != (by and by.pk):
            letters.append(
                outbox.Letter(
                    (row.to_member.user_id,), "contact", f"{row.contact}与您建立联系", f"contact-link:{row.pk}",
                    f"按照“{scheme}”，有情况和建议可以直接找{row.contact}。", row.get_absolute_url(),
                    scheme.committee_id,
                )
            )  # fmt: skip
    for user, links in mine.items():
        if by and user == by.pk:
            continue
        names = "、".join(row.target for row in links[:5]) + ("等" if len(links) > 5 else "")
        letters.append(
            outbox.Letter(
                (user,), "contact", f"请您联系{names}", f"contact-links:{links[0].pk}",
                f"“{scheme}”：每年至少联系 {scheme.visits_a_year} 次，联系后请随手登记。", "/contacts/",
                scheme.committee_id,
            )
        )  # fmt: skip
    return letters
