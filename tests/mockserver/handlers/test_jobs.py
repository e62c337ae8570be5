"""Creating, reading, changing and canceling jobs, over a socket."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from pixelpact.mockserver import ManualClock
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import component_validator, find_violations, headers
from tests.bodies import PROMPT, finished, json_text, runnable

STAGED = {"process": False, "conversion": [{"target": "text-to-image"}]}


def test_a_created_job_follows_the_schema(http: httpx.Client) -> None:
    answer = http.post("/jobs", json=runnable())

    assert answer.status_code == 201
    assert find_violations(component_validator("Job"), answer.json()) == []


def test_a_finished_job_follows_the_schema(http: httpx.Client) -> None:
    job = http.post("/jobs", json=runnable()).json()

    read = http.get(f"/jobs/{job['id']}").json()

    assert find_violations(component_validator("Job"), read) == []
    assert read["status"]["code"] == "completed"
    assert json_text([read["spent"], read["process"]]) == "[1, true]"
    assert [output["filename"] for output in read["output"]] == ["prompt.png"]


@pytest.mark.parametrize("body", [{}, [], {"process": False}], ids=str)
def test_an_empty_job_waits_for_the_rest(http: httpx.Client, body: object) -> None:
    answer = http.post("/jobs", json=body)

    assert answer.status_code == 201
    assert answer.json()["status"]["code"] == "incomplete"


def test_create_answers_downloading_and_patch_processing(http: httpx.Client) -> None:
    remote = {"type": "remote", "source": "https://example.com/fox.txt"}
    created = http.post("/jobs", json=runnable(input=[remote])).json()
    staged = http.post("/jobs", json=runnable(input=[remote], process=False)).json()

    started = http.patch(f"/jobs/{staged['id']}", json={"process": True}).json()

    assert created["status"]["code"] == "downloading"
    assert created["input"][0]["status"] == "downloading"
    assert staged["status"]["code"] == "ready"
    seen = [started["status"]["code"], started["process"], started["spent"]]
    assert json_text(seen) == '["processing", true, 0]'


def test_the_first_upload_starts_a_job_and_closes_it(http: httpx.Client) -> None:
    job = http.post("/jobs", json={"conversion": STAGED["conversion"]}).json()
    url = f"{job['server']}/upload-file/{job['id']}"

    first = http.post(url, files={"file": ("a.txt", b"A fox")})
    second = http.post(url, files={"file": ("b.txt", b"Another")})

    assert first.status_code == 200
    assert first.json() == {"id": {"job": job["id"], "input": first.json()["id"]["input"]}, "completed": True}
    assert second.status_code == 409


def test_start_without_input_waits_and_then_runs(http: httpx.Client) -> None:
    job = http.post("/jobs", json=STAGED).json()

    patched = http.patch(f"/jobs/{job['id']}", json={"process": True})
    http.post(f"/jobs/{job['id']}/input", json=PROMPT)

    assert patched.status_code == 200
    assert patched.json()["status"]["code"] == "incomplete"
    assert http.get(f"/jobs/{job['id']}").json()["status"]["code"] == "completed"


def test_a_staged_job_can_be_changed_until_it_starts(http: httpx.Client) -> None:
    job = http.post("/jobs", json=runnable(process=False)).json()
    url = f"/jobs/{job['id']}"

    changed = http.patch(
        url, json={"callback": "https://app.invalid/", "download_passwords": ["a", "b"]}
    ).json()
    http.patch(url, json={"process": True})
    over = http.get(url) and http.patch(url, json={"process": True})

    assert changed["callback"] == "https://app.invalid/"
    assert len(changed["download_passwords"]) == 2
    assert set("".join(changed["download_passwords"])) == {"*"}
    assert over.status_code == 409


def test_a_running_job_takes_a_restated_start_and_nothing_else(serve: Callable[..., httpx.Client]) -> None:
    http = serve(pace="polls=9")
    job = http.post("/jobs", json=runnable()).json()
    url = f"/jobs/{job['id']}"

    assert http.patch(url, json={"process": True}).status_code == 200
    assert http.patch(url, json={}).status_code == 200
    assert http.patch(url, json={"process": False}).status_code == 409
    assert http.patch(url, json={"notify_status": True}).status_code == 409


def test_cancel_works_once(http: httpx.Client) -> None:
    job = http.post("/jobs", json=STAGED).json()
    url = f"/jobs/{job['id']}"

    first = http.request("DELETE", url, content=b"[]")
    second = http.delete(url)

    assert (first.status_code, first.content) == (204, b"")
    assert second.status_code == 409
    assert http.get(url).json()["status"]["code"] == "canceled"
    assert http.post(f"{url}/input", json=PROMPT).status_code == 409


def test_a_finished_job_is_not_canceled(http: httpx.Client) -> None:
    job = http.post("/jobs", json=runnable()).json()
    http.get(f"/jobs/{job['id']}")

    assert http.delete(f"/jobs/{job['id']}").status_code == 409


def test_realistic_pace_follows_the_clock(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(pace="realistic", clock=clock)
    job = http.post("/jobs", json=runnable()).json()
    url = f"/jobs/{job['id']}"

    before = http.get(url).json()
    clock.advance(60)
    after = http.get(url).json()

    assert before["status"]["code"] == "processing"
    assert before["output"] == []
    assert after["status"]["code"] == "completed"
    assert after["created_at"] < after["modified_at"] == after["output"][0]["created_at"]


def test_listing_pages_by_fifty_newest_first(http: httpx.Client) -> None:
    ids = [http.post("/jobs", json=STAGED).json()["id"] for _ in range(51)]

    pages = [http.get("/jobs", params={"page": page}) for page in (1, 2, 3)]

    assert [job["id"] for job in pages[0].json()] == ids[:0:-1]
    assert [job["id"] for job in pages[1].json()] == ids[:1]
    assert pages[2].json() == []
    assert [page.headers["X-Count"] for page in pages] == ["51"] * 3


def test_fifty_jobs_are_one_page(http: httpx.Client) -> None:
    ids = [http.post("/jobs", json=STAGED).json()["id"] for _ in range(50)]

    first, second = (http.get("/jobs", params={"page": page}) for page in (1, 2))

    assert [job["id"] for job in first.json()] == ids[::-1]
    assert http.get("/jobs").json() == first.json()
    assert (second.status_code, second.json()) == (200, [])
    assert [page.headers["X-Count"] for page in (first, second)] == ["50"] * 2


def test_listing_of_an_empty_account_is_no_content(http: httpx.Client) -> None:
    answer = http.get("/jobs")

    assert (answer.status_code, answer.content) == (204, b"")


def test_answers_for_a_status_without_jobs_are_for_that_alone(
    serve: Callable[..., httpx.Client],
) -> None:
    http = serve(answers={"empty-listing": "empty-list", "no-match": "no-content"})

    assert (http.get("/jobs").status_code, http.get("/jobs").json()) == (200, [])
    assert http.get("/jobs", params={"status": "failed"}).status_code == 204


def test_listing_filters_by_status(http: httpx.Client) -> None:
    http.post("/jobs", json=STAGED)
    done = http.post("/jobs", json=runnable()).json()

    completed = http.get("/jobs", params={"status": "completed"})
    unknown = http.get("/jobs", params={"status": "no-such-status"})

    assert [job["id"] for job in completed.json()] == [done["id"]]
    assert (unknown.status_code, unknown.json()) == (200, [])


def test_equal_jobs_without_seed_differ_and_repeat_in_a_second_run(
    serve: Callable[..., httpx.Client],
) -> None:
    body = {
        "conversion": [{"target": "text-to-image", "options": {"width": 64, "height": 64}}],
        "input": [PROMPT],
    }

    def run() -> list[tuple[str, str, str]]:
        http = serve(seed=5)
        jobs = [http.post("/jobs", json=body).json() for _ in range(2)]
        read = [http.get(f"/jobs/{job['id']}").json() for job in jobs]
        return [(job["id"], job["token"], job["output"][0]["checksum"]) for job in read]

    first, second = run(), run()

    assert first == second
    assert first[0][2] != first[1][2]


def test_a_different_server_seed_gives_other_ids(serve: Callable[..., httpx.Client]) -> None:
    ids = {serve(seed=seed).post("/jobs", json={}).json()["id"] for seed in (1, 2)}

    assert len(ids) == 2


def test_several_conversions_and_inputs_multiply(http: httpx.Client, pixelpact: MockApi) -> None:
    options = {"width": 64, "height": 64, "allow_multiple_outputs": True}
    conversion = {"target": "text-to-image", "options": options}
    other = {"type": "base64", "source": "QSBjYXQ=", "filename": "cat.txt"}
    job = http.post("/jobs", json={"conversion": [conversion, conversion], "input": [PROMPT, other]}).json()

    outputs = http.get(f"/jobs/{job['id']}/output").json()
    of_second = http.get(f"/jobs/{job['id']}/output", params={"input_id": job["input"][1]["id"]}).json()
    of_first = http.get(
        f"/jobs/{job['id']}/output", params={"conversion_id": job["conversion"][0]["id"]}
    ).json()

    assert [output["filename"] for output in outputs] == [
        "prompt.png",
        "cat.png",
        "prompt-2.png",
        "cat-2.png",
    ]
    assert [output["filename"] for output in of_second] == ["cat.png", "cat-2.png"]
    assert [output["filename"] for output in of_first] == ["prompt.png", "cat.png"]
    prompts = [pixelpact.read_image(http.get(output["uri"]).content).prompt for output in outputs]
    assert prompts == ["A fox", "A cat", "A fox", "A cat"]


def test_a_marked_prompt_wins_over_other_texts_and_pictures(http: httpx.Client, pixelpact: MockApi) -> None:
    marked = {"type": "base64", "source": "QSBjYXQ=", "options": {"type": "prompt"}}
    picture = {"type": "remote", "source": "https://example.com/reference.png"}
    job = http.post("/jobs", json=runnable(input=[PROMPT, picture, marked])).json()

    (output,) = http.get(f"/jobs/{job['id']}/output").json()

    assert pixelpact.read_image(http.get(output["uri"]).content).prompt == "A cat"
    assert output["source"]["input"] == [job["input"][2]["id"]]


def test_absolute_urls_follow_the_host_of_the_request(http: httpx.Client) -> None:
    job = http.post("/jobs", json={}, headers={"Host": "mock.example:1234"}).json()

    assert job["server"] == "http://mock.example:1234/v2/dl/web2"


@pytest.mark.parametrize(("forwarded", "scheme"), [("https", "https"), ("gopher", "http")])
def test_absolute_urls_have_the_scheme_that_a_proxy_was_asked_with(
    http: httpx.Client, forwarded: str, scheme: str
) -> None:
    sent = {"X-Forwarded-Proto": forwarded, "Host": "mock.example"}

    job = http.post("/jobs", json={}, headers=sent).json()

    assert job["server"].startswith(f"{scheme}://mock.example/")


def test_absolute_urls_follow_the_public_url(serve: Callable[..., httpx.Client]) -> None:
    http = serve(public_url="https://mock.example/")

    assert http.post("/jobs", json={}).json()["server"] == "https://mock.example/v2/dl/web2"


def test_secrets_are_never_returned(http: httpx.Client) -> None:
    cloud = {"type": "cloud", "source": "ftp", "credentials": {"password": "sesame-5417"}}
    body = runnable(
        {"download_password": "sesame-5417"}, download_passwords=["sesame-5417"], input=[PROMPT, cloud]
    )

    created = http.post("/jobs", json=body)
    read = http.get(f"/jobs/{created.json()['id']}")

    assert created.status_code == 201
    assert "5417" not in created.text + read.text
    assert "download_password" not in read.json()["conversion"][0]["options"]


def test_both_families_of_headers_open_the_account(web: httpx.Client, pixelpact: MockApi) -> None:
    canonical, alias = headers().api_key
    job = web.post(f"{pixelpact.base_url}/jobs", json={}, headers={canonical: pixelpact.api_key}).json()

    read = web.get(f"{pixelpact.base_url}/jobs/{job['id']}", headers={alias.upper(): pixelpact.api_key})

    assert read.json()["id"] == job["id"]


REMOTE = {"type": "remote", "source": "https://example.com/fox.txt"}


def test_a_job_that_is_started_by_patch_processes_at_once(serve: Callable[..., httpx.Client]) -> None:
    http = serve(pace="realistic", clock=ManualClock())
    staged = http.post("/jobs", json=runnable(input=[REMOTE], process=False)).json()
    url = f"/jobs/{staged['id']}"

    started = http.patch(url, json={"process": True}).json()
    history = http.get(f"{url}/history").json()

    assert (staged["status"]["code"], started["status"]["code"]) == ("ready", "processing")
    assert [row["status"] for row in history] == ["ready", "processing"]
    assert [row["created_at"] for row in history] == [staged["created_at"]] * 2
    assert http.get(url).json() == started


def test_a_job_that_is_started_by_post_downloads_first(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(pace="realistic", clock=clock)
    created = http.post("/jobs", json=runnable(input=[REMOTE])).json()
    url = f"/jobs/{created['id']}"

    at_once = [row["status"] for row in http.get(f"{url}/history").json()]
    seen = []
    for seconds in (0.30, 0.01, 0.14, 0.01, 1.04, 0.02):
        clock.advance(seconds)
        seen.append(http.get(url).json()["status"]["code"])

    assert (created["status"]["code"], at_once) == ("downloading", ["downloading"])
    # 1 s, 0.5 s for the download, and 8 ms for a small picture; 20 % and 30 % of that are borders.
    assert seen == ["downloading", "queued", "queued", "processing", "processing", "completed"]
    history = [row["status"] for row in http.get(f"{url}/history").json()]
    assert history == ["downloading", "queued", "processing", "completed"]


@pytest.mark.parametrize(("age_s", "status"), [(86_399, 200), (86_400, 404)])
def test_jobs_are_kept_to_the_second_where_they_are_not_kept_for_ever(
    serve: Callable[..., httpx.Client], age_s: int, status: int
) -> None:
    clock = ManualClock()
    http = serve(clock=clock, answers={"job-retention": "24-hours"})
    ended, staged = finished(http, runnable()), http.post("/jobs", json=STAGED).json()

    clock.advance(age_s)

    assert http.get(f"/jobs/{ended['id']}").status_code == status
    assert http.get(f"/jobs/{staged['id']}").status_code == 200


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("1.0", 50),
        ("01", 50),
        ("0000000001", 50),
        ("1." + "0" * 30, 50),
        ("2.0", 1),
        ("0" * 4000 + "2", 1),
        ("2.00", 1),
        ("3", 0),
        ("9" * 5000, 0),
        ("1000000000.0", 0),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_page_is_a_number_however_it_is_written(
    serve: Callable[..., httpx.Client], page: str, shown: int
) -> None:
    http = serve()
    for _ in range(51):
        http.post("/jobs", json=STAGED)

    answer = http.get("/jobs", params={"page": page})

    assert (answer.status_code, len(answer.json())) == (200, shown)


@pytest.mark.parametrize(
    ("page", "shown"), [("1.5", 50), ("1.999", 50), ("2.5", 1), ("0.9", None), ("0.0", None), ("1.", None)]
)
def test_a_fraction_of_a_page_can_be_dropped(
    serve: Callable[..., httpx.Client], page: str, shown: int | None
) -> None:
    http = serve(answers={"fractional-page": "floor"})
    for _ in range(51):
        http.post("/jobs", json=STAGED)

    answer = http.get("/jobs", params={"page": page})

    assert answer.status_code == (400 if shown is None else 200)
    assert len(answer.json()) == shown or shown is None
    assert serve().get("/conversions", params={"page": page}).status_code == 400


@pytest.mark.parametrize("start", [False, True])
def test_a_whole_job_may_come_back_its_parts_are_ignored(
    serve: Callable[..., httpx.Client], start: bool
) -> None:
    http = serve(answers={"unknown-field": "ignore"})
    job = http.post("/jobs", json=runnable(process=False)).json()
    changed = {**job, "conversion": [], "input": "nonsense", "notify_status": True, "process": start}

    answer = http.patch(f"/jobs/{job['id']}", json=changed)

    assert answer.status_code == 200
    assert answer.json()["notify_status"] is True
    assert [len(answer.json()[part]) for part in ("conversion", "input")] == [1, 1]


@pytest.mark.parametrize("unknown", ["ignore", "refuse"])
def test_refused_parts_are_named_and_nothing_changes(
    serve: Callable[..., httpx.Client], unknown: str
) -> None:
    http = serve(answers={"update-parts": "refuse", "unknown-field": unknown})
    job = http.post("/jobs", json=runnable(process=False)).json()

    answer = http.patch(f"/jobs/{job['id']}", json={"input": [], "process": True})

    assert (answer.status_code, answer.json()["errors"]) == (400, {"input": ["can't be changed here"]})
    assert http.get(f"/jobs/{job['id']}").json() == job


def test_parts_are_known_fields_where_unknown_ones_are_refused(serve: Callable[..., httpx.Client]) -> None:
    http = serve(answers={"unknown-field": "refuse"})
    job = http.post("/jobs", json={}).json()

    codes = [http.patch(f"/jobs/{job['id']}", json={name: []}).status_code for name in ("input", "priority")]

    assert codes == [200, 400]
