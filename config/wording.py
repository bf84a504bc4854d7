"""Django's own words where they speak like a program; in force before the forms of the apps are made."""

from django.forms import BooleanField, ChoiceField, Field, FileField, ModelChoiceField

Field.default_error_messages["required"] = "请填写。"
ChoiceField.default_error_messages["required"] = "请选择。"
ModelChoiceField.default_error_messages["required"] = "请选择。"
FileField.default_error_messages["required"] = "请选择文件。"
BooleanField.default_error_messages = {"required": "请勾选。"}
