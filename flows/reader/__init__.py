"""Reads what people type: the words that always work, then the answer that the question waits for."""

from flows.reader.lines import read_line
from flows.reader.masking import MASK, mask_numbers
from flows.reader.order import read
from flows.reader.procedures import Found, Procedure, find_procedures
from flows.reader.reading import LOST, Certainty, Danger, Expected, Intent, Option, Reading
from flows.reader.secret import STRUCK, strike_secrets
from flows.reader.telltale import written_in
from flows.reader.thesaurus import with_thesaurus

__all__ = [
    "LOST", "MASK", "STRUCK", "Certainty", "Danger", "Expected", "Found", "Intent", "Option", "Procedure",
    "Reading", "find_procedures", "mask_numbers", "read", "read_line", "strike_secrets", "with_thesaurus", "written_in",
]
