"""The command line: the only part of khabar that prints or exits."""
