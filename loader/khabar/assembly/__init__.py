"""A corpus as a stream of named graphs, made on all cores, in memory that hardly grows with the corpus.

Articles that refer to one another are worked on together, all others a batch at a time: nothing in a graph reaches
across, and so this gives the same graphs as the whole corpus at once.
"""

from khabar.assembly.stream import Assembly, graphs

__all__ = ["Assembly", "graphs"]
