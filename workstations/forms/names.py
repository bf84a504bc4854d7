"""Members by their names, as a list is typed or pasted on a phone."""

import re
from collections import defaultdict

from django import forms
from django.core.exceptions import ValidationError

from members.models import Committee, Member

PARTED = re.compile(r"[\s、,，;；]+")
TOLD_APART = re.compile(r"^(?P<name>[^（(]+)(?:[（(](?P<sector>[^）)]+)[）)])?$")


class MemberNamesField(forms.CharField):
    """Names parted by spaces, commas or lines → the members in force of `committee`, in that order.

    Two of one name are told apart by the sector: 张伟（经济界）.
    """

    def __init__(self, *, committee: Committee, **options):
        self.committee = committee
        options.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        options.setdefault("max_length", 5000)
        super().__init__(**options)

    def clean(self, value) -> list[Member]:
        words = [word for word in PARTED.split(super().clean(value)) if word]
        asked = [TOLD_APART.match(word) for word in words]
        odd = [word for word, match in zip(words, asked, strict=True) if match is None]
        known = defaultdict(list)
        names = {match["name"] for match in asked if match}
        members = Member.objects.in_force().filter(committee=self.committee, user__name__in=names)
        for member in members.select_related("user", "sector").order_by("pk"):
            known[member.user.name].append(member)
        errors = [f"没有看懂“{word}”，请写姓名，名字之间用空格或顿号隔开。" for word in odd]
        found = []
        for match in filter(None, asked):
            fits = [m for m in known[match["name"]] if match["sector"] in (None, m.sector.name)]
            if len(fits) == 1:
                found += fits
            elif fits:
                choices = "、".join(f"{m}（{m.sector}）" for m in fits)
                errors.append(f"有几位“{match['name']}”，请写成：{choices}。")
            else:
                errors.append(f"本会没有叫“{match[0]}”的在任委员。")
        if errors:
            raise ValidationError(errors)
        return list(dict.fromkeys(found))


def as_names(members) -> str:
    """The words that the field reads as these members (each with user and sector loaded)."""
    members = list(members)
    names = [str(member) for member in members]
    return "、".join(f"{m}（{m.sector}）" if names.count(str(m)) > 1 else str(m) for m in members)
