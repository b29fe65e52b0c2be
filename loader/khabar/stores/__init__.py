"""Where graphs are kept, asked and written: in memory, in a folder, at an address.

``opening`` tells what a target is. ``memory``, ``embedded`` and ``remote`` are asked; a folder is written by
``writer``, in a ``working_copy``, and what is at an address by ``remote_graphs``, over the ``wire``. What is
particular to a kind of store stands in ``kinds``.
"""
