"""The canonical documents of the API, and the code that reads them."""

from pixelpact.schema.catalogue import CatalogueEntry, catalogue, find_conversion
from pixelpact.schema.conformance import answer_violations, find_operation
from pixelpact.schema.description import OptionRow, describe
from pixelpact.schema.documents import (
    TEXT_TO_IMAGE,
    JSONObject,
    as_object,
    bundled_openapi,
    load_document,
)
from pixelpact.schema.errors import ProfileError, SchemaError, UnreadableProfile
from pixelpact.schema.ledger import LedgerEntry, Profile, ledger
from pixelpact.schema.operations import Operation, operations, operations_by_path, success_status
from pixelpact.schema.options import options_schema
from pixelpact.schema.profile_files import (
    DEFAULT_PROFILE,
    LearnedProfile,
    Observation,
    read_learned_profile,
    read_profile,
)
from pixelpact.schema.regex import ecma_regex
from pixelpact.schema.suggestions import did_you_mean
from pixelpact.schema.swagger import swagger_document
from pixelpact.schema.validation import (
    component_validator,
    find_violations,
    follows_component,
    options_validator,
    type_name,
    validator,
    violations,
)
from pixelpact.schema.violations import Violation, error_key, place_of
from pixelpact.schema.vocabulary import (
    CallbackRules,
    ErrorAnswer,
    Headers,
    JobMessage,
    Status,
    callback_rules,
    cloud_providers,
    default_input_type,
    error_answers,
    headers,
    job_messages,
    page_size,
    statuses,
)

__all__ = [
    "DEFAULT_PROFILE",
    "TEXT_TO_IMAGE",
    "CallbackRules",
    "CatalogueEntry",
    "ErrorAnswer",
    "Headers",
    "JSONObject",
    "JobMessage",
    "LearnedProfile",
    "LedgerEntry",
    "Observation",
    "Operation",
    "OptionRow",
    "Profile",
    "ProfileError",
    "SchemaError",
    "Status",
    "UnreadableProfile",
    "Violation",
    "answer_violations",
    "as_object",
    "bundled_openapi",
    "callback_rules",
    "catalogue",
    "cloud_providers",
    "component_validator",
    "default_input_type",
    "describe",
    "did_you_mean",
    "ecma_regex",
    "error_answers",
    "error_key",
    "find_conversion",
    "find_operation",
    "find_violations",
    "follows_component",
    "headers",
    "job_messages",
    "ledger",
    "load_document",
    "operations",
    "operations_by_path",
    "options_schema",
    "options_validator",
    "page_size",
    "place_of",
    "read_learned_profile",
    "read_profile",
    "statuses",
    "success_status",
    "swagger_document",
    "type_name",
    "validator",
    "violations",
]
