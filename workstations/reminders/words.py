"""What is said before and after the due day of a word, and when who spoke is forgotten."""

from django.utils import timezone

from config.milestones.clock import Done, Skip, Tell, handler
from members.models import Member
from members.queries import holders_by
from members.roles import Permission, Scope
from workstations.models import StationPost, Word
from workstations.services import words as services
from workstations.states import WordState

LADDER = {-2: "keeper", 0: "keeper", 1: "office", 5: "office"}
CIRCLES = {"keeper": "站长（没有站点的为政协办），已交委员的为委员", "office": "加上政协办"}
OPEN = (WordState.NEW, WordState.HANDED)


@handler(services.KIND, label="群众反映答复期限", circles=CIRCLES)
def remind_of_words(milestones, at):
    """The member it was handed to, else who keeps the station; then the office as well."""
    words = Word.objects.select_related("committee").in_bulk({m.subject_id for m in milestones})
    still = [word for word in words.values() if word.state in OPEN]
    keepers = _keepers({word.station_id for word in still if word.station_id})
    offices = holders_by(Permission.STATION_MANAGE, Scope.COMMITTEE, {word.committee_id for word in still})
    members = dict(Member.objects.filter(pk__in={word.member_id for word in still}).values_list("pk", "user"))
    today, answers = timezone.localdate(at), {}
    for m in milestones:
        word = words[m.subject_id]
        if word.state not in OPEN:
            answers[m.pk] = Skip(f"{word.get_state_display()}，不必提醒")
            continue
        handed = {members.get(word.member_id)} if word.state == WordState.HANDED else set()
        people = (handed or keepers.get(word.station_id, set())) - {None}
        if m.circle == "office" or not people:
            people = people | offices[word.committee_id]
        days = (word.due_on - today).days
        when = f"已逾期 {-days} 天" if days < 0 else "今天到期" if days == 0 else f"还有 {days} 天到期"
        answers[m.pk] = Tell(
            people, "word-due", f"{when}：群众反映“{word}”", "请答复、转办或说明原因。", word.get_absolute_url()
        )
    return answers


def _keepers(stations) -> dict[int, set[int]]:
    """Station → users who keep it."""
    found = {}
    posts = StationPost.objects.in_force().keepers().filter(station__in=stations)
    for station, user, member in posts.values_list("station", "user", "member__user"):
        found.setdefault(station, set()).update({user, member} - {None})
    return found


@handler(services.FORGET, label="清除反映人联系方式")
def forget_speakers(milestones, at):
    """Nobody is told; who spoke and how to reach them is cleared."""
    words = Word.objects.in_bulk({m.subject_id for m in milestones})
    return {
        m.pk: Done("已清除") if services.forget(words[m.subject_id], by=None, at=at) else Done("没有要清除的")
        for m in milestones
    }
