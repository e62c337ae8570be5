"""What one mock server is set to. Flags, `PIXELPACT_*` variables and defaults meet in the CLI."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pixelpact.mockserver.jobs.pace import parse_pace
from pixelpact.schema import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a server behaves.

    `seed` decides all ids, tokens and seeds. `api_keys` closes the door: any other key gets 401; when
    empty, every key opens an account of its own. `public_url` is the scheme and host that absolute URLs
    are made with, by default those of each request. `credits` is what each account has to spend,
    `max_concurrent` how many of its jobs may run at once; `None` sets no limit. `max_body_bytes` bounds
    one JSON request, `max_upload_bytes` one upload and all chunks that wait for others, `max_cached_bytes`
    the drawn pictures that are kept, `max_jobs` and `max_journal` the jobs and requests.

    `scenarios` are in force for all accounts, or those that `scenario_file` names. Callbacks are signed where
    there is a `callback_secret`, and go to this machine and to `callback_hosts`. The state is read from
    `state_file` at the start and written to it at the end. `control` serves the control API, under the names
    `control_hosts` too.

    Raises:
        ValueError: a setting makes no sense.
    """

    pace: str = "realistic"
    seed: int = 0
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    profile: Profile = field(default_factory=Profile)
    public_url: str | None = None
    credits: int | None = None
    max_concurrent: int | None = None
    max_body_bytes: int = 64 * 1024 * 1024
    max_upload_bytes: int = 256 * 1024 * 1024
    max_cached_bytes: int = 64 * 1024 * 1024
    max_jobs: int = 10_000
    max_journal: int = 10_000
    state_file: Path | None = None
    scenarios: tuple[Any, ...] = ()
    scenario_file: Path | None = None
    callback_secret: str | None = field(default=None, repr=False)
    callback_hosts: tuple[str, ...] = ()
    control: bool = True
    control_hosts: tuple[str, ...] = ()

    def within(self, *, credits_left: int | None, max_concurrent: int | None) -> Settings:
        """The settings with other limits; `None` leaves one as it is."""
        return replace(
            self,
            credits=self.credits if credits_left is None else credits_left,
            max_concurrent=self.max_concurrent if max_concurrent is None else max_concurrent,
        )

    def with_profile(self, profile: Profile) -> Settings:
        """The settings with other answers to the ledger's questions."""
        return replace(self, profile=profile)

    def __post_init__(self) -> None:
        parse_pace(self.pace)
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"The seed must be from 0 to 2**63 - 1, got {self.seed}.")
        if self.public_url is not None and not self.public_url.startswith(("http://", "https://")):
            raise ValueError(f"The public URL must start with http:// or https://, got {self.public_url!r}.")
