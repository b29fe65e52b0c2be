"""The account of every link: why it holds, how surely, found by what, decided by whom and when."""

from khabar.mappings.mapping import Justification, Mapping, Relation

__all__ = ["Justification", "Mapping", "Relation"]
