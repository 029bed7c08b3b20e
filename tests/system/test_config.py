"""Settings: what is wrong is named with file, line and a suggestion, and nothing starts half-way."""

import os
import subprocess

import pytest

from listing import BUILD, ROOT


def listingd(*arguments, env=None):
    return subprocess.run(
        [str(BUILD / "listingd"), *arguments], capture_output=True, text=True, timeout=20, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def write(folder):
    def write_config(text):
        path = folder / "listingd.conf"
        path.write_text(text)
        return str(path)

    return write_config


@pytest.mark.parametrize(
    "text, line, words",
    [
        ("listen_prot = 8470\n", 1, ["listen_prot", 'did you mean "listen_port"']),
        ("# fine\n\nlisten_port = 70000\n", 3, ["listen_port", "65535", "70000"]),
        ("listen_port = x\n", 1, ["listen_port", "number"]),
        ("listen_port = 12 34\n", 1, ["listen_port"]),
        ("listen_port\n", 1, ["key = value"]),
        ("redis_allow_unsafe = maybe\n", 1, ["yes or no", "maybe"]),
        ("log_level = loud\n", 1, ["debug", "loud"]),
        ("bind = 127.0.0.1\nbind = 127.0.0.1\n", 2, ["bind", "twice"]),
        ("= 5\n", 1, []),
        ("listen_port = 99999999999999999999\n", 1, ["listen_port"]),
        ("x" * 5000 + "\n", 1, []),
        ("中文 = 1\n", 1, ["中文"]),
        ("bind = localhost\n", 1, ["bind", "IP address", "localhost"]),
        ("bind =\n", 1, ["bind", "IP address"]),
        ("trusted_proxies = 10.0.0.1, 10.0.0.2\n", 1, ["trusted_proxies", "10.0.0.1,", "blanks"]),
        ("trusted_proxies = 10.0.0.0/8\n", 1, ["trusted_proxies", "10.0.0.0/8"]),
        ("trusted_proxies = 0:0:0:0:0:0:0:1\n", 1, ["trusted_proxies", "write ::1"]),
        ("origins = sales.example.com\n", 1, ["origins", "https://"]),
        ("\norigins = https://a.example https://sales.example.com/\n", 2, ["https://sales.example.com/", "without a path"]),
        ("origins = https://Sales.example.com\n", 1, ["origins", "https://Sales.example.com"]),
        ("projects = demo,two\n", 1, ["projects", "demo,two"]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_setting_is_named_with_file_and_line(write, text, line, words):
    path = write(text)
    for arguments in (("-t", "-c", path), ("-c", path)):
        result = listingd(*arguments)
        assert result.returncode not in (0, -6, -11), result
        assert f"{path}:{line}:" in result.stderr, result.stderr
        for word in words:
            assert word in result.stderr, result.stderr


def test_a_good_file_is_called_good_and_nothing_is_started(write):
    result = listingd("-t", "-c", write("listen_port = 8470\n"))
    assert (result.returncode, result.stderr.count("error")) == (0, 0), result.stderr


def test_the_sample_of_the_project_is_good(write):
    assert listingd("-t", "-c", str(ROOT / "config/listingd.conf")).returncode == 0


def test_every_line_of_the_sample_is_good_when_commented_in(write):
    lines = (ROOT / "config/listingd.conf").read_text().splitlines()
    settings = [line[1:] if line.startswith("#") and not line.startswith("# ") and "=" in line else line for line in lines]
    result = listingd("-t", "-c", write("\n".join(settings) + "\n"))
    assert result.returncode == 0, result.stderr
    assert sum("=" in line and not line.startswith("#") for line in settings) > 20


def test_the_environment_overrides_the_file_and_is_checked_like_it(write):
    path = write("listen_port = 8470\n")
    assert listingd("-t", "-c", path, env={"LISTINGD_LISTEN_PORT": "9000"}).returncode == 0
    result = listingd("-t", "-c", path, env={"LISTINGD_LISTEN_PORT": "zero"})
    assert result.returncode != 0 and "LISTINGD_LISTEN_PORT" in result.stderr


def test_a_variable_that_names_no_setting_is_told_and_does_no_harm(write):
    result = listingd("-t", "-c", write("listen_port = 8470\n"), env={"LISTINGD_REDIS_SOKET": "/x", "LISTINGD_SERVICE_HOST": "10.0.0.1"})
    assert result.returncode == 0
    assert 'LISTINGD_REDIS_SOKET: unknown setting "redis_soket"; did you mean "redis_socket"?' in result.stderr
    assert 'LISTINGD_SERVICE_HOST: unknown setting "service_host"' in result.stderr


def test_a_file_that_is_not_there_is_named(folder):
    result = listingd("-c", str(folder / "nothing.conf"))
    assert result.returncode != 0 and "nothing.conf" in result.stderr


def test_settings_that_contradict_each_other_are_refused(write):
    result = listingd("-t", "-c", write("listen_port = 9000\ninternal_port = 9000\n"))
    assert result.returncode != 0 and "internal_port" in result.stderr
    result = listingd("-t", "-c", write("tls_cert_file = /nowhere/cert.pem\n"))
    assert result.returncode != 0 and "tls_key_file" in result.stderr


def test_addresses_origins_and_projects_may_be_several(write):
    text = "bind = ::\norigins = https://a.example http://b.example:8080\ntrusted_proxies = 127.0.0.1 ::1\nprojects = demo p_2\n"
    result = listingd("-t", "-c", write(text))
    assert result.returncode == 0, result.stderr


def test_files_that_the_settings_name_are_looked_at_too(write, folder):
    for key in ("tls_key_file", "buyer_key_file", "redis_password_file"):
        other = f"tls_cert_file = {folder}/listingd.conf\n" if key == "tls_key_file" else ""
        result = listingd("-t", "-c", write(f"{other}{key} = /nowhere/secret\n"))
        assert (result.returncode, "/nowhere/secret" in result.stderr) == (78, True), (key, result)


def test_version_and_help_are_told(folder):
    version = listingd("--version")
    assert version.returncode == 0 and (ROOT / "VERSION").read_text().strip() in version.stdout
    help_text = listingd("--help")
    assert help_text.returncode == 0 and "-c" in help_text.stdout


def test_an_unknown_option_is_refused_with_the_usage(folder):
    result = listingd("--nonsense")
    assert result.returncode not in (0, -6, -11) and result.stderr
