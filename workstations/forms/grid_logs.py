from django import forms
from django.core.exceptions import ValidationError

from config.uploads.forms import MultiplePhotosField
from workstations.models import GridLog, Played
from workstations.queries.grids import WORDS
from workstations.services.grid_logs import MOST_PHOTOS, MOST_TIMES, MOST_WORDS


class GridLogForm(forms.Form):
    """A month in one minute: grids as boxes, five roles as numbers, some words, photos."""

    regions = forms.MultipleChoiceField(
        label="去过哪些网格（村）", required=False, widget=forms.CheckboxSelectMultiple(),
        error_messages={"invalid_choice": "有的网格不是您联系的，请重新勾选。"},
    )  # fmt: skip
    words = forms.CharField(
        label="情况和问题", required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="群众说了什么、看到什么问题，写一两句就好",
    )  # fmt: skip
    photos = MultiplePhotosField(limit=MOST_PHOTOS, required=False)
    drop_photos = forms.MultipleChoiceField(label="删去照片", required=False, widget=forms.CheckboxSelectMultiple())

    def __init__(self, *args, entry: GridLog, own, files=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.files_kept = list(files)
        gone = list(entry.regions.all()) if entry.pk else []
        places = {region.pk: region.name for region in [*(posting.region for posting in own), *gone]}
        self.fields["regions"].choices = list(places.items())
        self.fields["regions"].initial = [region.pk for region in gone] or (list(places) if len(places) == 1 else [])
        self.fields["words"].initial = entry.words
        self.fields["drop_photos"].choices = [(str(file.pk), file.name) for file in self.files_kept]
        if not self.files_kept:
            del self.fields["drop_photos"]
        times = {act.played: act.times for act in entry.acts.all()} if entry.pk else {}
        for played in Played:
            self.fields[played] = forms.IntegerField(
                label=played.label, required=False, min_value=0, max_value=MOST_TIMES, initial=times.get(played, 0),
                help_text=WORDS[played], error_messages={"invalid": "请填次数，如 2。"},
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "data-stepper": True}),
            )  # fmt: skip

    @property
    def roles(self):
        return [self[played] for played in Played]

    @property
    def acts(self) -> dict[str, int]:
        return {played: self.cleaned_data.get(played) or 0 for played in Played.values}

    def clean_photos(self):
        photos = self.cleaned_data["photos"]
        if len(photos) > MOST_PHOTOS:
            raise ValidationError(f"最多 {MOST_PHOTOS} 张照片。")
        return photos
