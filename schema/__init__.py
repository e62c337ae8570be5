"""The canonical documents of the API, and the code that reads them."""

from pixelpact.schema.description import OptionRow, describe
from pixelpact.schema.documents import TEXT_TO_IMAGE, JSONObject, load_document, options_schema
from pixelpact.schema.regex import ecma_regex
from pixelpact.schema.validation import find_violations, options_validator, type_name, validator, violations
from pixelpact.schema.wording import Violation

__all__ = [
    "TEXT_TO_IMAGE",
    "JSONObject",
    "OptionRow",
    "Violation",
    "describe",
    "ecma_regex",
    "find_violations",
    "load_document",
    "options_schema",
    "options_validator",
    "type_name",
    "validator",
    "violations",
]
