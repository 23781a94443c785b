"""Addresses of identity. The provider's way back has no language: it is registered once, word for word."""

from django.urls import path

from pencere.identity.views import second_factor, signing

urlpatterns = [
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-in/kept/", signing.kept_form, name="kept-form"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("signed-out/", signing.signed_out, name="signed-out"),
    path("session/", signing.session_end, name="session-end"),
    path("session/stay/", signing.session_stay, name="session-stay"),
    path("confirm/", second_factor.confirm, name="confirm"),
    path("confirm/passkey/", second_factor.confirm_passkey, name="confirm-passkey"),
    path("me/security/", second_factor.security, name="security"),
    path("me/security/code/", second_factor.add_code, name="security-code"),
    path("me/security/passkey/", second_factor.add_passkey, name="security-passkey"),
    path("me/security/<int:factor>/remove/", second_factor.remove, name="security-remove"),
]

plain_urlpatterns = [
    path("sign-in/callback/", signing.callback, name="sign-in-callback"),
]
