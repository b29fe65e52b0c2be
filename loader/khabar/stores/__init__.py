"""Where graphs are kept, asked and written: in memory, in a folder, at an address.

Everything is opened through ``opening``. ``memory`` and ``embedded`` are asked, and so is ``remote``; folders are
written by ``writer``, in a ``working_copy``, and addresses by ``remote_graphs``, over the ``wire``. What is particular
to a kind of store stands in ``kinds``.
"""
