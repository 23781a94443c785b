"""Makes the provider ready and serves it; called by `pencere demo-provider` in a process of its own."""

from __future__ import annotations

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from pencere.base import secrets
from pencere.base.serving import serve_alone


def prepare() -> None:
    """Tables, and the portal as the one client; its secret is the file that the portal reads. Safe to repeat."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("clearsessions")
    secret = secrets.read_or_make(settings.PENCERE.keys / "oidc-secret")
    with transaction.atomic():
        Token.objects.expired().delete()
        name = settings.PENCERE.oidc_client
        client = Client.objects.filter(id=name).first() or Client(id=name)
        client.name = "Pəncərə"
        client.skip_consent = True
        client.set_scopes(["openid", "profile"])
        client.set_redirect_uris([f"{settings.PENCERE.url}/sign-in/callback/"])
        client.set_secret(secret)
        client.save()


def serve() -> None:
    """Blocks until the process is told to stop. One worker: codes wait for their token in its memory."""
    serve_alone("pencere.identity.demo_provider.wsgi:application", settings.PENCERE.demo_idp_address, threads=2)
