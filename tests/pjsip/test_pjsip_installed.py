"""The PJSIP that this environment has is the one that the switch needs."""

import subprocess
import sys
from pathlib import Path

import pjsua2
import pytest
import softswitch_pjsip

# In a process of its own: PJSIP keeps state for the life of a process.
CODECS = """
import pjsua2
endpoint, settings = pjsua2.Endpoint(), pjsua2.EpConfig()
endpoint.libCreate()
settings.uaConfig.maxCalls, settings.uaConfig.threadCnt = 2048, 0
settings.logConfig.level = settings.logConfig.consoleLevel = 0
endpoint.libInit(settings)
print("codecs", *(codec.codecId for codec in endpoint.codecEnum2()))
endpoint.libDestroy()
"""


@pytest.fixture(scope="module")
def needed() -> dict[str, str]:
    """For each library in the package, what the dynamic loader says it stands on."""
    libraries = sorted(softswitch_pjsip.FOLDER.glob("*.so*"))
    return {
        library.name: subprocess.run(
            ["ldd", str(library)],
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for library in libraries
    }


def test_it_carries_2048_legs_and_our_codecs_and_no_others() -> None:
    done = subprocess.run([sys.executable, "-c", CODECS], capture_output=True, text=True, check=True)
    ours = {"PCMA/8000/1", "PCMU/8000/1", "G722/16000/1", "opus/48000/2", "GSM/8000/1"}
    said = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("codecs ")]
    assert [set(codecs) for codecs in said] == [ours]


def test_every_library_finds_its_own_without_help(needed: dict[str, str]) -> None:
    folder = str(softswitch_pjsip.FOLDER)
    assert needed
    for library, loaded in needed.items():
        assert "not found" not in loaded, library
        for line in loaded.splitlines():
            if line.strip().startswith("libpj"):
                assert folder in line, f"{library}: {line}"


def test_tls_and_srtp_stand_on_the_systems_libraries(needed: dict[str, str]) -> None:
    assert "libssl.so.3" in needed["libpj.so.2"]
    media = needed["libpjmedia.so.2"]
    assert "libsrtp2.so.1" in media
    assert "libssl.so.3" in media  # DTLS
    assert "libspeexdsp.so.1" in media


def test_the_libraries_can_be_asked_for_by_name() -> None:
    assert softswitch_pjsip.library("pjsua").name == "libpjsua.so.2"
    with pytest.raises(FileNotFoundError, match=r"libnothing\.so"):
        softswitch_pjsip.library("nothing")


def test_it_says_how_it_was_made() -> None:
    about = softswitch_pjsip.about()
    assert about["pjproject"] >= "2.15"
    assert "--enable-epoll" in about["configure"]
    assert "-DNDEBUG" in about["cflags"]
    assert Path(pjsua2.__file__).parent == softswitch_pjsip.FOLDER.parent
