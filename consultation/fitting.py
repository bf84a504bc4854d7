"""大事大议、小事小议、急事快议、难事广议: which procedure a topic asks for, and why (row 188)."""

from collections.abc import Iterable

from consultation.models import Procedure, Topic
from consultation.states import SUITED


def fitting(topic: Topic | None, procedures: Iterable[Procedure]) -> tuple[Procedure | None, str]:
    """The procedure that suits most of what is said of the topic (its urgency before its size), and the reason."""
    weights = topic.weights if topic else []
    if not weights:
        return None, ""

    def suits(procedure):
        met = [value for value in weights if value in procedure.suits]
        return len(met), topic.urgency in met, procedure.committee_id is not None

    best = max(procedures, key=suits, default=None)
    if best is None or not suits(best)[0]:
        return None, f"这项议题要{_said(weights)}，还没有标明适合它的规程，请自行选择。"
    met = [value for value in weights if value in best.suits]
    return best, f"这项议题要{_said(weights)}；“{best}”适合{_said(met)}，已为您选上，可以改选。"


def _said(values) -> str:
    return "、".join(SUITED[value] for value in values)
