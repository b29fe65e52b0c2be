"""A load: what is held, what is sent, what is proved; and what can be said of the difference."""
