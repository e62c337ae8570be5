"""What settings can be overridden with."""

from __future__ import annotations

import pytest

from pixelpact.mockserver import Settings
from pixelpact.mockserver.errors import SettingsError
from pixelpact.mockserver.settings import OVERRIDABLE
from pixelpact.schema import Profile


def test_without_changes_settings_stay_the_same_object() -> None:
    settings = Settings(credits=3)

    assert settings.override({}) is settings


def test_an_override_changes_what_it_names_and_nothing_else() -> None:
    settings = Settings(credits=3, max_jobs=7, api_keys=("k",), profile=Profile({"spent": "nothing"}))

    changed = settings.override({"credits": None, "seed": 9})

    assert changed == Settings(seed=9, max_jobs=7, api_keys=("k",), profile=Profile({"spent": "nothing"}))
    assert settings.credits == 3


def test_a_format_of_pictures_is_one_more_answer_of_the_profile() -> None:
    profile = Profile({"spent": "nothing", "picture-format": "jpg"})

    changed = Settings(profile=profile).override({"picture_format": "webp", "pace": "instant"})

    assert dict(changed.profile.answers) == {"spent": "nothing", "picture-format": "webp"}
    assert changed.pace == "instant"


def test_all_that_cannot_be_overridden_is_told_with_what_can() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings().override({"max_jobs": 1, "credits": 1, "api_keys": ()})

    assert str(refused.value) == (
        f"An account can't override api_keys, max_jobs. Possible: {', '.join(sorted(OVERRIDABLE))}."
    )


@pytest.mark.parametrize("changes", [{"pace": "fast"}, {"seed": -1}, {"seed": 2**63}], ids=str)
def test_an_override_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        Settings().override(changes)


def test_another_profile_leaves_all_other_settings() -> None:
    profile = Profile({"spent": "nothing"})

    assert Settings(credits=3).with_profile(profile) == Settings(credits=3, profile=profile)
