"""A corpus made on all cores, in memory that hardly grows with it: as an N-Quads document, or as named graphs.

Articles that refer to one another are worked on together, all others one at a time: nothing in a graph reaches
across, and so this gives the same as the whole corpus at once.
"""

from khabar.assembly.document import Built, write_nquads
from khabar.assembly.progress import BuildProgress
from khabar.assembly.rejects import Rejected
from khabar.assembly.stream import Assembly, graphs

__all__ = ["Assembly", "BuildProgress", "Built", "Rejected", "graphs", "write_nquads"]
