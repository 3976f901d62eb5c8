"""The ASGI application of the process that keeps streams; pages are served by WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weilu.config.settings")

application = get_asgi_application()
