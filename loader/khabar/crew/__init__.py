"""Tasks done in this process or in several at once: the replies are the same, and come in the order of the tasks.

What the tasks are is the business of a `Bench`; nothing here knows of records or graphs.
"""

from khabar.crew.bench import Bench
from khabar.crew.buckets import Buckets
from khabar.crew.crew import Alone, Crew, Workers, cores
from khabar.crew.rounds import Follow
from khabar.crew.spool import OwnSpool, SharedSpool, Slot, Spool, unnamed, write_all_at, write_at

__all__ = [
    "Alone",
    "Bench",
    "Buckets",
    "Crew",
    "Follow",
    "OwnSpool",
    "SharedSpool",
    "Slot",
    "Spool",
    "Workers",
    "cores",
    "unnamed",
    "write_all_at",
    "write_at",
]
