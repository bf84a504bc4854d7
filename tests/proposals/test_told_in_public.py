"""What everybody reads of proposals and micro-proposals, at every door: no more than was published, nobody's number."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from proposals import services, timeline
from proposals.models import Candidate, MicroProposal, Proposal, Selection
from proposals.services import disclosure
from proposals.services import micro as micros
from proposals.services import showcase as showcases
from proposals.services import showcase_voices as voices
from proposals.states import AssignmentState, MicroState, ProposalState, PublicationLevel, Satisfaction, SelectionKind
from tests.factories import formal
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
PHONE = "13807350001"
SECRETS = {"text": "答复原文在这里。", "promise": "承诺原文在这里"}
LATER = AT + timedelta(days=1)


def read(client, *addresses):
    """What these pages say together; each of them opens."""
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    return "".join(answer.content.decode() for answer in answers)


def answered(cast, given, *, words, satisfaction=Satisfaction.SATISFIED, **reply):
    """`given` accepted, answered with a B, rated."""
    services.accept(given, by=cast.zhang, at=AT)
    services.send(make.reply(cast, given, grade="B", **reply), by=cast.chen, at=AT)
    given.refresh_from_db()
    services.rate(given, satisfaction=satisfaction, attitude="satisfied", words=words, by=cast.wang, at=AT)
    given.refresh_from_db()
    return given


# --- a proposal that is not public, at every door -----------------------------------------------------------------

HIDDEN = [
    (ProposalState.FILED, PublicationLevel.NONE), (ProposalState.DRAFT, PublicationLevel.FULL),
    (ProposalState.SUBMITTED, PublicationLevel.FULL), (ProposalState.RETURNED, PublicationLevel.SUMMARY),
    (ProposalState.REJECTED, PublicationLevel.FULL), (ProposalState.WITHDRAWN, PublicationLevel.FULL),
]  # fmt: skip


def doors(cast, micro):
    """Where a visitor could come upon it."""
    slug = cast.committee.slug
    names = ("committee-home", "proposal-public-list", "micro-public-list", "excellent-list", "trace-public-list",
             "information-voices", "consultation-public-list", "rights")  # fmt: skip
    found = [reverse(name, args=[slug]) for name in names]
    found += [
        f"{reverse('proposal-public-list', args=[slug])}?q=搬迁",
        "/api/v1/proposals/",
        "/api/v1/proposals/?q=搬迁",
    ]
    found += [micro.get_absolute_url(), "/api/v1/micro-results/", reverse("home")]
    return found


@pytest.mark.parametrize(("state", "level"), HIDDEN)
@pytest.mark.parametrize("who", [None, "zhao"])
def test_what_is_not_public_is_behind_no_door(cast, as_, who, state, level):
    micro = make.micro(cast, MicroState.CLOSED)
    fields = {"is_key": True, "is_excellent": True, "unit": cast.unit, "micro": micro, "public_summary": "盐库搬迁摘要"}
    made = formal.proposal(cast, state, title="关于盐库搬迁的提案", publication=level, **fields)
    kept = formal.proposal(cast, ProposalState.FILED, title="关于公交的提案", publication="full")
    Selection.objects.create(
        committee=cast.committee,
        plenary=kept.plenary,
        kind=SelectionKind.EXCELLENT,
        stage="",
        opened_at=AT,
        closed_at=AT,
    )
    for proposal in (made, kept):
        Candidate.objects.create(selection=Selection.objects.get(), proposal=proposal, is_chosen=True)
    client = as_(who and getattr(cast, who))
    told = read(client, *doors(cast, micro))
    assert kept.title in told
    assert "盐库" not in told
    for address in (
        made.get_absolute_url(), f"/api/v1/proposals/{made.key}/", reverse("showcase", args=[made.key]),
        reverse("showcase-comment-new", args=[made.key]),
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    for name in ("showcase-vote", "showcase-comment-new"):
        assert client.post(reverse(name, args=[made.key]), {}).status_code == 404


def test_what_is_taken_from_the_public_takes_votes_and_comments_along(cast, as_):
    made = formal.proposal(cast, ProposalState.FILED, publication="full", is_key=True, unit=cast.unit)
    shown = showcases.begin(made, by=cast.li, at=AT)
    entry = showcases.add_entry(shown, stage="survey", on=AT.date(), title="调研", words="走访三村", by=cast.li, at=AT)
    showcases.publish_entry(entry, shown=True, by=cast.li, at=AT)
    showcases.open_showcase(shown, by=cast.li, at=AT)
    said, _ = voices.leave(shown, words="早班车多了一趟，很方便。", address="203.0.113.9", at=AT)
    voices.show(said, by=cast.li, at=AT)
    assert "早班车多了一趟" in read(as_(None), shown.get_absolute_url())
    disclosure.disclose(made, publication="none", private_reason="涉及诉讼", by=cast.li, at=LATER)
    assert as_(None).get(shown.get_absolute_url()).status_code == 404
    assert as_(None).get(made.get_absolute_url()).status_code == 404
    address = reverse("proposal-public-list", args=[cast.committee.slug])
    assert reverse("showcase", args=[made.key]) not in read(as_(None), address)


# --- in summary ----------------------------------------------------------------------------------------------------


def test_of_a_proposal_in_summary_no_words_of_the_reply_or_of_its_rating_are_told(cast, as_):
    made = formal.proposal(
        cast, ProposalState.FILED, publication="summary", public_summary="建议加密农村公交班次。"
    )  # fmt: skip
    given = answered(
        cast, formal.handed(cast, made), words="评价原话", **SECRETS, publication="summary", public_text="已加密两班。"
    )
    assert given.state == AssignmentState.FOLLOWING
    Proposal.objects.update(publication="summary", public_summary="建议加密农村公交班次。")
    told = read(as_(None), made.get_absolute_url(), f"/api/v1/proposals/{made.key}/")
    assert "已加密两班。" in told
    assert "建议加密农村公交班次。" in told
    assert "评价：满意" in told
    for words in (*SECRETS.values(), "评价原话", *made.points, made.analysis):
        assert words not in told
    inside = read(as_(cast.li), made.get_absolute_url())
    assert all(words in inside for words in (*SECRETS.values(), "评价原话"))


def test_of_a_whole_proposal_a_reply_in_summary_stays_a_summary(cast, as_):
    made = formal.proposal(cast, ProposalState.FILED, publication="full")
    answered(
        cast, formal.handed(cast, made), words="评价原话", **SECRETS, publication="summary", public_text="已加密。"
    )
    Proposal.objects.update(publication="full")
    told = read(as_(None), made.get_absolute_url(), f"/api/v1/proposals/{made.key}/")
    assert "已加密。" in told
    assert made.analysis in told
    for words in (*SECRETS.values(), "评价原话"):
        assert words not in told


def test_of_a_micro_proposal_in_summary_no_words_of_the_reply_are_told(cast, as_):
    micro = make.micro(cast, MicroState.CLOSED)
    MicroProposal.objects.update(publication="summary")
    client = as_(None)
    assert "已会同交警现场勘察" not in read(client, micro.get_absolute_url())
    assert "答复原文没有公开" in read(client, micro.get_absolute_url())
    assert "已会同交警现场勘察" in read(as_(cast.wang), micro.get_absolute_url())
    MicroProposal.objects.update(publication="full")
    assert "已会同交警现场勘察" in read(client, micro.get_absolute_url())


# --- numbers of people ---------------------------------------------------------------------------------------------


def test_numbers_in_what_was_said_of_a_published_reply_are_covered(cast, as_):
    made = formal.proposal(cast, ProposalState.FILED, publication="full")
    answered(cast, formal.handed(cast, made), words=f"请再打 {PHONE} 告诉我", publication="full")
    Proposal.objects.update(publication="full")
    told = read(as_(None), made.get_absolute_url(), f"/api/v1/proposals/{made.key}/")
    assert "请再打 **** 告诉我" in told
    assert PHONE not in told
    assert PHONE in read(as_(cast.li), made.get_absolute_url())


def test_numbers_in_a_published_micro_proposal_and_its_reply_are_covered(cast, as_):
    micro = make.micro(cast, MicroState.AGREED)
    MicroProposal.objects.update(body=f"西街路口早晚高峰过街危险，建议装信号灯，联系人电话 {PHONE}。")
    given = make.assign(cast, MicroProposal.objects.get())
    services.accept(given, by=cast.zhang, at=AT)
    services.send(make.reply(cast, given, text=f"信号灯已经装好，有事请打 {PHONE}。"), by=cast.chen, at=AT)
    given.refresh_from_db()
    services.rate(given, satisfaction="satisfied", words=f"谢谢，我的电话 {PHONE}", by=cast.wang, at=AT)
    stranger = people.user("stranger", "别的委员")
    people.member(stranger, cast.committee)
    for who in (None, stranger):
        told = read(as_(who), micro.get_absolute_url())
        assert "信号灯已经装好" in told
        assert PHONE not in told
    assert PHONE not in read(as_(stranger), f"/api/v1/micro-proposals/{micro.key}/")
    assert PHONE in read(as_(cast.li), micro.get_absolute_url())
    assert PHONE in read(as_(cast.wang), f"/api/v1/micro-proposals/{micro.key}/")
    public = MicroProposal.objects.visible_to(AnonymousUser()).get()
    notes = [event.note for event in timeline.of_micro(public, list(public.reviews.all()), in_public=True)]
    assert "谢谢，我的电话 ****" in notes


def test_a_title_that_leads_to_a_person_is_not_handed_in(cast, as_):
    micro = make.micro(cast, title=f"路灯坏了请联系 {PHONE}")
    assert set(micros.missing(micro)) == {"title"}
    as_(cast.wang).post(reverse("micro-submit", args=[micro.key]))
    assert MicroProposal.objects.get().state == MicroState.DRAFT
