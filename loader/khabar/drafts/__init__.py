"""From quotations to what proves them: citing a passage, filling a draft, starting a record."""

from khabar.drafts.filling import fill, yaml_block
from khabar.drafts.quotations import QuotationRefused, cite
from khabar.drafts.skeleton import new_record

__all__ = ["QuotationRefused", "cite", "fill", "new_record", "yaml_block"]
