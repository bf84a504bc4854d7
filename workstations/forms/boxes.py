"""The letter that goes into a box, its receipt code, and what the office says of a box."""

import secrets
from dataclasses import dataclass

from django import forms
from django.core import signing

from config.privacy import reaches_somebody
from config.stamped import QUICKEST, is_younger
from config.uploads.forms import MultiplePhotosField
from workstations.models import OpinionBox, Workstation
from workstations.services import box_flood as flood
from workstations.services import box_letters as letters

LATEST = 6 * 60 * 60  # seconds from opening the page to putting the letter in
WARNING = "信里好像有电话、邮箱或证件号码。要改请直接改；不改请勾选这一项，送达时会用 **** 遮住号码，别的照原样送达。"


@dataclass(frozen=True)
class Page:
    """One opening of the letter page: a number of chance, and the question where one was put. It names nobody."""

    seed: str
    asked: list[int] | None = None
    is_early: bool = False  # opened so short ago that nobody can have written anything

    @classmethod
    def fresh(cls, *, asks: bool) -> "Page":
        return cls(secrets.token_urlsafe(16), flood.question() if asks else None)

    @classmethod
    def read(cls, box: OpinionBox, token: str) -> "Page | None":
        """What a token says, or None when it is not of this box or too old."""
        try:
            held = signing.loads(token, salt=_salt(box), max_age=LATEST)
        except signing.BadSignature:
            return None
        return cls(held["seed"], held["asked"], is_younger(token, QUICKEST, salt=_salt(box)))

    def token(self, box: OpinionBox) -> str:
        return signing.dumps({"seed": self.seed, "asked": self.asked}, salt=_salt(box))


def _salt(box):
    return f"workstations.box.{box.code}"


class LetterForm(forms.Form):
    """What is said, where it is, and photos; nothing about who says it."""

    body = forms.CharField(
        label="您想说的事", max_length=letters.LONGEST, widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
        help_text="请不要写姓名、电话等能认出您的信息。写清楚什么地方、什么事、希望怎么办。",
        error_messages={"required": "请写下您想说的事。"},
    )  # fmt: skip
    agree = forms.BooleanField(label="我知道号码会被遮住，就这样投", error_messages={"required": WARNING})
    place = forms.CharField(
        label="地点", max_length=64, required=False, help_text="如：金田村三组的路口",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    photos = MultiplePhotosField(
        limit=letters.MOST_PHOTOS, required=False,
        help_text=f"最多 {letters.MOST_PHOTOS} 张，每张不超过 8 MB。地点、时间和手机型号会自动去掉；请不要拍到自己。",
    )  # fmt: skip
    answer = forms.CharField(
        label="请回答", max_length=16, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="现在投信的人很多，请回答这个问题再投，写数字或汉字都可以。",
        error_messages={"required": "请写出答案。"},
    )  # fmt: skip
    website = forms.CharField(
        max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )

    def __init__(self, *args, page: Page, **kwargs):
        super().__init__(*args, **kwargs)
        self.page = page
        typed = self.data if self.is_bound else self.initial
        self.warns = reaches_somebody(f"{typed.get('body', '')}\n{typed.get('place', '')}")
        if not self.warns:
            del self.fields["agree"]
        if page.asked:
            self.fields["answer"].label = flood.in_words(page.asked)
        else:
            del self.fields["answer"]

    def clean_answer(self):
        if not flood.is_right(self.page.asked, self.cleaned_data["answer"]):
            raise forms.ValidationError("答案不对，请再算一次。")
        return ""

    def clean_website(self):
        """For programs that fill in everything; people do not see it."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError("页面末尾的“网址”一栏请留空，浏览器自动填写的请删去再投。")
        return ""

    @property
    def letter(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("body", "place", "photos")}


class ReceiptForm(forms.Form):
    code = forms.CharField(
        label="查询码", max_length=40, help_text="投信后给您的 16 位数字，空格可写可不写。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-uncounted": True}),
    )  # fmt: skip


class BoxForm(forms.ModelForm):
    """Name, place and words of a box; the station whose keepers read its letters."""

    class Meta:
        model = OpinionBox
        fields = ["name", "place", "station", "welcome"]
        help_texts = {
            "name": "印在海报上，如：金田村意见箱",
            "station": "信交给这个站点的负责人；不选则由政协办处理",
            "welcome": "印在海报和投信页上；不写则用通用的一句",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stations = Workstation.objects.filter(committee=self.instance.committee_id)
        open_or_own = stations.filter(is_open=True) | stations.filter(pk=self.instance.station_id)
        self.fields["station"].queryset = open_or_own.order_by("name", "pk")
