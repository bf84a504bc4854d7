from knox import auth
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(auth.TokenAuthentication):
    """`Authorization: Token …`; a token ends with its time, with the account, and when the password must be changed."""

    def authenticate_credentials(self, token):
        if not token.isascii():
            raise AuthenticationFailed
        return super().authenticate_credentials(token)

    def validate_user(self, auth_token):
        if auth_token.user.must_change_password:
            raise AuthenticationFailed
        return super().validate_user(auth_token)
