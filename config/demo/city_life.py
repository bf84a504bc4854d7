"""What a whole city does: stations open, the plan of postings is worked out and enacted, months are told of."""

import datetime
from collections import defaultdict

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from config.demo.accounts import PASSWORD
from config.demo.days import Days, moment
from config.milestones import clock
from config.workdays.count import add_months
from members.facts import Fact
from members.models import Region, User
from members.services import duty
from members.services.duty import Deed
from workstations import names
from workstations.models import (
    GridAct,
    GridLog,
    GridPosting,
    Played,
    PostingPlan,
    PostKind,
    StationKind,
    Workstation,
)
from workstations.services import posting_enact, posting_plans
from workstations.services import stations as services

OPENED = 70  # workdays ago
RESIDENTS = 2
DILIGENT, TIRED = 0.80, 0.93  # so many tell of most months; so many more only of the first; the rest never did
TOLD = 0.93  # of the months of the diligent
WORDS = (
    "走访了十几户群众，讲了医保缴费的新政策。", "和网格员一起看了排水沟，已向村里反映清淤。", "",
    "有群众反映路灯不亮，已联系村委会处理。", "宣传防溺水和用电安全。", "",
    "了解了几户老人的照料情况，帮一户申请了适老化改造。", "听群众说了停车难，准备写一件微建议。", "",
)  # fmt: skip
BATCH = 1000


def open_stations(places, dice, *, days: Days) -> int:
    """A studio in every town, kept by a clerk and held by two members who live there; a station in some villages."""
    at, opened, password = moment(days.back(OPENED), 10), 0, make_password(PASSWORD)
    for place in places:
        living = defaultdict(list)
        for member in place.members:
            if member.region_id:
                living[member.region_id[:9]].append(member)
        towns = Region.objects.in_bulk({village.parent_id for village in place.villages})
        for code, town in sorted(towns.items()):
            keeper = User(
                username=f"{place.committee.slug}-{code[6:9]}-z", name=f"{town.name}联络员", password=password,
                must_change_password=False, date_joined=at,
            )  # fmt: skip
            keeper.save()
            studio = _station(place, StationKind.TOWNSHIP_STUDIO, town, at)
            services.post_member(studio, post=PostKind.KEEPER, user=keeper, by=place.staff, at=at)
            for rank, member in enumerate(living[code[:9]][: RESIDENTS + 1]):
                post = PostKind.RESIDENT if rank else PostKind.CONVENER
                services.post_member(studio, post=post, member=member, by=place.staff, at=at)
            village = dice.choice([village for village in place.villages if village.parent_id == code])
            _station(place, StationKind.VILLAGE_STATION, village, at)
            opened += 2
    return opened


def _station(place, kind, region, at) -> Workstation:
    station = Workstation(
        committee=place.committee, kind=kind, region=region, opening_hours=names.OPENING_HOURS,
        plaque_on=timezone.localdate(at), address=f"{region.name}党群服务中心",
    )  # fmt: skip
    station.name = names.name_for(station)
    if Workstation.objects.filter(committee=place.committee, name=station.name).exists():
        station.name = f"{region.parent.name}{station.name}"
    return services.open_station(station, by=place.staff, at=at)


def post(city, places, *, at: datetime.datetime) -> PostingPlan:
    """The city's office plans and enacts; every county's office enacts what was handed down to it."""
    top = places[0]
    name = f"{timezone.localdate(at).year}年委员进网格方案" if city.grids else "委员包村方案"
    plan = PostingPlan(committee=top.committee, name=name, target=city.target)
    posting_plans.open_plan(plan, by=top.staff, at=at)
    posting_plans.start(plan, by=top.staff, at=at)
    posting_plans.work_out(plan, run=plan.runs, by=top.staff, at=at)
    posting_enact.enact(plan, by=top.staff, at=at)
    offices = {place.committee.pk: place.staff for place in places}
    for handed in plan.lower.select_related("committee__region", "committee__upper"):
        posting_enact.enact(handed, by=offices[handed.committee_id], at=at)
    return plan


# --- months --------------------------------------------------------------------------------------------------------


def tell_months(places, dice, *, days: Days, since: datetime.date) -> int:
    """Logs of every month after the posting, the running one included; then the reminder of that month goes out."""
    posted = defaultdict(list)
    members = [member for place in places for member in place.members]
    for member, region in GridPosting.objects.filter(
        until__isnull=True, committee__in=[place.committee.pk for place in places]
    ).values_list("member", "region"):
        posted[member].append(region)
    manner = {member.pk: dice.random() for member in members}
    month, told, number = add_months(since.replace(day=1), 1), 0, 0
    while month <= days.today:
        telling = [member for member in members if posted[member.pk] and _tells(manner[member.pk], number, dice)]
        told += _month(telling, posted, month, dice, now=days.now)
        reminded = moment(month.replace(day=26), 9, 5)
        if reminded <= days.now:
            clock.sweep(at=reminded)
        month, number = add_months(month, 1), number + 1
    return told


def _tells(manner, number, dice) -> bool:
    if manner < DILIGENT:
        return dice.random() < TOLD
    return manner < TIRED and number == 0


def _month(members, posted, month, dice, *, now) -> int:
    """In bulk what services.grid_logs does one by one: the log, its grids and acts, and the fact of duty."""
    last = min(27, timezone.localdate(now).day - 1) if month == timezone.localdate(now).replace(day=1) else 27
    if last < 2:
        return 0
    logs = []
    for member in members:
        at = moment(month.replace(day=dice.randint(1, last)), dice.randint(9, 20), dice.randint(0, 59))
        logs.append(
            GridLog(
                committee_id=member.committee_id, member=member, month=month, words=dice.choice(WORDS), at=at,
                updated_at=at, by_id=member.user_id,
            )
        )  # fmt: skip
    logs = GridLog.objects.bulk_create(logs, batch_size=BATCH)
    visited, acts, deeds = [], [], []
    through = GridLog.regions.through
    for log in logs:
        own = posted[log.member_id]
        visited += [through(gridlog=log, region_id=code) for code in dice.sample(own, dice.randint(1, len(own)))]
        played = {role: dice.randint(1, 3) for role in dice.sample(Played.values, dice.randint(1, 3))}
        acts += [GridAct(log=log, played=role, times=times) for role, times in played.items()]
        done = "、".join(f"{Played(role).label} {times} 次" for role, times in played.items())
        title = f"{month.year}年{month.month}月进网格：{done}"
        on = timezone.localdate(log.at)
        deeds.append(Deed(log.member_id, on, Fact.GRID, f"grid-log:{log.pk}", title, url=log.get_absolute_url()))
    through.objects.bulk_create(visited, batch_size=BATCH)
    GridAct.objects.bulk_create(acts, batch_size=BATCH)
    for start in range(0, len(deeds), BATCH):
        duty.record(deeds[start : start + BATCH], by=None, at=now)
    return len(logs)
