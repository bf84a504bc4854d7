"""Who holds what: reads over grants that more than one app needs."""

from collections import defaultdict
from collections.abc import Iterable

from members.models import Committee, Organisation, RoleGrant
from members.roles import Permission, Scope, roles_with


def holders(permission: Permission, where: Committee | Organisation) -> set[int]:
    """Ids of the active users who hold `permission` for a committee or for an organisation today."""
    scope = Scope.ORGANISATION if isinstance(where, Organisation) else Scope.COMMITTEE
    return holders_by(permission, scope, [where.pk])[where.pk]


def holders_by(permission: Permission, scope: Scope, wheres: Iterable[int]) -> dict[int, set[int]]:
    """The same for many committees or organisations at once, in one query."""
    found = defaultdict(set)
    grants = RoleGrant.objects.in_force().filter(
        role__in=roles_with(permission, scope), user__is_active=True, **{f"{scope}__in": set(wheres)}
    )
    for where, user in grants.values_list(f"{scope}_id", "user_id"):
        found[where].add(user)
    return found
