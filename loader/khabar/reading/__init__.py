"""YAML to records: positions, all faults at once."""

from khabar.reading.corpora import read_article, read_corpus, read_tree
from khabar.reading.places import locate, place

__all__ = ["locate", "place", "read_article", "read_corpus", "read_tree"]
