"""Jobs and their parts, as records that never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

from pixelpact.mockserver.jobs.ids import derive_seed
from pixelpact.schema import Profile

#: Input types whose content the server already has; all others are downloaded when the job starts.
_AT_HAND = frozenset({"upload", "base64"})


class Frozen(Struct, frozen=True, gc=False):
    """A record that never changes, made and changed ten times as quickly as a data class.

    What never changes is never part of a cycle: the garbage collector need not look at it.
    It shows no more of itself than its id: texts, tokens and passwords are nobody's business.
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

    `text` is its content where that is text, `None` where it is not or was never fetched; `caption` is what
    an input of another job says as a prompt. `failure` is the message of an input that can't be had.
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
    def at_hand(self) -> bool:
        """Whether nothing has to be downloaded."""
        return self.type in _AT_HAND


class Conversion(Frozen, frozen=True, kw_only=True):
    """A conversion.

    `seed_parts` decide the seed that is used when the options name none. `preset_options` are those of the
    preset that the options name, `warning` the message about one that does not exist.
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
        """The seed that is used when the options name none."""
        return derive_seed(*self.seed_parts)

    def effective_options(self, profile: Profile) -> dict[str, Any]:
        """The options with those of the preset; which of both wins is the profile's."""
        if profile["preset-precedence"] == "preset":
            return {**self.options, **self.preset_options}
        return {**self.preset_options, **self.options}


EventKind = Literal["incomplete", "ready", "started", "read", "canceled"]


class Event(Frozen, frozen=True):
    """Something that happened to a job: a status it took, its start (with something to download?), a read."""

    kind: EventKind
    at: float
    downloads: bool = False


class Drawn(Frozen, frozen=True):
    """What is known of an output once it was drawn: bytes, and its checksum."""

    size: int
    checksum: str


class OutputEdit(Frozen, frozen=True):
    """What a client changed of an output: its name, its password, whether it is there."""

    filename: str | None = None
    download_password: str | None = None
    deleted: bool = False


class CallbackTrouble(Frozen, frozen=True):
    """What goes wrong with a job's callbacks, as a scenario demands.

    `failing`: the first `attempts` of each get lost, `None` for all; `duplicate`: each comes `copies` times;
    `late`: each comes `late_s` seconds late; `reordered`: each two change places.
    """

    kind: Literal["failing", "duplicate", "late", "reordered"]
    attempts: int | None = None
    copies: int = 1
    late_s: float = 0.0


class Fate(Frozen, frozen=True):
    """What scenarios have in store for a job; troubles go by their names in `openapi.json`."""

    input_trouble: str | None = None
    conversion_trouble: str | None = None
    stuck: bool = False
    expired: bool = False
    callbacks: CallbackTrouble | None = None


#: What is in store for every ordinary job.
NO_FATE = Fate()


class Job(Frozen, frozen=True, kw_only=True):
    """A job with everything that was asked and everything that happened; its status follows from that.

    `version` is given by the store that keeps the job, 0 before: whatever is computed from a job is cached by
    its id and version (see `versions`).

    `number` counts the account's jobs from 1, `repetition` those with the same `payload` (a digest), `made`
    the parts that ever were added to this one, `announced` the callbacks that were delivered or given up.
    `pace` is the text of the pace in force at its creation. `drawn`, `downloads` and `edits` are by output.
    """

    id: str
    token: str
    account: str
    number: int
    payload: str = ""
    repetition: int = 1
    idempotency_key: str = ""
    created_at: float
    modified_at: float
    pace: str
    profile: Profile
    host_url: str = ""
    process: bool = True
    fail_on_input_error: bool = True
    fail_on_conversion_error: bool = True
    notify_status: bool = False
    callback: str = ""
    download_passwords: tuple[str, ...] = ()
    limits: Mapping[str, Any] | None = None
    conversions: tuple[Conversion, ...] = ()
    inputs: tuple[Input, ...] = ()
    made: int = 0
    events: tuple[Event, ...] = ()
    drawn: Mapping[str, Drawn] = field(default_factory=dict)
    downloads: Mapping[str, int] = field(default_factory=dict)
    edits: Mapping[str, OutputEdit] = field(default_factory=dict)
    fate: Fate = NO_FATE
    announced: int = 0
    version: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing that the job needs to run is missing."""
        return bool(self.inputs and self.conversions)

    @property
    def start(self) -> Event | None:
        """The start, if there was one."""
        return next((event for event in self.events if event.kind == "started"), None)

    @property
    def is_closed(self) -> bool:
        """Whether its parts can't be changed any more: it was started or canceled."""
        return any(event.kind in ("started", "canceled") for event in self.events)
