"""网上工作室 of a committee: what members ask the public, what they answered last, where their studios are."""

from django.db.models import Count, Prefetch, Q

from members.models import Committee, Inquiry, MemberQuestion, QuestionTurn
from members.queries.profiles import EVERYBODY
from members.states import InquiryReplyState, QuestionState

ONLINE = "online_studio"  # the kind of station that a member keeps on line
NEWEST = 5


def with_turns(questions):
    """Public questions with their answered turns as `thread`."""
    answered = QuestionTurn.objects.filter(state=QuestionState.ANSWERED).order_by("number")
    return questions.prefetch_related(Prefetch("turns", queryset=answered, to_attr="thread"))


def with_replies(inquiries):
    """Inquiries with `shown`, how many replies everybody can read."""
    return inquiries.annotate(shown=Count("replies", filter=Q(replies__state=InquiryReplyState.SHOWN)))


def newest_answers(committee: Committee):
    """The last answers of members that are public, each with its thread."""
    answered = MemberQuestion.objects.public().filter(committee=committee).select_related("member__user")
    return with_turns(answered).order_by("-answered_at", "-pk")[:NEWEST]


def online_studios(committee: Committee):
    """Open studios on line; through the reverse accessor, for stations are a noun of the app above."""
    shown = committee.workstations.visible_to(EVERYBODY).filter(kind=ONLINE)
    return shown.select_related("member__user").order_by("-pk")[:20]


def inquiries_of(committee: Committee):
    return with_replies(Inquiry.objects.public().filter(committee=committee)).select_related("member__user")
