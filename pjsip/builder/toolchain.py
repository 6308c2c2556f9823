"""The programs and headers that the build needs, and one message that names all that are missing."""

import importlib.util
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuildError
from builder.run import answer


def c_compiler() -> str:
    """CC, else gcc."""
    return os.environ.get("CC") or "gcc"


def cxx_compiler() -> str:
    """CXX, else g++."""
    return os.environ.get("CXX") or "g++"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing the build needs: what it is called, and the Debian package that brings it."""

    what: str
    package: str


PROGRAMS = {"make": "make", "swig": "swig"}

# Text that must pass the preprocessor, so a header that is too old is caught as well.
HEADERS = {
    "the C library's headers": ("libc6-dev", "#include <stdio.h>\n"),
    "OpenSSL 3's headers": (
        "libssl-dev",
        "#include <openssl/ssl.h>\n#if OPENSSL_VERSION_MAJOR < 3\n#error too old\n#endif\n",
    ),
    "libsrtp2's header srtp2/srtp.h": ("libsrtp2-dev", "#include <srtp2/srtp.h>\n"),
    "Opus' header opus/opus.h": ("libopus-dev", "#include <opus/opus.h>\n"),
    "GSM's header gsm/gsm.h": ("libgsm1-dev", "#include <gsm/gsm.h>\n"),
    "SpeexDSP's header speex/speex_resampler.h": ("libspeexdsp-dev", "#include <speex/speex_resampler.h>\n"),
    "libtiff's header tiffio.h": ("libtiff-dev", "#include <tiffio.h>\n"),
    "SpanDSP's header spandsp.h": ("libspandsp-dev", "#include <spandsp.h>\n"),
    "libuuid's header uuid/uuid.h": ("uuid-dev", "#include <uuid/uuid.h>\n"),
    "the header Python.h of this Python": ("python3-dev", "#include <Python.h>\n"),
}


def missing() -> list[Need]:
    """All that the build needs and this machine lacks.

    Without a C compiler no header can be tried; then those in no usual place count as missing, so that one
    message still names everything.
    """
    needs = [
        Need(f"the {language} compiler `{program}`", package)
        for language, program, package in (("C", c_compiler(), "gcc"), ("C++", cxx_compiler(), "g++"))
        if shutil.which(program.split()[0]) is None
    ]
    has_compiler = not any(need.package == "gcc" for need in needs)
    needs += [
        Need(f"the program `{name}`", pack) for name, pack in PROGRAMS.items() if not shutil.which(name)
    ]
    found = _preprocesses if has_compiler else _lies_around
    needs += [Need(what, package) for what, (package, text) in HEADERS.items() if not found(text)]
    return needs


def _preprocesses(text: str) -> bool:
    command = [*c_compiler().split(), "-E", "-x", "c", "-I", sysconfig.get_path("include"), "-"]
    return subprocess.run(command, input=text, text=True, capture_output=True, check=False).returncode == 0


def _lies_around(text: str) -> bool:
    header = text.split("<", 1)[1].split(">", 1)[0]
    machine = sysconfig.get_config_var("MULTIARCH") or ""
    places = ("/usr/include", f"/usr/include/{machine}", "/usr/local/include", sysconfig.get_path("include"))
    return any((Path(place) / header).is_file() for place in places)


def check() -> None:
    """Raise one BuildError naming everything that is missing, with the line that installs it."""
    needs = missing()
    lines = [f"  {need.what}  (Debian package {need.package})" for need in needs]
    remedies = [apt_line(need.package for need in needs)] if needs else []
    if importlib.util.find_spec("cffi") is None:
        lines.append("  the Python package `cffi`")
        remedies.append("python -m pip install 'cffi>=2.0'   (`make setup` does it in .venv)")
    if lines:
        raise BuildError(
            "cannot build PJSIP, this machine lacks:\n"
            + "\n".join(lines)
            + "\nremedy:\n"
            + "\n".join(f"  {remedy}" for remedy in remedies)
        )


def apt_line(packages: Iterable[str]) -> str:
    """The command that brings the packages on Debian; elsewhere their names are the hint."""
    line = f"apt-get install {' '.join(sorted(set(packages)))}"
    return line if os.geteuid() == 0 else f"sudo {line}"


def identity() -> dict[str, str]:
    """What of the toolchain and the Python a compiled file depends on."""
    c, cxx = c_compiler().split(), cxx_compiler().split()
    return {
        "c": f"{answer([*c, '-dumpfullversion'])} {answer([*c, '-dumpmachine'])}",
        "c++": answer([*cxx, "-dumpfullversion"]),
        "swig": answer(["swig", "-version"]).partition("\n")[0],
        "python": f"{sysconfig.get_config_var('SOABI')} {sysconfig.get_platform()}",
    }
