"""Addresses of the ledger."""

from yiwang.commons.ledger import rest

app_name = "ledger"
urlpatterns = [*rest.endpoints]
