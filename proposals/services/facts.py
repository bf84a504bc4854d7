"""What this app tells the duty ledger of a micro-proposal's author, each inside the transaction of the deed.

Declined by the three offices it was still submitted; withdrawn by its author it was not. Given back by the unit it is
handed over no longer, until the desk does it again.
"""

from django.utils import timezone

from members.facts import Fact
from members.services import duty
from proposals.models import MicroProposal


def _key(micro) -> str:
    return f"micro:{micro.pk}"


def _tell(micro: MicroProposal, fact: Fact, *, detail="", by, at) -> None:
    deed = duty.Deed(
        member=micro.author_id, on=timezone.localdate(at), fact=fact, detail=detail, key=_key(micro),
        title=micro.title, url=micro.get_absolute_url(),
    )  # fmt: skip
    duty.record([deed], by=by, at=at)


def submitted(micro, *, by, at) -> None:
    _tell(micro, Fact.MICRO, by=by, at=at)


def withdrawn(micro, *, by, at) -> None:
    duty.retract(_key(micro), reason="提交人已撤回", by=by, at=at)


def handed_over(micro, *, by, at) -> None:
    _tell(micro, Fact.MICRO_ADOPTED, by=by, at=at)


def given_back(micro, *, by, at, reason: str = "承办单位退回，待重新交办") -> None:
    duty.retract(_key(micro), reason=reason, by=by, at=at, facts=[Fact.MICRO_ADOPTED])


def done(micro, *, satisfaction: str, by, at) -> None:
    """办结, with what its author said of the last reply as the detail."""
    _tell(micro, Fact.MICRO_DONE, detail=satisfaction, by=by, at=at)


def promise_kept(micro, *, by, at) -> None:
    _tell(micro, Fact.COMMITMENT_KEPT, by=by, at=at)
