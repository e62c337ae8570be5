"""The vendor's own SDK, unmodified, given only the base URL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from api2convert import (
    Api2Convert,
    AuthenticationError,
    ConversionFailedError,
    NotFoundError,
    ValidationError,
)
from api2convert.cloud import CloudInput
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


def test_presets_of_the_account(client: Api2Convert, pixelpact: MockApi, prompt: str) -> None:
    preset = client.presets.create(
        {"name": "Mine", "target": "text-to-image", "options": {"style": "anime", "width": 64}}
    )
    client.presets.update(preset.id, {"name": "Ours"})

    picture = pixelpact.read_image(client.convert(prompt, "text-to-image", {"preset": preset.id}).contents())

    assert (picture.style, picture.width_px) == ("anime", 64)
    assert client.presets.get(preset.id).name == "Ours"
    assert preset.id in [each.id for each in client.presets.list(target="text-to-image", filter="our")]
    assert client.presets.list(category="video", target="mp4")
    client.presets.delete(preset.id)
    with pytest.raises(NotFoundError):
        client.presets.get(preset.id)


def test_contracts_and_statistics(client: Api2Convert, prompt: str) -> None:
    job = client.convert(prompt, "text-to-image", {"width": 64}).job
    day = job.raw["modified_at"][:10]

    assert client.contracts.get()["credits_remaining"] > 0
    assert client.stats.day(day) == [{"date": day, "conversions": 1, "credits": 1}]
    assert client.stats.month("2026-06") == []
    assert client.stats.year(day[:4], "single")[0]["date"] == day[:7]


@pytest.mark.parametrize("level", ["job", "conversion", "output"])
def test_passwords_at_every_level(client: Api2Convert, pixelpact: MockApi, level: str) -> None:
    conversion = {"target": "text-to-image", "options": {"width": 64}}
    asked = {
        "conversion": [conversion],
        "input": [{"type": "remote", "source": "https://example.com/fox.txt"}],
    }
    if level == "job":
        asked["download_passwords"] = ["sesame"]
    if level == "conversion":
        conversion["options"] = {"width": 64, "download_password": "sesame"}
    job = client.jobs.wait(client.jobs.create(asked).id)
    if level == "output":
        url = f"{pixelpact.base_url}/jobs/{job.id}/output/{job.output[0].id}"
        httpx.patch(
            url, json={"download_password": "sesame"}, headers={"X-Oc-Token": job.token}, verify=False
        )

    with pytest.raises(AuthenticationError):
        client.download(job.output[0]).contents()
    assert client.download(job.output[0], "sesame").contents().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("target", "category", "magic"),
    [
        ("png", "image", b"\x89PNG"),
        ("jpg", None, b"\xff\xd8"),
        ("pdf", "document", b"%PDF"),
        ("zip", "archive", b"PK"),
        ("aac", "audio", b"\xff\xf1"),
        ("thumbnail", "operation", b""),
        ("resize-image", "operation", b""),
        ("compress", "operation", b""),
    ],
)
def test_other_targets(
    client: Api2Convert, tmp_path: Path, target: str, category: str | None, magic: bytes
) -> None:
    source = tmp_path / "photo.png"
    source.write_bytes(b"\x89PNG, more or less")

    result = client.convert(
        str(source), target, {"quality": 80} if target == "jpg" else None, category=category
    )

    assert result.contents().startswith(magic)
    assert result.job.output[0].size == len(result.contents())


def test_a_hash_of_an_uploaded_file(client: Api2Convert) -> None:
    result = client.convert(BytesIO(b"A fox"), "sha256", category="hash")

    assert result.contents().decode().strip() == hashlib.sha256(b"A fox").hexdigest()


def test_cloud_inputs_and_output_targets(client: Api2Convert) -> None:
    good = CloudInput.ftp("host.example", "fox.txt", "user", "s3cret")

    done = client.convert(good, "text-to-image", {"width": 64})

    assert done.job.is_completed()
    assert done.job.input[0].type == "cloud"
    assert "s3cret" not in str(done.job.raw)


def test_idempotency_keys_make_one_job(client: Api2Convert) -> None:
    jobs = [client.jobs.create({"process": False}, idempotency_key="one") for _ in range(2)]

    assert jobs[0].id == jobs[1].id
