from django import forms

from config.uploads.forms import TableField
from proposals.sheets.columns import MOST


class ImportForm(forms.Form):
    file = TableField(noun="提案表", label="提案表", help_text=f".xlsx 或 .csv，一次最多 {MOST} 行")
