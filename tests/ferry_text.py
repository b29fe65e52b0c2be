"""The invented text that quotations are taken from, and letters that make texts hard."""

from __future__ import annotations

from hypothesis import strategies as st

from khabar.passages import text_of

FERRY = """\
Port says no

The port said no to the ferry, and no again.
قال المسؤول إن «العبّارة» لن تأتي... ولن تعود.
Port says no
"""
TEXT = text_of(FERRY)

LETTERS = st.text(st.sampled_from("ab .…\n\u0627\u0653\u064b«»'\"#:{}[],|>-😀e\u0301\t"), max_size=40)
