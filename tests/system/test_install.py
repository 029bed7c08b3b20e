"""`make install`: everything is in its place, works from there, and nothing of the office's own is overwritten."""

import subprocess

import pytest

import servers
from listing import BUILD, ROOT

LISTING = "楼栋,楼层,房号,总价\n1栋,1,101,3000000\n"


def install(folder):
    if not (ROOT / "web/dist/.built").exists():
        pytest.skip("the pages are not built")
    command = ["make", "-s", "install", f"BUILD={BUILD.relative_to(ROOT)}", f"DESTDIR={folder / 'root'}", "PREFIX=/opt/listingd"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300)
    return folder / "root"


def test_an_upgrade_leaves_the_settings_of_the_office_alone(folder):
    root = install(folder)
    settings = root / "etc/listingd/listingd.conf"
    assert settings.read_text() == (ROOT / "config/listingd.conf").read_text()
    settings.write_text("listen_port = 9000\n")
    assert install(folder) == root
    assert settings.read_text() == "listen_port = 9000\n"
    assert (root / "opt/listingd/share/doc/listingd/listingd.conf").exists()


def test_the_installed_daemon_serves_its_pages_and_finds_its_tool(folder, open_office, monkeypatch):
    root = install(folder)
    monkeypatch.setattr(servers, "BUILD", root / "opt/listingd/sbin")
    office = open_office(web_root=root / "opt/listingd/share/listingd/web")
    assert office.http("GET", "/wall/p1").status == 200
    report = office.http("POST", "/api/v1/projects/p1/import?dry_run=1", account="clerk1", raw=LISTING.encode())
    assert (report.status, report.json["units"]) == (200, 1), report.body
