"""The provider's entry."""

import os

from django.core.wsgi import get_wsgi_application

from pencere.base.parent import end_with_parent

os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.demo_payments"
application = get_wsgi_application()
end_with_parent()

from pencere.payments.demo_provider import telling  # noqa: E402 - its models need Django set up

telling.begin()
