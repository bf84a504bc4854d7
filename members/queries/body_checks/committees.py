"""Special committees, sectors, members: 1+1+N and 全员入委 (rows 15, 17, 41, 50, 121)."""

from django.urls import reverse
from django.utils.http import urlencode

from members.models import HOSTS, BodyKind, Post
from members.queries.body_checks.base import Broken, Found, branches, rule, to_edit, to_look, to_seat
from members.queries.body_snapshot import Snapshot


@rule("专委会“1+1+N”", why="每个专委会一名主任、一名副主任和多名兼职委员", of="专委会")
def one_one_n(here: Snapshot) -> Found:
    bodies = here.of(BodyKind.SPECIAL_COMMITTEE)

    def broken():
        for body in bodies:
            for post in (Post.DIRECTOR, Post.DEPUTY):
                held = here.posts(body, post)
                if not held:
                    yield to_seat(body, f"没有{post.label}", post.value)
                elif len(held) > 1:
                    yield to_look(body, f"有 {len(held)} 名{post.label}：{'、'.join(seat.name for seat in held)}")
            if not here.posts(body, Post.CORE, Post.MEMBER):
                yield to_seat(body, "没有兼职委员", Post.MEMBER.value)

    return bodies, broken()


@rule("界别归口全覆盖", why="每个界别归口一个专委会或办公室；按县（市、区）划入委员的界别可以不归口", of="界别")
def sectors_taken(here: Snapshot) -> Found:
    sectors = here.of(BodyKind.SECTOR)
    alone = {member.sector_id for member in here.members if not here.is_covered(member, _seated(here))}
    empty = {sector.pk for sector in sectors} - {member.sector_id for member in here.members}
    url = f"{reverse('body-list')}?{urlencode({'kind': BodyKind.SPECIAL_COMMITTEE.value})}"

    def broken():
        for sector in sectors:
            takers = here.sector_takers[sector.pk]
            if not takers and sector.pk in alone | empty:
                yield Broken(sector.name, "没有归口任何专委会", url, "选专委会归口")
            elif len(takers) > 1:
                named = "、".join(here.by_id[pk].name for pk in takers)
                yield Broken(sector.name, f"同时归口{named}", reverse("body-intake", args=[takers[0]]), "调整归口")

    return sectors, broken()


@rule("全员入委全覆盖", why="每位委员按界别、按地方或直接编入一个专委会或办公室", of="在任委员")
def members_covered(here: Snapshot) -> Found:
    seated = _seated(here)
    url = f"{reverse('body-list')}?{urlencode({'kind': BodyKind.SPECIAL_COMMITTEE.value})}"
    left = [member for member in here.members if not here.is_covered(member, seated)]
    return here.members, (
        Broken(str(member), f"{member.sector}，没有编入任何专委会", url, "选专委会归口") for member in left
    )


def _seated(here) -> set[int]:
    return {seat.member for body in here.of(*HOSTS) for seat in here.seats[body.pk] if seat.member}


@rule("一委一题一精品、一支部一特色", why="每个专委会、每个功能型党支部写明自己的特色", of="专委会和功能型党支部")
def features(here: Snapshot) -> Found:
    bodies = [*here.of(BodyKind.SPECIAL_COMMITTEE), *branches(here)]
    return bodies, (to_edit(body, "没有填写特色") for body in bodies if not body.feature)
