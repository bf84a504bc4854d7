"""What the public reads of a member: cards, posts, stations, stories, deeds; never contact data or party."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, F, Q, Sum, When

from config.privacy import masked
from members.facts import THERE, Fact
from members.models import BodyKind, DutyRecord, Member, Membership

EVERYBODY = AnonymousUser()  # staff see on these pages what a visitor sees

# Facts that are public by nature, under the words of the page. A day of a party organisation would tell the party.
DEEDS = {
    Fact.CONSULTATION: ("参加协商", "次"), Fact.ACTIVITY: ("参加履职活动", "次"), Fact.CHARITY: ("参加公益活动", "次"),
    Fact.MICRO_DONE: ("微建议办结", "件"), Fact.TOPIC_SELECTED: ("议题被采用", "项"),
    Fact.ANSWER: ("答复群众提问", "件"),
}  # fmt: skip
PRIVATE_DETAILS = ("party_day",)
# A sector that is a party would tell the member's, and one of religion the belief, marked as sensitive or not.
UNTOLD_SECTORS = (
    "中国共产党", "中共", "民革", "民盟", "民建", "民进", "农工党", "致公党", "九三学社", "台盟", "无党派人士",
    "无党派", "宗教界",
)  # fmt: skip
TOLD = Q(is_sensitive=False) & ~Q(name__in=UNTOLD_SECTORS)  # of the bodies that are sectors
TEXTS = ("work_post", "specialties", "introduction")


def shown(members):
    """`members` with `shown_sector`: the sector's name, nothing where it would tell somebody's belief or party."""
    told = When(~Q(sector__name__in=UNTOLD_SECTORS), sector__is_sensitive=False, then=F("sector__name"))
    return members.annotate(shown_sector=Case(told, output_field=CharField()))


def covered(members) -> list[Member]:
    """The same rows to show, with every telephone number and e-mail address in their texts covered."""
    rows = list(members)
    for member in rows:
        for name in TEXTS:
            setattr(member, name, masked(getattr(member, name)))
    return rows


def public_posts(member: Member):
    """Posts in force, in bodies that the public may know of: no party organisation, nothing sensitive."""
    posts = Membership.objects.in_force().filter(member=member, body__is_active=True, body__is_sensitive=False)
    hidden = [BodyKind.PARTY_ORGANISATION, BodyKind.SECTOR]
    return posts.exclude(body__kind__in=hidden).select_related("body").order_by("body__kind", "pk")


def stations(member: Member) -> list:
    """Open stations where the member serves or which the member leads, each once."""
    posts = member.station_posts.visible_to(EVERYBODY).in_force().select_related("station").order_by("pk")
    led = [(station, "领衔委员") for station in member.studios.visible_to(EVERYBODY)]
    found = {station.pk: (station, post) for station, post in led}
    for post in posts:
        found.setdefault(post.station_id, (post.station, post.get_post_display()))
    return list(found.values())


def deeds(member: Member, year: int) -> list[dict]:
    """The year's public deeds in figures: label, value and unit, those that are none left out."""
    records = DutyRecord.objects.standing().of_year(member.committee_id, year)
    records = records.filter(Q(mark__in=THERE) | Q(mark=""), member=member, fact__in=list(DEEDS))
    counted = records.exclude(detail__in=PRIVATE_DETAILS).order_by().values("fact").annotate(number=Sum(1))
    number = {row["fact"]: row["number"] for row in counted}
    return [
        {"label": label, "value": number[fact], "unit": unit}
        for fact, (label, unit) in DEEDS.items()
        if number.get(fact)
    ]
