"""docs/install.md, the files in deploy/ and the program say the same; the tools they are for accept the files."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from perron.project import environment

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "install.md").read_text()
COMMANDS = [line.strip() for line in PAGE.splitlines() if line.startswith("    ")]
UNIT = (DEPLOY / "perron.service").read_text()


def unit(key: str) -> str:
    found = re.search(rf"^{key}=(.+)$", UNIT, re.MULTILINE)
    assert found, key
    return found[1]


def test_the_page_installs_every_file_of_deploy_where_the_file_says() -> None:
    for file in filter(Path.is_file, DEPLOY.iterdir()):
        installed = [line.split()[-1] for line in COMMANDS if f" deploy/{file.name} " in line]
        assert len(installed) == 1, file.name
        assert f"Installed as {installed[0]}" in file.read_text()


def test_paths_and_port_agree() -> None:
    program, *arguments = unit("ExecStart").split()
    assert f"{Path(program).parent}/pip install" in PAGE
    assert program in (DEPLOY / "perron").read_text()
    for place in (unit("EnvironmentFile"), f"--home {unit('WorkingDirectory')} {unit('User')}"):
        assert place in PAGE
    assert f"PERRON_HOME={unit('WorkingDirectory')}" in (DEPLOY / "perron.env").read_text()
    upstream = f"127.0.0.1:{arguments[arguments.index('--port') + 1]}"
    for file in ("nginx.conf", "Caddyfile", "perron.socket"):
        assert upstream in (DEPLOY / file).read_text()
    assert f"http://{upstream}/health" in PAGE


def test_settings_are_those_that_the_program_reads() -> None:
    known = set(re.findall(r"PERRON_[A-Z_]+", Path(environment.__file__).read_text()))
    used = {line.split("=")[0] for line in (DEPLOY / "perron.env").read_text().splitlines() if line[:1].isalpha()}
    assert {"PERRON_HOME", "PERRON_ORIGIN", "PERRON_DATABASE"} <= used <= known
    assert set(re.findall(r"PERRON_[A-Z_]+", PAGE)) <= known


def test_every_setting_of_the_file_is_read_by_a_shell_as_it_is_written(tmp_path: Path) -> None:
    """The command `perron` has a shell read it, which would run what stands behind a space."""
    lines = [line.lstrip("#") for line in (DEPLOY / "perron.env").read_text().splitlines() if "=" in line]
    (tmp_path / "all.env").write_text("\n".join(lines))
    ask = ["/bin/sh", "-euc", f"set -a; . {tmp_path}/all.env; env"]
    done = subprocess.run(ask, capture_output=True, text=True, check=False, env={})
    assert done.stderr == ""
    read = set(done.stdout.splitlines())
    assert {line.replace('"', "") for line in lines} <= read


def test_the_settings_file_reaches_the_database_by_its_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = re.search(r"^PERRON_DATABASE=(.+)$", (DEPLOY / "perron.env").read_text(), re.MULTILINE)
    assert found
    monkeypatch.setenv("PERRON_DATABASE", found[1])
    database = environment.database(tmp_path)
    assert (database["NAME"], database["HOST"], database["USER"]) == ("perron", "", "")


def test_the_page_names_commands_and_options_that_exist() -> None:
    lines = [line for line in COMMANDS if line.startswith("perron ")] + [f"perron {unit('ExecStart').split(' ', 1)[1]}"]
    assert len(lines) >= 3
    for line in lines:
        name = line.split()[1]
        parser = load_command_class(get_commands()[name], name).create_parser("perron", name)
        options = {option for action in parser._actions for option in action.option_strings}
        assert set(re.findall(r"--[a-z-]+", line)) <= options, line


def test_no_proxy_writes_addresses_down() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text()
    servers = nginx.count("server {")
    assert nginx.count("access_log off;") == nginx.count("error_log /dev/null;") == servers == 2
    assert "request delete" in (DEPLOY / "Caddyfile").read_text()


def test_each_proxy_says_scheme_and_address_itself() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text()
    for header in ("Host $host", "X-Forwarded-Proto $scheme", "X-Real-IP $remote_addr"):
        assert f"proxy_set_header {header};" in nginx
    # Caddy sets Host and X-Forwarded-Proto by itself, and takes none from visitors.
    assert "header_up X-Real-IP {remote_host}" in (DEPLOY / "Caddyfile").read_text()


def test_the_shell_reads_the_command() -> None:
    assert run("/bin/sh", "-n", str(DEPLOY / "perron")).returncode == 0
    assert (DEPLOY / "perron").stat().st_mode & 0o111


@pytest.mark.skipif(
    not shutil.which("nginx") or not shutil.which("openssl"), reason="nginx or openssl is not installed"
)
def test_nginx_accepts_its_file(tmp_path: Path) -> None:
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    made = run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=app.example.org",
               "-keyout", str(key), "-out", str(certificate))  # fmt: skip
    assert made.returncode == 0, made.stderr
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/letsencrypt/live/app.example.org", str(tmp_path))
    version = re.search(r"nginx/(\d+)\.(\d+)", run("nginx", "-v").stderr)
    assert version
    if (int(version[1]), int(version[2])) < (1, 25):
        # Before 1.25.1 HTTP/2 was a word of the listen line; Debian 13 has 1.26.
        site = site.replace("    http2 on;\n", "")
    assert "ssl_certificate " in site
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid; events {{}} http {{ include {tmp_path}/site.conf; }}"
    )
    checked = run("nginx", "-t", "-e", f"{tmp_path}/error.log", "-c", f"{tmp_path}/nginx.conf")
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr
    (tmp_path / "site.conf").write_text(site.replace("proxy_http_version", "proxy_http_versoin"))
    assert run("nginx", "-t", "-e", f"{tmp_path}/error.log", "-c", f"{tmp_path}/nginx.conf").returncode != 0


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    there = UNIT.replace("ExecStart=/opt/perron/venv/bin/perron", "ExecStart=/bin/true")
    path = tmp_path / "perron.service"
    path.write_text(there)
    shutil.copy(DEPLOY / "perron.socket", tmp_path)
    checked = run("systemd-analyze", "verify", "--man=no", str(path))
    complaints = [line for line in (checked.stdout + checked.stderr).splitlines() if "perron" in line]
    assert complaints == []
    path.write_text(there.replace("ProtectSystem=strict", "ProtectSystem=strictly"))
    worse = run("systemd-analyze", "verify", "--man=no", str(path))
    assert "strictly" in worse.stdout + worse.stderr


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")
def test_caddy_accepts_its_file() -> None:
    checked = run("caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"))
    assert checked.returncode == 0, checked.stderr


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
