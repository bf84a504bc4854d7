"""How forms are drawn (templates/components/), and the forms of one's own account."""

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    form_template_name = "components/form_fields.html"
    field_template_name = "components/field.html"


class LoginForm(AuthenticationForm):
    error_messages = {"invalid_login": "用户名或手机号与密码不符。连续 5 次不符，将暂停登录半小时。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.label, password.label = "用户名或手机号", "密码"
        name.widget.attrs |= {"autocomplete": "username", "maxlength": 64, "data-uncounted": True}


class NewPasswordForm(PasswordChangeForm):
    """The new password, which opens the other pages to one who signed in with a password that others know."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        old, new, again = (self.fields[name] for name in ("old_password", "new_password1", "new_password2"))
        old.label, new.label, again.label = "原密码", "新密码", "再输一次新密码"
        new.help_text = "至少 8 个字符，不能全是数字，不能与姓名、用户名相近，也不要用常见的密码。"
        again.help_text = ""

    def clean_new_password1(self):
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError("新密码不能与原密码相同。")
        return password

    def save(self, commit=True):
        self.user.must_change_password = False
        return super().save(commit)
