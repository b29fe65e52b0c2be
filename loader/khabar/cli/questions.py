"""The commands that ask: ``queries`` and ``query``."""

COMMANDS = ()
