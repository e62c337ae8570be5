"""Hypothesis strategies for options, made from their schema: valid ones, and ones with exactly one fault."""

from pixelpact.strategies.errors import SchemaNotSupported
from pixelpact.strategies.options import (
    Invalid,
    Valid,
    boundaries,
    invalid_options,
    single_faults,
    valid_options,
)

__all__ = [
    "Invalid",
    "SchemaNotSupported",
    "Valid",
    "boundaries",
    "invalid_options",
    "single_faults",
    "valid_options",
]
