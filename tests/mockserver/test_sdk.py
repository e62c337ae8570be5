"""The vendor's own SDK, unmodified, given only the base URL."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from api2convert import (
    Api2Convert,
    AuthenticationError,
    ConversionFailedError,
    NotFoundError,
    ValidationError,
)
from PIL import Image

from pixelpact.pytest_plugin import MockApi

ASKED = {"seed": 7, "style": "anime", "width": 512, "height": 512}


@pytest.fixture
def client(pixelpact: MockApi) -> Iterator[Api2Convert]:
    with Api2Convert(pixelpact.api_key, base_url=pixelpact.base_url) as client:
        yield client


@pytest.fixture
def prompt(tmp_path: Path) -> str:
    path = tmp_path / "prompt.txt"
    path.write_text("A lighthouse in the fog\n", encoding="utf-8")
    return str(path)


def test_convert_gives_the_picture_that_was_asked_for(
    client: Api2Convert, pixelpact: MockApi, prompt: str
) -> None:
    result = client.convert(prompt, "text-to-image", ASKED, category="operation")

    content = result.contents()
    picture = pixelpact.read_image(content)
    assert picture.prompt == "A lighthouse in the fog"
    assert picture.options == ASKED
    assert Image.open(BytesIO(content)).size == (512, 512)


def test_convert_without_category_and_options(client: Api2Convert, pixelpact: MockApi, prompt: str) -> None:
    picture = pixelpact.read_image(client.convert(prompt, "text-to-image").contents())

    assert (picture.width_px, picture.height_px, picture.options) == (1024, 1024, {})


def test_convert_a_remote_url(client: Api2Convert, pixelpact: MockApi) -> None:
    result = client.convert("https://example.com/prompts/fox.txt", "text-to-image", ASKED)

    picture = pixelpact.read_image(result.contents())
    assert picture.prompt == "https://example.com/prompts/fox.txt"
    assert result.job.output[0].filename == "fox.png"


def test_convert_a_stream(client: Api2Convert, pixelpact: MockApi) -> None:
    result = client.convert(BytesIO("Ein Fuchs im Schnee, 🦊".encode()), "text-to-image", ASKED)

    assert pixelpact.read_image(result.contents()).prompt == "Ein Fuchs im Schnee, 🦊"


def test_save_writes_the_picture_under_its_name(client: Api2Convert, prompt: str, tmp_path: Path) -> None:
    saved = client.convert(prompt, "text-to-image", ASKED).save(f"{tmp_path}/out/")

    assert saved.name == "prompt.png"
    with Image.open(saved) as picture:
        assert picture.size == (512, 512)


def test_a_wrong_key_is_an_authentication_error(pixelpact: MockApi, prompt: str) -> None:
    client = Api2Convert("an-INVALID-key", base_url=pixelpact.base_url)

    with client, pytest.raises(AuthenticationError) as caught:
        client.convert(prompt, "text-to-image")

    assert caught.value.status_code == 401
    assert caught.value.request_id
    assert "an-INVALID-key" not in str(caught.value)


def test_an_invalid_option_is_a_validation_error_that_names_it(client: Api2Convert, prompt: str) -> None:
    with pytest.raises(ValidationError, match="num_inference_steps must be at most 60, got 61") as caught:
        client.convert(prompt, "text-to-image", {"num_inference_steps": 61})

    assert caught.value.body["errors"] == {"num_inference_steps": ["must be at most 60, got 61"]}


def test_an_unknown_target_is_a_validation_error(client: Api2Convert, prompt: str) -> None:
    with pytest.raises(ValidationError, match="is not a target of the catalogue"):
        client.convert(prompt, "no-such-target")


def test_an_empty_prompt_fails_the_conversion(client: Api2Convert) -> None:
    with pytest.raises(ConversionFailedError, match=r"The prompt is empty \(code 6005\)"):
        client.convert(BytesIO(b" \n"), "text-to-image")


def test_a_download_password_is_remembered(client: Api2Convert, prompt: str) -> None:
    result = client.convert(prompt, "text-to-image", ASKED, download_password="sesame")

    assert result.contents().startswith(b"\x89PNG")
    with pytest.raises(AuthenticationError):
        result.contents(download_password="wrong")


def test_a_staged_job_takes_several_inputs(client: Api2Convert, pixelpact: MockApi) -> None:
    staged = client.jobs.create(
        {
            "process": False,
            "conversion": [{"target": "text-to-image", "options": {"allow_multiple_outputs": True}}],
        }
    )
    client.jobs.upload(staged, BytesIO(b"first"), "a.txt")
    client.jobs.upload(staged, BytesIO(b"second"), "b.txt")
    client.jobs.add_input(staged.id, {"type": "remote", "source": "https://example.com/c.txt"})
    client.jobs.start(staged.id)

    done = client.jobs.wait(staged.id)

    prompts = [pixelpact.read_image(client.download(output).contents()).prompt for output in done.output]
    assert prompts == ["first", "second", "https://example.com/c.txt"]
    assert client.jobs.outputs(staged.id) == done.output


def test_cancel_and_list(client: Api2Convert, prompt: str) -> None:
    done = client.convert(prompt, "text-to-image", ASKED).job
    staged = client.jobs.create({"process": False})
    client.jobs.cancel(staged.id)

    assert [job.id for job in client.jobs.list()] == [staged.id, done.id]
    assert [job.id for job in client.jobs.list(status="completed")] == [done.id]
    assert client.jobs.list(page=2) == []
    with pytest.raises(ConversionFailedError):
        client.jobs.wait(staged.id)
    with pytest.raises(NotFoundError):
        client.jobs.get("no-such-job")


def test_catalogue_shows_the_options(client: Api2Convert) -> None:
    options = client.options("text-to-image", "operation")

    assert options["seed"]["maximum"] == 4294967295
    assert client.conversions.list(page=9) == []
    assert client.conversions.list(target="no-such-target") == []
