"""Who takes tables of proposals in and out of a committee: its proposal office; whoever reads all may take them out."""

from members.roles import Permission


def can_import(user, committee) -> bool:
    return committee.pk in user.committees_with(Permission.PROPOSAL_REVIEW)


def can_export(user, committee) -> bool:
    return committee.pk in user.committees_with(Permission.PROPOSAL_VIEW)


RULES = {"import_proposals": can_import, "export_proposals": can_export}
