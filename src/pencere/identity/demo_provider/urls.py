"""Addresses of the provider: those of OpenID Connect as allauth names them, and the pages for people."""

from allauth.idp.oidc import views as oidc
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from pencere.identity.demo_provider import views

_machines = [
    path(".well-known/openid-configuration", views.configuration, name="configuration"),
    path(".well-known/jwks.json", oidc.jwks, name="jwks"),
    path("identity/o/authorize", views.authorize, name="authorization"),
    path("identity/o/api/token", oidc.token, name="token"),
    path("identity/o/api/userinfo", oidc.user_info, name="userinfo"),
]
urlpatterns = [
    path("", include(([path("", include((_machines, "oidc")))], "idp"))),
    *i18n_patterns(
        path("choose/", views.choose, name="choose"),
        path("turn-back/", views.turn_back, name="turn-back"),
        prefix_default_language=True,
    ),
]

handler400 = "pencere.conf.errors.bad_request"
handler403 = "pencere.conf.errors.not_allowed"
handler404 = "pencere.conf.errors.not_found"
handler500 = "pencere.conf.errors.broken"
