"""Jobs and their parts, as records that never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

from pixelpact.mockserver.jobs.ids import derive_seed
from pixelpact.schema import Profile

#: Input types whose content the client sends; all others are downloaded when the job starts.
_LOCAL_TYPES = frozenset({"upload", "base64"})


class Frozen(Struct, frozen=True, gc=False):
    """A record that never changes; creating and copying it is ten times as quick as for a data class.

    The garbage collector skips it, because immutable values never form a cycle. Its `repr` shows only the id:
    texts, tokens and passwords stay out of logs and tracebacks.
    """

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'id', '')}>"


class Message(Frozen, frozen=True):
    """An entry of a job's `errors` or `warnings`; `source` is `input` or `conversion`."""

    source: str
    id_source: str
    code: int
    message: str


class Input(Frozen, frozen=True, kw_only=True):
    """An input.

    `text` is its content if that is text, `None` if it is not or was never fetched. `caption` is the prompt
    text of the input or output that this one reuses. `failure` is the message of an input that can't be had.
    """

    id: str
    type: str
    created_at: float
    modified_at: float
    source: str | None = None
    filename: str | None = None
    content_type: str | None = None
    size: int | None = None
    checksum: str | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    caption: str | None = None
    failure: Message | None = None
    engine: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether the server has the content without downloading it."""
        return self.type in _LOCAL_TYPES


class Conversion(Frozen, frozen=True, kw_only=True):
    """A conversion.

    The seed derives from `seed_parts` unless the options name one. `preset_options` are those of the preset
    that the options name, `warning` is the message about a preset that does not exist.
    """

    id: str
    target: str
    category: str
    seed_parts: tuple[str | int, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    preset_options: Mapping[str, Any] = field(default_factory=dict)
    warning: Message | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    output_targets: tuple[Mapping[str, Any], ...] = ()

    @property
    def seed(self) -> int:
        """The seed, unless the options name one."""
        return derive_seed(*self.seed_parts)

    def effective_options(self, profile: Profile) -> dict[str, Any]:
        """The options merged with those of the preset; the profile says which of the two win."""
        if profile["preset-precedence"] == "preset":
            return {**self.options, **self.preset_options}
        return {**self.preset_options, **self.options}


EventKind = Literal["incomplete", "ready", "started", "read", "canceled"]


class Event(Frozen, frozen=True):
    """Something that happened to a job; `downloads` says whether a start has inputs to download."""

    kind: EventKind
    at: float
    downloads: bool = False


class Drawn(Frozen, frozen=True):
    """Size in bytes and checksum of an output that has been drawn."""

    size: int
    checksum: str


class OutputEdit(Frozen, frozen=True):
    """The changes that a client made to an output."""

    filename: str | None = None
    download_password: str | None = None
    deleted: bool = False


class CallbackFaults(Frozen, frozen=True):
    """The way in which a scenario disturbs the callbacks of a job.

    `failing`: the first `attempts` to deliver a callback are dropped, or all if `None`; `duplicate`: every
    callback is sent `copies` times; `late`: callbacks are sent `late_s` seconds late; `reordered`: pairs of
    callbacks are sent in the opposite order.
    """

    kind: Literal["failing", "duplicate", "late", "reordered"]
    attempts: int | None = None
    copies: int = 1
    late_s: float = 0.0


class InjectedFaults(Frozen, frozen=True):
    """The faults that scenarios inject into a job; failures are keys of `job_messages` in `openapi.json`."""

    input_failure: str | None = None
    conversion_failure: str | None = None
    stuck: bool = False
    expired: bool = False
    callbacks: CallbackFaults | None = None


#: The faults of a job that no scenario applies to.
NO_FAULTS = InjectedFaults()


class Job(Frozen, frozen=True, kw_only=True):
    """A job: everything the client asked for and everything that has happened; its status follows from that.

    No two jobs with other contents have the same `version`, unless it is 0 (unknown): whatever is computed
    from a job is cached by its id and version (see `versions`).

    `number` counts the account's jobs from 1, `repetition` those with the same `payload_digest`,
    `parts_added` the inputs and conversions ever added to this one, `callbacks_done` the callbacks that were
    delivered or given up. `pace` and `origin` (scheme and host of absolute URLs) are those in force when the
    job was created. `drawn`, `downloads` and `edits` are by output id.
    """

    id: str
    token: str
    account: str
    number: int
    payload_digest: str = ""
    repetition: int = 1
    idempotency_key: str = ""
    created_at: float
    modified_at: float
    pace: str
    profile: Profile
    origin: str = ""
    process: bool = True
    fail_on_input_error: bool = True
    fail_on_conversion_error: bool = True
    notify_status: bool = False
    callback: str = ""
    download_passwords: tuple[str, ...] = ()
    limits: Mapping[str, Any] | None = None
    conversions: tuple[Conversion, ...] = ()
    inputs: tuple[Input, ...] = ()
    parts_added: int = 0
    events: tuple[Event, ...] = ()
    drawn: Mapping[str, Drawn] = field(default_factory=dict)
    downloads: Mapping[str, int] = field(default_factory=dict)
    edits: Mapping[str, OutputEdit] = field(default_factory=dict)
    faults: InjectedFaults = NO_FAULTS
    callbacks_done: int = 0
    version: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether the job has all it needs to run: an input and a conversion."""
        return bool(self.inputs and self.conversions)

    @property
    def start(self) -> Event | None:
        """The event that started the job, if it has started."""
        return next((event for event in self.events if event.kind == "started"), None)

    @property
    def is_closed(self) -> bool:
        """Whether its parts can no longer be changed, because it was started or canceled."""
        return any(event.kind in ("started", "canceled") for event in self.events)
