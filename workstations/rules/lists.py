"""Who offers, raises, looks at, claims and settles; who starts, leads and finishes a project."""

from django.core.exceptions import PermissionDenied

from members.models import Body, BodyKind
from members.queries.profiles import TOLD
from members.roles import Permission
from workstations.models import Demand, Project, ProjectTemplate, Resource, Workstation


def is_office(user, committee: int) -> bool:
    return user.is_authenticated and committee in user.committees_with(Permission.STATION_MANAGE)


def givers(committee):
    """Bodies that may be named in public as giving something: nothing sensitive, no party, no party organisation."""
    told = Body.objects.filter(TOLD, committee=committee, is_active=True, is_sensitive=False)
    return told.exclude(kind=BodyKind.PARTY_ORGANISATION)


# --- resources ---------------------------------------------------------------------------------------------------


def can_offer(user, resource: Resource) -> bool:
    """The office for anybody; a member in force for oneself."""
    if is_office(user, resource.committee_id):
        return True
    own = user.is_authenticated and user.member_ids.get(resource.committee_id)
    return bool(own) and resource.member_id == own


# --- demands -----------------------------------------------------------------------------------------------------


def keeps(user, demand: Demand) -> bool:
    """The office, and the keepers of the station that follows the need."""
    if is_office(user, demand.committee_id):
        return True
    if not user.is_authenticated or demand.station_id is None:
        return False
    return Workstation.objects.kept_by(user).filter(pk=demand.station_id).exists()


def may_open(user) -> bool:
    """Whether the working lists are for this person at all."""
    return bool(user.committees_with(Permission.STATION_MANAGE)) or Workstation.objects.kept_by(user).exists()


def can_raise(user, demand: Demand) -> bool:
    """Who keeps it, and every member in force: what was seen on a visit is written down there and then."""
    return keeps(user, demand) or (user.is_authenticated and demand.committee_id in user.member_ids)


def can_claim(user, demand: Demand) -> bool:
    return user.is_authenticated and demand.committee_id in user.member_ids


def is_claimant(user, demand: Demand) -> bool:
    return user.is_authenticated and demand.claimed_by_id is not None and demand.claimed_by.user_id == user.pk


def settles(user, demand: Demand) -> bool:
    return is_claimant(user, demand) or keeps(user, demand)


def can_thank(user, demand: Demand) -> bool:
    """The second person who says that it was done: never the one who did it."""
    return keeps(user, demand) and not is_claimant(user, demand)


def sees_whom(user, demand: Demand) -> bool:
    """For whom it is: who keeps it, who raised it, who claimed it."""
    return user.is_authenticated and (
        demand.raised_by_id == user.pk or is_claimant(user, demand) or keeps(user, demand)
    )


# --- projects ----------------------------------------------------------------------------------------------------


def keeps_project(user, project: Project) -> bool:
    return keeps(user, project.demand)


def works_on(user, project: Project) -> bool:
    """The leader as long as a member, and who keeps it."""
    leads = user.is_authenticated and user.member_ids.get(project.committee_id) == project.leader_id
    return leads or keeps_project(user, project)


def can_finish(user, project: Project) -> bool:
    """It becomes a fact of the leader's duty: another person says that it is done."""
    return keeps_project(user, project) and project.leader.user_id != user.pk


def can_template(user, template: ProjectTemplate) -> bool:
    return is_office(user, template.committee_id)


RULES = {
    "offer": can_offer, "raise": can_raise, "keep": keeps, "claim": can_claim, "settle": settles, "thank": can_thank,
    "keep_project": keeps_project, "work": works_on, "finish": can_finish, "template": can_template,
}  # fmt: skip


def may(verb: str, user, row) -> bool:
    return RULES[verb](user, row)


def require(verb: str, user, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not may(verb, user, row):
        raise PermissionDenied(verb)
