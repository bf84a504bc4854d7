import django_filters as filters

from members.models import Body, BodyKind, Membership, Standing


class BodyFilter(filters.FilterSet):
    """Bodies by words, kind, and whether they still exist."""

    q = filters.CharFilter(label="名称或特色", method="named", max_length=64)
    kind = filters.ChoiceFilter(label="类别", choices=BodyKind.choices, empty_label="全部类别")
    closed = filters.ChoiceFilter(
        label="状态", choices=[("1", "已撤销")], empty_label="正在运行", method="only_closed"
    )  # fmt: skip

    class Meta:
        model = Body
        fields = ["q", "kind", "closed"]

    @property
    def qs(self):
        asked = self.form.cleaned_data.get("closed") if self.is_bound and self.form.is_valid() else ""
        return super().qs if asked else super().qs.active()

    def named(self, queryset, name, words):
        return queryset.filter(name__icontains=words) | queryset.filter(feature__icontains=words)

    def only_closed(self, queryset, name, value):
        return queryset.filter(is_active=False)


class RosterFilter(filters.FilterSet):
    """The people of one body by words and by what they stand for."""

    q = filters.CharFilter(label="姓名、单位或专长", method="like", max_length=32)
    standing = filters.ChoiceFilter(label="身份", choices=Standing.choices, empty_label="全部身份")

    class Meta:
        model = Membership
        fields = ["q", "standing"]

    def like(self, queryset, name, words):
        found = queryset.none()
        for path in ("member__user__name", "person_name", "person_title", "specialty"):
            found |= queryset.filter(**{f"{path}__icontains": words})
        return found
