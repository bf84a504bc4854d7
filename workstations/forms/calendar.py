from django import forms


class ThemeForm(forms.Form):
    theme = forms.CharField(
        label="本月主题", max_length=64, required=False, help_text="如：关爱“一老一小”。留空则取消本月主题"
    )
