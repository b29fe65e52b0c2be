"""A reconciliation service over the entities of a corpus, which OpenRefine and others match their tables against."""

from khabar.reconciliation.service import reconciliation_service

__all__ = ["reconciliation_service"]
