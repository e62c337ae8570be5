"""The plugin in somebody else's project."""

from __future__ import annotations

import socket

import pytest

from pixelpact.mockserver import Server, Settings

_LOCAL = ["--pixelpact-base-url", "http://127.0.0.1:1/v2"]


@pytest.fixture(autouse=True)
def in_a_project_of_its_own(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\naddopts = -p pixelpact.pytest_plugin -p no:cacheprovider\n")


def test_fixture_is_a_running_server_with_an_account_for_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import io
        from api2convert import Api2Convert

        def convert(pixelpact):
            client = Api2Convert(pixelpact.api_key, base_url=pixelpact.base_url)
            assert client.jobs.list() == []
            return client.convert(io.BytesIO(b"A fox"), "text-to-image", {"seed": 7, "width": 64}).contents()

        def test_invalid_is_no_trouble_in_a_name(pixelpact):
            assert pixelpact.read_image(convert(pixelpact)).options == {"seed": 7, "width": 64}

        def test_another(pixelpact):
            assert pixelpact.read_image(convert(pixelpact)).prompt == "A fox"
            assert pixelpact.api_key == pixelpact.api_key
            assert pixelpact.base_url in repr(pixelpact)
        """
    )

    pytester.runpytest_subprocess("-q").assert_outcomes(passed=2)


def test_fixture_can_be_used_with_hypothesis(pytester: pytest.Pytester) -> None:
    # A busy machine is no fault of the plugin.
    pytester.makeconftest(
        "from hypothesis import HealthCheck, settings\n"
        "settings.register_profile('patient', deadline=None, suppress_health_check=[HealthCheck.too_slow])\n"
        "settings.load_profile('patient')"
    )
    pytester.makepyfile(
        """
        import httpx
        from hypothesis import given
        from pixelpact.strategies import valid_options

        @given(options=valid_options())
        def test_valid_options_are_taken(pixelpact, options):
            body = {"process": False, "conversion": [{"target": "text-to-image", "options": options}]}
            key = {"X-Oc-Api-Key": pixelpact.api_key}
            answer = httpx.post(f"{pixelpact.base_url}/jobs", json=body, headers=key, verify=False)
            assert answer.status_code == 201, answer.text
        """
    )

    pytester.runpytest_subprocess("-q", "-p", "no:warnings").assert_outcomes(passed=1)


def test_pace_comes_from_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\naddopts = -p pixelpact.pytest_plugin\npixelpact_pace = polls=4\n")
    pytester.makepyfile(
        """
        import io
        from api2convert import Api2Convert

        def test_pace(pixelpact):
            with Api2Convert(pixelpact.api_key, base_url=pixelpact.base_url) as client:
                job = client.convert_async(io.BytesIO(b"A fox"), "text-to-image", {"width": 64})
                codes = [client.jobs.get(job.id).status.code for _ in range(5)]
            assert codes == ["processing"] * 3 + ["completed"] * 2
        """
    )

    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "*need the URL of an API: --pixelpact-base-url http://127.0.0.1:8010/v2*"),
        (
            ["--pixelpact-base-url", "localhost:8010"],
            "*the base URL must be one such as*got 'localhost:8010'*",
        ),
        (
            ["--pixelpact-base-url", "https://api.example/v2"],
            "*an API key is needed in the environment variable*",
        ),
        (["--pixelpact-base-url", "http://[::1/v2"], "*its host or port is not valid*"),
        ([*_LOCAL, "--pixelpact-max-requests", "0"], "*--pixelpact-max-requests must be at least 1, got 0"),
        ([*_LOCAL, "--pixelpact-max-time=-3"], "*--pixelpact-max-time must be at least 1, got -3.0"),
        ([*_LOCAL, "--pixelpact-rate", "0"], "*--pixelpact-rate must be at least 0.01, got 0.0"),
        ([*_LOCAL, "--pixelpact-listener-port", "99999"], "*--pixelpact-listener-port must be from 0 to *"),
    ],
    ids=["no-url", "no-scheme", "no-key", "wrong-url", "no-requests", "no-time", "no-rate", "wrong-port"],
)
def test_contract_tests_say_what_they_need(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.delenv("API2CONVERT_API_KEY", raising=False)
    monkeypatch.delenv("PIXELPACT_BASE_URL", raising=False)

    result = pytester.runpytest_subprocess("--pyargs", "pixelpact.contract_tests", *arguments)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    assert len([line for line in result.errlines if line]) == 1


@pytest.mark.parametrize("processes", [[], ["-p", "xdist.plugin", "-n", "1"]], ids=["alone", "xdist"])
def test_contract_tests_say_where_they_can_not_write(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, processes: list[str]
) -> None:
    monkeypatch.setenv("PIXELPACT_STATE_DIR", "/dev/null")

    result = pytester.runpytest_subprocess("--pyargs", "pixelpact.contract_tests", *_LOCAL, *processes)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*can't write to the folder /dev/null/*"])
    assert "INTERNALERROR" not in str(result.outlines + result.errlines)


def test_contract_tests_tell_a_taken_port_in_one_line_under_xdist(pytester: pytest.Pytester) -> None:
    with Server(Settings(pace="instant")) as server, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = pytester.runpytest_subprocess(
            *(
                "--pyargs",
                "pixelpact.contract_tests",
                "-p",
                "xdist.plugin",
                "-n",
                "1",
                "-k",
                "created-status",
            ),
            *("--pixelpact-base-url", server.base_url, "--pixelpact-listener-port", str(port)),
        )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"can't listen for callbacks on port {port}: Address already in use"])
    assert "Error" not in str(result.outlines)  # no traceback
