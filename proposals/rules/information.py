"""Who may do what with information, its issues, instructions and traces."""

from members.roles import Permission
from proposals.states import INFORMATION_MOVES


def is_drafter(user, information):
    return information.drafter_id == user.pk


def is_author(user, information):
    return information.author_id is not None and information.author_id in user.member_ids.values()


def can_edit(user, information):
    return is_drafter(user, information) and information.state in INFORMATION_MOVES["submit"].sources


def can_withdraw(user, information):
    own = is_drafter(user, information) or is_author(user, information)
    return own and information.state in INFORMATION_MOVES["withdraw"].sources


def keeps(user, row):
    """The people at the register: they number, edit, send, and note down what came of it. `row` has a committee."""
    return row.committee_id in user.committees_with(Permission.INFORMATION_EDIT)


def signs(user, bulletin):
    return bulletin.committee_id in user.committees_with(Permission.INFORMATION_SIGN)


def reads(user, row):
    return row.committee_id in user.committees_with(Permission.INFORMATION_VIEW)


RULES = {
    "edit_information": can_edit,
    "submit_information": is_drafter,
    "withdraw_information": can_withdraw,
    "keep_information": keeps,
    "read_information": reads,
    "edit_bulletin": keeps,
    "sign_bulletin": signs,
    "keep_instruction": keeps,
    "keep_trace": keeps,
}
