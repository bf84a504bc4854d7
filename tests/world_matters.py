"""The part of the world that happens to proposals, information and what became of them; see tests/world.py."""

from datetime import timedelta

from config.uploads import store
from proposals.models import Appraised
from proposals.services import appraisals, results, returns, selections, signing
from proposals.services import showcase as live
from proposals.services import showcase_voices as voices
from proposals.states import BulletinState, InformationState, MicroState, ProposalState, SelectionKind, SelectionStage
from tests.factories import consultation as talks
from tests.factories import formal, handing, information, sheets, supervision
from tests.factories import members as make
from tests.factories import proposals as matters

AT = matters.AT


def samples(cast) -> dict:
    parts = (_drafts, _filed, _handed, _followed, _live, _information, _micro)
    return {key: value for part in parts for key, value in part(cast).items()}


def _drafts(cast):
    """王委员 has asked 钟委员 to sign; another proposal waits for the review."""
    asked = make.member(make.user("zhong", "钟委员"), cast.committee)
    draft = formal.proposal(cast)
    signing.invite(draft, [asked], by=cast.wang, at=AT)
    paper = store.attach(draft, talks.photo(), by=cast.wang, at=AT, purpose="paper")
    return {
        "proposal-draft": draft.key,
        "paper": paper.pk,
        "signature": draft.signatures.get(member=asked).pk,
        "proposal-submitted": formal.proposal(cast, ProposalState.SUBMITTED, title="关于增设停车位的提案").key,
    }


def _filed(cast):
    filed = formal.proposal(cast, ProposalState.FILED, title="关于整治占道经营的提案")
    chosen = selections.open_selection(filed.plenary, kind=SelectionKind.KEY, by=cast.li, at=AT)
    return {
        "proposal-filed": filed.key,
        "proposal-merged": handing.merged(cast, filed).key,
        "selection": chosen.pk,
        "stage": SelectionStage.COLLECT,
        "proposal-import": _import(cast),
    }


def _import(cast):
    given = sheets.file(sheets.row())
    return sheets.imports.hand_in(sheets.look(cast.committee, sheets.row()), given, by=cast.li, at=AT).pk


def _handed(cast):
    """A proposal with its unit, which asks to be rid of another one; a meeting with one line."""
    case = formal.handed(cast, formal.proposal(cast, ProposalState.FILED, title="关于改造老旧管网的提案"))
    other = formal.handed(cast, formal.proposal(cast, ProposalState.FILED, title="关于规范养犬的提案"))
    asked = returns.ask_return(other, reason="属于公安部门职责", by=cast.zhang, at=AT)
    meeting = handing.meeting(cast)
    line = handing.line(cast, meeting)
    return {
        "proposal": case.proposal.key,
        "case": case.pk,
        "case-returned": other.pk,
        "asked": asked.pk,
        "handing-meeting": meeting.pk,
        "line": line.pk,
        "handing-proposal": line.proposal.key,
        "unit": cast.unit.pk,
    }


def _followed(cast):
    """One case answered by B, a campaign over it, an action on a late one, last year's appraisal."""
    item = supervision.item(cast, case=supervision.followed_proposal(cast))
    appraisal = appraisals.create(
        cast.committee, year=2026, of=Appraised.UNITS, least=1, by=cast.sun, at=supervision.LATE
    )
    return {
        "case-followed": item.assignment_id,
        "number": 1,
        "look-back": item.campaign_id,
        "look-back-item": item.pk,
        "supervision": supervision.action(cast).pk,
        "unit-appraisal": appraisal.pk,
        "indicator": appraisal.indicators.first().pk,
        "organisation": cast.unit.pk,
    }


def _live(cast):
    key = formal.proposal(
        cast, ProposalState.FILED, title="关于优化农村公交的提案", is_key=True, publication="full", unit=cast.unit
    )
    showcase = live.begin(key, by=cast.li, at=AT)
    entry = live.add_entry(
        showcase, stage="survey", on=AT.date(), title="主席带队调研", words="走访三村。", by=cast.li, at=AT
    )
    live.publish_entry(entry, shown=True, by=cast.li, at=AT)
    live.open_showcase(showcase, by=cast.li, at=AT)
    comment, _ = voices.leave(showcase, words="早班车多了一趟。", address="192.0.2.1", at=AT)
    return {"showcase": key.key, "showcase-entry": entry.pk, "showcase-comment": comment.pk}


def _information(cast):
    report = information.report(cast, InformationState.SUBMITTED)
    draft = information.report(cast, title="草稿")
    photo = store.attach(draft, talks.photo(), by=cast.wang, at=AT, purpose="photo")
    edited = information.bulletin(cast, BulletinState.EDITING)
    trace = information.trace(cast, public=True)
    return {
        "information": report.key,
        "information-draft": draft.key,
        "information-registered": information.report(cast, InformationState.REGISTERED).key,
        "information-photo": photo.pk,
        "bulletin": information.bulletin(cast, BulletinState.ISSUED).pk,
        "bulletin-edited": edited.pk,
        "bulletin-report": edited.reports.get().key,
        "delivery": information.delivery(cast).pk,
        "instruction": information.instruction(cast).pk,
        "trace": trace.pk,
        "trace-step": trace.steps.first().pk,
    }


def _micro(cast):
    agreed = matters.micro(cast, MicroState.AGREED, title="等待领办")
    body = matters.special(cast, name="经济科技委员会", director=cast.wang_member)
    led = matters.lead(cast, matters.micro(cast, MicroState.AGREED, title="领办中"), body=body)
    result = results.add_result(
        matters.micro(cast, MicroState.CLOSED), tag="build", title="装了信号灯", before="危险", now="安全",
        on=AT.date() - timedelta(days=1), by=cast.li, at=AT,
    )  # fmt: skip
    return {"micro-agreed": agreed.key, "led": led.pk, "micro-result": result.pk}


SUBJECTS = {
    "proposal": "proposal",
    "proposals": "proposal",
    "proposal-edit": "proposal-draft",
    "proposal-check": "proposal-draft",
    "proposal-submit": "proposal-draft",
    "proposal-withdraw": "proposal-draft",
    "proposal-sign": "proposal-draft",
    "proposal-ask": "proposal-draft",
    "proposal-decline": "proposal-draft",
    "proposal-paper": "proposal-draft",
    "proposal-review": "proposal-submitted",
    "proposal-assign": "proposal-filed",
    "proposal-merge": "proposal-filed",
    "proposal-unmerge": "proposal-merged",
    "proposal-import": "proposal-import",
    "selection": "selection",
    "handing": "handing-meeting",
    "case": "case",
    "assignment-conclude": "case-followed",
    "assignment-paper": "case-followed",
    "assignment-pause": "case",
    "assignment-resume": "case",
    "assignment-take-on": "case",
    "unit-change": "case",
    "coordination": "case",
    "contact-new": "case",
    "opinion": "case",
    "return-ask": "case",
    "return-decide": "case-returned",
    "reply-check": "case",
    "reply-sign": "case",
    "reply-letter": "case-followed",
    "reply-sheet": "case-followed",
    "look-back": "look-back",
    "look-back-item": "look-back-item",
    "look-back-check": "look-back-item",
    "look-back-spot": "look-back-item",
    "look-back-end": "look-back-item",
    "supervision": "supervision",
    "supervision-new": "case",
    "unit-appraisal": "unit-appraisal",
    "showcase": "showcase",
    "showcase-entry": "showcase-entry",
    "showcase-entry-new": "showcase",
    "showcase-comment": "showcase-comment",
    "showcase-comment-new": "showcase",
    "information": "information",
    "information-edit": "information-draft",
    "information-check": "information-draft",
    "information-submit": "information-draft",
    "information-withdraw": "information-draft",
    "information-photo": "information-draft",
    "information-put-in": "information-registered",
    "bulletin": "bulletin",
    "bulletin-edit": "bulletin-edited",
    "bulletin-take-out": "bulletin-edited",
    "bulletin-put-forward": "bulletin-edited",
    "delivery": "delivery",
    "instruction": "instruction",
    "trace": "trace",
    "led": "led",
    "micro-lead": "micro-agreed",
    "micro-result": "micro-result",
    "micro-result-new": "micro",
    "consultation-from-micro": "micro-agreed",
}

# Keys of an address beside its subject, where they are not the usual ones.
BESIDE = {
    "proposal-signature-remove": {"key": "proposal-draft", "pk": "signature"},
    "handing-proposal": {"key": "handing-proposal", "pk": "handing-meeting"},
    "bulletin-take-out": {"key": "bulletin-report", "pk": "bulletin-edited"},
    "information-photo-remove": {"key": "information-draft", "photo": "information-photo"},
    "trace-step-remove": {"pk": "trace", "step": "trace-step"},
}
KEYS = ("paper", "line", "unit", "asked", "number", "stage", "indicator", "organisation")
