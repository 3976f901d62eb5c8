"""The WSGI application that the web server runs."""

import os
from typing import cast

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weilu.config.settings")

# Its own types speak of a response, which is a run of bytes.
_django = cast("Application", get_wsgi_application())

from django.conf import settings  # noqa: E402 - set up by now

from weilu.public.quick import Application, QuickJoin  # noqa: E402 - as above

application = QuickJoin(_django, settings.SESSION_COOKIE_NAME)
