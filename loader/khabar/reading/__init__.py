"""YAML to records: positions, all faults at once."""

from khabar.reading.corpora import Survey, read_article, read_corpus, read_tree, survey
from khabar.reading.places import locate, place

__all__ = ["Survey", "locate", "place", "read_article", "read_corpus", "read_tree", "survey"]
