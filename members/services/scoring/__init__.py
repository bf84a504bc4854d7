"""积分台账与考评方案: the ledger that follows the facts, and the schemes that say what they are worth."""

from members.services.scoring.ledger import check, post, recompute
from members.services.scoring.rows import add_row, drop_row, edit_row, edit_scheme
from members.services.scoring.schemes import copy_preset, copy_scheme, enact, freeze, new_scheme, retire
from members.services.scoring.sharing import export_scheme, make_scheme

__all__ = [
    "add_row",
    "check",
    "copy_preset",
    "copy_scheme",
    "drop_row",
    "edit_row",
    "edit_scheme",
    "enact",
    "export_scheme",
    "freeze",
    "make_scheme",
    "new_scheme",
    "post",
    "recompute",
    "retire",
]
