"""What one mock server is set to. Flags, `PIXELPACT_*` variables and defaults meet in the CLI."""

from __future__ import annotations

from dataclasses import dataclass, field

from pixelpact.mockserver.lifecycle import parse_pace
from pixelpact.schema import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a server behaves.

    `seed` decides all ids, tokens and seeds. `api_keys` closes the door: any other key gets 401; when
    empty, every key opens an account of its own. `public_url` is the scheme and host that absolute URLs
    are made with, by default those of each request. `credits` is what each account has to spend,
    `max_concurrent` how many of its jobs may run at once; `None` sets no limit. `max_body_bytes` bounds
    one request, `max_cached_bytes` the drawn pictures that are kept.

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
    max_cached_bytes: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        parse_pace(self.pace)
        if self.public_url is not None and not self.public_url.startswith(("http://", "https://")):
            raise ValueError(f"The public URL must start with http:// or https://, got {self.public_url!r}.")
