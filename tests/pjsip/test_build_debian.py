"""Finding the mirror that apt uses and the tarball among the source package's files."""

import pytest
from builder.debian import choose_mirror, parse_uris
from builder.errors import BuildError

POOL = "http://mirror.example/debian/pool/main/a/asterisk"
HASH = "6860c2f7604b4eee75f38151a9ef69774eb3f0c5286fc1d14bc1db2dc5a9e8aa"


def test_the_mirror_is_debians_own_and_not_the_security_or_a_foreign_archive() -> None:
    targets = (
        "https://node.example/nodistro/|Node|Node\n"
        "http://mirror.example/debian-security/|Debian|Debian-Security\n"
        "http://mirror.example/debian/|Debian|Debian\n"
    )
    assert choose_mirror(targets) == "http://mirror.example/debian/"


def test_a_machine_whose_lists_were_never_fetched_is_known_by_the_path() -> None:
    targets = "http://mirror.example/debian-security/||\nhttp://mirror.example/debian/||\n"
    assert choose_mirror(targets) == "http://mirror.example/debian/"


@pytest.mark.parametrize("targets", ["", "http://mirror.example/|Ubuntu|Ubuntu\n", "cdrom:/debian/||\n"])
def test_without_a_mirror_the_remedy_is_upstreams_release(targets: str) -> None:
    with pytest.raises(BuildError, match="PJPROJECT_SOURCE"):
        choose_mirror(targets)


def test_the_component_is_picked_out_of_the_source_package() -> None:
    printed = (
        "Reading package lists...\n"
        f"'{POOL}/asterisk_22.orig-Xopus.tar.xz' asterisk_22.orig-Xopus.tar.xz 22556 SHA256:{'0' * 64}\n"
        f"'{POOL}/asterisk_22%7ecs6.orig-Xpjproject.tar.xz' asterisk_22~cs6.orig-Xpjproject.tar.xz "
        f"6775552 SHA256:{HASH}\n"
        f"'{POOL}/asterisk_22.orig.tar.xz' asterisk_22.orig.tar.xz 6218652 SHA256:{'1' * 64}\n"
    )
    found = parse_uris(printed)
    assert found.uri == f"{POOL}/asterisk_22%7ecs6.orig-Xpjproject.tar.xz"
    assert found.name == "asterisk_22~cs6.orig-Xpjproject.tar.xz"
    assert found.hash == f"SHA256:{HASH}"


def test_a_source_package_without_the_component_gives_the_remedy() -> None:
    with pytest.raises(BuildError, match=r"no component `pjproject`.*PJPROJECT_SOURCE"):
        parse_uris(f"'{POOL}/asterisk_22.orig.tar.xz' asterisk_22.orig.tar.xz 6218652 SHA256:{'1' * 64}\n")
