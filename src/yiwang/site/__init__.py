"""Wiring only: settings module, root URLs, REST root, command line, WSGI entry. No rule and no page lives here."""
