"""Party organisations: levels in order and the two 全覆盖 (rows 54, 92, 117, 118)."""

from collections import Counter

from django.urls import reverse
from django.utils.http import urlencode

from members.models import PARTY_ORDER, BodyKind, Bond, Party, PartyLevel
from members.queries.body_checks.base import Broken, Found, branches, rule, to_edit, to_open
from members.queries.body_snapshot import Snapshot


@rule("党组织层级有序", why="上级党组织的层级高于下级，最上面是政协党组", of="党组织")
def party_levels(here: Snapshot) -> Found:
    party = here.of(BodyKind.PARTY_ORGANISATION)

    def broken():
        for body in party:
            above = here.by_id.get(body.parent_id)
            if not body.party_level:
                yield to_edit(body, "没有填写党组织层级")
            elif above is None and body.party_level != PartyLevel.LEADING_GROUP:
                yield to_edit(body, f"{body.get_party_level_display()}没有上级党组织")
            elif above is not None and PARTY_ORDER.get(above.party_level, -1) >= PARTY_ORDER[body.party_level]:
                yield to_edit(
                    body, f"{body.get_party_level_display()}设在{above}（{above.get_party_level_display()}）之下"
                )

    return party, broken()


@rule("党的组织全覆盖", why="每个专委会设立功能型党支部", of="专委会")
def branch_everywhere(here: Snapshot) -> Found:
    hosts = {branch.host_id for branch in branches(here)}
    bodies = here.of(BodyKind.SPECIAL_COMMITTEE) if here.of(BodyKind.PARTY_ORGANISATION) else []
    return bodies, (
        to_open(
            body.name, "没有功能型党支部", kind=BodyKind.PARTY_ORGANISATION.value, host=body.pk,
            party_level=PartyLevel.FUNCTIONAL_BRANCH.value, name=f"{body}功能型党支部",
        )
        for body in bodies
        if body.pk not in hosts
    )  # fmt: skip


@rule("党员委员全覆盖", why="每位党员委员的组织关系都登记在一个党组织，另可参加一个活动支部", of="党员委员")
def party_members_affiliated(here: Snapshot) -> Found:
    party = here.of(BodyKind.PARTY_ORGANISATION)
    members = [member for member in here.members if member.party == Party.CPC] if party else []
    bound = Counter(seat.member for body in party for seat in here.seats[body.pk] if seat.bond == Bond.AFFILIATION)
    url = f"{reverse('body-list')}?{urlencode({'kind': BodyKind.PARTY_ORGANISATION.value})}"
    return members, (
        Broken(str(member), "没有登记组织关系", url, "选党组织任职") for member in members if not bound[member.pk]
    )
