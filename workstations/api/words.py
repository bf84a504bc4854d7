import django_filters as filters

from config.filters import SearchFilter
from config.privacy import masked
from config.rest.filters import Asked, IdFilter
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row
from config.rest.views import Resource
from members.filters import OfCommittee
from workstations.models import Channel, Word

TEXTS = ("body", "place")  # of the public, with telephone numbers covered


class WordRow(Row):
    committee = Of("slug", label="政协")

    class Meta:
        model = Word
        fields = ["key", "committee", "station", "channel", "received_on", "body", "place", "answer", "settled_on"]

    @classmethod
    def complete(cls, rows, user):
        for row in rows:
            row.update({name: masked(row[name]) for name in TEXTS})


class WordFilter(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    station = IdFilter(label="站点编号")
    channel = filters.ChoiceFilter(label="渠道", choices=Channel.choices)


class Words(Resource):
    model = Word
    noun = "公开的群众反映"
    about = "已答复并公开的群众反映。没有反映人和联系方式，文字里的电话已遮住。"
    permission_classes = [ReadPublic]
    row = WordRow
    filterset_class = WordFilter
    ordering = "-key"
    lookup_field = "key"

    def get_queryset(self):
        return Word.objects.answered()
