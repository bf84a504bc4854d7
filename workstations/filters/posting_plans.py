import django_filters as filters

from members.models.regions import CODE_LENGTH
from workstations.models import PlannedPosting, PostingPlan, SeatReach
from workstations.posting.problem import COUNTY

FAR = [SeatReach.COUNTY, SeatReach.BEYOND, SeatReach.UNKNOWN]
ONLY = [("by_hand", "手工指定的"), ("far", "不在本乡镇的"), ("unknown", "住地不明的")]


class SeatFilter(filters.FilterSet):
    """The seats of one plan by member, county and town (those of the chosen county), and what to look at twice."""

    q = filters.CharFilter(label="委员姓名", field_name="member__user__name", lookup_expr="contains", max_length=32)
    county = filters.ChoiceFilter(label="县（市、区）", empty_label="全部", method="inside")
    town = filters.ChoiceFilter(label="乡镇（街道）", empty_label="全部", method="inside")
    only = filters.ChoiceFilter(label="只看", choices=ONLY, empty_label="全部", method="by_kind")

    class Meta:
        model = PlannedPosting
        fields = ["q", "county", "town", "only"]

    def __init__(self, data=None, *args, plan: PostingPlan, **kwargs):
        super().__init__(data, *args, **kwargs)
        names, counties = plan.report.get("names", {}), plan.report.get("counties", [])
        self.filters["county"].extra["choices"] = [
            (row["code"], names.get(row["code"], row["code"])) for row in counties
        ]
        asked = (data or {}).get("county", "")
        if len(counties) == 1:
            asked = counties[0]["code"]
            del self.filters["county"]
        # The towns of all counties stand in no list; one that the address names is known all the same.
        known = [town["code"] for row in counties for town in row["towns"]]
        offered = [code for code in known if code[:COUNTY] == asked or code == (data or {}).get("town", "")]
        self.filters["town"].extra["choices"] = [(code, names.get(code, code)) for code in offered]

    def inside(self, queryset, name, prefix):
        following = str(int(prefix) + 1).zfill(len(prefix))
        return queryset.filter(region__gte=prefix.ljust(CODE_LENGTH, "0"), region__lt=following.ljust(CODE_LENGTH, "0"))

    def by_kind(self, queryset, name, value):
        asked = {"by_hand": {"by_hand": True}, "far": {"reach__in": FAR}, "unknown": {"reach": SeatReach.UNKNOWN}}
        return queryset.filter(**asked[value])
