"""The WSGI door of the pages; `asgi.py` wraps it for the server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")

application = get_wsgi_application()
