"""Articles straight from their records to their lines: the careful path compiled."""

from khabar.plan.plan import Plan, Planned

__all__ = ["Plan", "Planned"]
