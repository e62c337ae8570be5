"""The settings of a mock server. The CLI makes them of flags, `PIXELPACT_*` variables and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pixelpact.mockserver.errors import SettingsError
from pixelpact.mockserver.jobs.pace import parse_pace
from pixelpact.schema import Profile, ProfileError

#: The settings that a namespace or an account may have differently from its server.
OVERRIDABLE = frozenset(
    {
        "pace",
        "seed",
        "credits",
        "max_concurrent",
        "max_body_bytes",
        "max_upload_bytes",
        "callback_secret",
        "picture_format",  # an answer of the profile, under the name of its flag
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a server behaves.

    `seed` decides all ids, tokens and seeds. With `api_keys`, any other key gets 401; without, every key
    opens an account of its own. `public_url` is the scheme and host of absolute URLs, by default those of
    each request. `credits` is what each account has to spend, `max_concurrent` how many of its jobs may run
    at once; `None` sets no limit. `max_body_bytes` bounds one JSON request, `max_upload_bytes` one upload and
    all incomplete uploads together, `max_cached_bytes` the drawn pictures that are kept, `max_jobs` and
    `max_journal` the jobs and requests.

    `scenarios` are in force for all accounts, or those that `scenario_file` names. Callbacks are signed if
    there is a `callback_secret`, and go to this machine and to `callback_hosts`. The state is read from
    `state_file` at the start and written to it at the end. `control` serves the control API, `control_hosts`
    are further names for it. `mutants` are rules that the server breaks on purpose, see
    `pixelpact.mockserver.mutants`.

    Raises:
        SettingsError: a setting makes no sense.
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
    mutants: tuple[str, ...] = ()

    def override(self, changes: Mapping[str, Any]) -> Settings:
        """The settings with `changes`, each one of `OVERRIDABLE`.

        Raises:
            SettingsError: one can't be overridden, or makes no sense.

        >>> Settings().override({"credits": 3, "picture_format": "webp"}).profile["picture-format"]
        'webp'
        """
        unknown = sorted(set(changes) - OVERRIDABLE)
        if unknown:
            raise SettingsError(
                f"An account can't override {', '.join(unknown)}. Possible: {', '.join(sorted(OVERRIDABLE))}."
            )
        direct = {name: value for name, value in changes.items() if name != "picture_format"}
        if "picture_format" in changes:
            answers = {**self.profile.answers, "picture-format": changes["picture_format"]}
            try:
                direct["profile"] = Profile(answers)
            except ProfileError as error:
                raise SettingsError(str(error)) from None
        return replace(self, **direct) if direct else self

    def with_profile(self, profile: Profile) -> Settings:
        """The settings with other answers to the ledger's questions."""
        return replace(self, profile=profile)

    def __post_init__(self) -> None:
        try:
            parse_pace(self.pace)
        except ValueError as error:
            raise SettingsError(str(error)) from None
        if not 0 <= self.seed < 2**63:
            raise SettingsError(f"The seed must be from 0 to 2**63 - 1, got {self.seed}.")
        if self.public_url is not None and not self.public_url.startswith(("http://", "https://")):
            raise SettingsError(
                f"The public URL must start with http:// or https://, got {self.public_url!r}."
            )
