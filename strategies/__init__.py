"""Hypothesis strategies for payloads, derived from a JSON Schema: valid, or with exactly one fault."""

from pixelpact.schema import options_schema
from pixelpact.strategies.cases import Invalid, Valid
from pixelpact.strategies.errors import NothingValid, SchemaNotSupported, StrategyError
from pixelpact.strategies.options import boundaries, invalid_options, single_faults, valid_options
from pixelpact.strategies.raw import RawFault, raw_faults
from pixelpact.strategies.requests import invalid_jobs, jobs, presets, prompts, single_job_faults

__all__ = [
    "Invalid",
    "NothingValid",
    "RawFault",
    "SchemaNotSupported",
    "StrategyError",
    "Valid",
    "boundaries",
    "invalid_jobs",
    "invalid_options",
    "jobs",
    "options_schema",
    "presets",
    "prompts",
    "raw_faults",
    "single_faults",
    "single_job_faults",
    "valid_options",
]
