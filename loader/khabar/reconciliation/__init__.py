"""A reconciliation service over the entities of a corpus, which OpenRefine and others match their tables against."""

from khabar.reconciliation.service import service

__all__ = ["service"]
