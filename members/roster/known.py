"""What a committee knows already, loaded in a fixed number of queries whatever the length of the roster."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from django.db.models import Q

from members.models import Body, BodyKind, Committee, Member, Membership, Region, RegionLevel, RoleGrant, User
from members.roles import Permission
from members.roster.columns import plain

CHUNK = 500


@dataclass
class Known:
    """Names → rows. Members are those of the committee's present term that have not ended on `today`."""

    committee: Committee
    today: date
    sectors: dict[str, Body] = field(default_factory=dict)
    special: dict[str, Body] = field(default_factory=dict)
    regions: dict[str, list[Region]] = field(default_factory=lambda: defaultdict(list))
    members: list[Member] = field(default_factory=list)
    by_phone: dict[str, Member] = field(default_factory=dict)
    by_number: dict[str, Member] = field(default_factory=dict)
    by_name: dict[tuple[str, int], list[Member]] = field(default_factory=lambda: defaultdict(list))
    seats: dict[int, dict[int, list[Membership]]] = field(default_factory=lambda: defaultdict(dict))
    left: dict[int, Member] = field(default_factory=dict)  # user → the membership of this term that has ended
    numbers_left: set[str] = field(default_factory=set)  # 委员证号 of those who left in this term
    accounts: dict[str, User] = field(default_factory=dict)  # by phone
    names_taken: set[str] = field(default_factory=set)  # phones of the file that are somebody's user name
    own: set[int] = field(default_factory=set)  # users who belong to this committee in any way
    foreign: set[int] = field(default_factory=set)  # users whose phone is not this office's alone to change

    @classmethod
    def of(cls, committee: Committee, *, today: date, by: User | None, phones: set[str] = frozenset()) -> "Known":
        known = cls(committee, today)
        known._places()
        known._members()
        known._accounts(phones, by)
        return known

    def _places(self):
        bodies = Body.objects.filter(
            committee=self.committee, is_active=True, kind__in=[BodyKind.SECTOR, BodyKind.SPECIAL_COMMITTEE]
        )
        for body in bodies:
            group = self.sectors if body.kind == BodyKind.SECTOR else self.special
            group[plain(body.name)] = body
        home = self.committee.region
        below = Region.objects.within(home).in_force().filter(level__gt=home.level, level__lte=RegionLevel.TOWN)
        for region in below.select_related("parent"):
            for name in {region.name, region.code, f"{region.parent}{region}"}:
                self.regions[plain(name)].append(region)

    def _members(self):
        of_term = Member.objects.filter(committee=self.committee, term=self.committee.term)
        for member in of_term.select_related("user", "sector", "region__parent").order_by("pk"):
            if member.until is not None and member.until < self.today:
                self.left[member.user_id] = member
                self.numbers_left.add(member.number)
                continue
            self._keep_names(member)
            self.members.append(member)
            self.by_name[member.user.name, member.sector_id].append(member)
            if member.user.phone:
                self.by_phone[member.user.phone] = member
            if member.number:
                self.by_number[member.number] = member
        posts = Membership.objects.in_force(self.today).filter(
            body__committee=self.committee, body__kind=BodyKind.SPECIAL_COMMITTEE, member__isnull=False
        )
        for post in posts.select_related("body").order_by("body__position", "body_id", "pk"):
            self.seats[post.member_id].setdefault(post.body_id, []).append(post)
            self.special.setdefault(plain(post.body.name), post.body)

    def _keep_names(self, member):
        """A sector closed or a town merged since then still has its members, and they come back as they went out."""
        self.sectors.setdefault(plain(member.sector.name), member.sector)
        region = member.region
        if region and not any(known.pk == region.pk for known in self.regions[plain(region.code)]):
            for name in {region.name, region.code, f"{region.parent}{region}"}:
                self.regions[plain(name)].append(region)

    def _accounts(self, phones, by):
        phones = sorted(phones)
        for at in range(0, len(phones), CHUNK):
            part = phones[at : at + CHUNK]
            for user in User.objects.filter(Q(phone__in=part) | Q(username__in=part)):
                if user.phone:
                    self.accounts[user.phone] = user
                if user.username != user.phone:
                    self.names_taken.add(user.username)
        self.own = set(User.objects.of(self.committee).order_by().values_list("pk", flat=True))
        if by is not None and not by.is_superuser:
            managed = by.committees_with(Permission.PEOPLE_MANAGE)
            self.foreign = {
                *User.objects.filter(is_superuser=True).values_list("pk", flat=True),
                *self._elsewhere(RoleGrant, managed),
                *self._elsewhere(Member, managed),
            }

    def _elsewhere(self, model, managed):
        """Users among this committee's members who have rows of `model` in a committee that is not `managed`."""
        own = Member.objects.filter(committee=self.committee).order_by().values("user")
        found = model.objects.exclude(committee__in=managed).filter(user__in=own)
        return found.order_by().values_list("user", flat=True)

    # --- in words ------------------------------------------------------------------------------------------------

    def seats_of(self, member: Member) -> list[Body]:
        return [posts[0].body for posts in self.seats[member.pk].values()]

    def place_of(self, region: Region | None) -> str:
        """The name by which the region is found again."""
        if region is None:
            return ""
        alone = len(self.regions[plain(region.name)]) == 1
        return region.name if alone else f"{region.parent}{region}"

    @staticmethod
    def nearest(words: str, names) -> str:
        """“，是不是…？” with the nearest name, or nothing."""
        near = get_close_matches(words, list(names), n=1, cutoff=0.4)
        return f"，是不是“{near[0]}”？" if near else "。"
