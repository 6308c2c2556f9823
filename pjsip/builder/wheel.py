"""Packs the libraries, the binding and the tap into one wheel (the binary distribution format, PEP 427)."""

import base64
import hashlib
import json
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

from builder import pjproject, tapmodule, toolchain
from builder.cache import Cache, fingerprint, text_of
from builder.run import run, say
from builder.source import Source

PACKAGE = Path(__file__).parent.parent / "package" / "softswitch_pjsip"
WHEELS_KEPT = 8
COMPILED_KEPT = 4
# The same bytes for the same contents, whenever they are packed.
_TIME = (2020, 1, 1, 0, 0, 0)


def tag() -> str:
    """The wheel's tag: CPython's version and this machine's platform."""
    version = f"cp{sysconfig.get_config_var('py_version_nodot')}"
    return f"{version}-{version}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def key(base: str, tap: Path) -> str:
    """Fingerprint of the wheel: the compiled pjproject's, the tap's, and how it is packed."""
    recipe = text_of(Path(__file__), *sorted(PACKAGE.glob("*.py*")))
    return fingerprint({"pjproject": base, "wheel recipe": recipe, **tapmodule.key(tap)})


def build(cache: Cache, source: Source, tap: Path) -> Path:
    """The wheel's path; compiles what is not in the cache."""
    digest = key(pjproject.key(source), tap)
    version = f"{source.version.replace('-', '.')}+g{digest}"
    stage = f"wheel-{digest}"

    def make(work: Path, result: Path) -> None:
        toolchain.check()
        libraries = pjproject.build(cache, source)
        log = cache.log(stage)
        say(f"compiling the tap and packing the wheel (log: {log})")
        module = tapmodule.build(tap, libraries, work, log)
        _show_warnings(log)
        about: dict[str, object] = {
            "pjproject": source.version,
            "source_sha256": source.sha256,
            "configure": list(pjproject.CONFIGURE),
            "cflags": pjproject.CFLAGS,
            **toolchain.identity(),
        }
        files = dict(_contents(libraries, module))
        _try_import(work, files, log)
        _pack(result, version, files, about, (libraries / "COPYING").read_bytes())

    folder = cache.once(stage, make)
    cache.prune("wheel-", WHEELS_KEPT)
    cache.prune("pjproject-", COMPILED_KEPT)
    return next(folder.glob("*.whl"))


def _try_import(work: Path, files: dict[str, bytes], log: Path) -> None:
    """Load everything as an installed wheel would be loaded: a function that exists nowhere shows here."""
    site = work / "site"
    for name, data in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(data)
    load = "import os, sys; sys.setdlopenflags(os.RTLD_NOW); import pjsua2, softswitch_pjsip._tap"
    run([sys.executable, "-c", load], log, cwd=work, env={"PYTHONPATH": str(site), "LD_LIBRARY_PATH": ""})


def _show_warnings(log: Path) -> None:
    lines = log.read_text("utf-8", errors="replace").splitlines()
    for line in lines:
        if "warning:" in line:
            say(line)


def _contents(libraries: Path, module: Path) -> Iterator[tuple[str, bytes]]:
    for file in (libraries / "python").iterdir():
        yield file.name, file.read_bytes()
    for file in PACKAGE.glob("*.py*"):
        yield f"softswitch_pjsip/{file.name}", file.read_bytes()
    yield f"softswitch_pjsip/{module.name}", module.read_bytes()
    for file in (libraries / "lib").glob("lib*.so.[0-9]*"):
        yield f"softswitch_pjsip/{file.name}", file.read_bytes()


def _pack(
    folder: Path, version: str, files: dict[str, bytes], about: dict[str, object], licence: bytes
) -> None:
    info = f"softswitch_pjsip-{version}.dist-info"
    files["softswitch_pjsip/about.json"] = json.dumps(about, indent=1).encode()
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.4\nName: softswitch-pjsip\nVersion: {version}\n"
        "Summary: PJSIP compiled for a telephone exchange, with pjsua2 and the raw-request tap\n"
        "License-Expression: GPL-2.0-or-later\nLicense-File: COPYING\n"
        "Requires-Python: >=3.11\nRequires-Dist: cffi>=2.0,<3\n"
    ).encode()
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: softswitch\nRoot-Is-Purelib: false\nTag: {tag()}\n".encode()
    )
    files[f"{info}/licenses/COPYING"] = licence
    rows = [f"{name},{_hash(data)},{len(data)}" for name, data in sorted(files.items())]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    path = folder / f"softswitch_pjsip-{version}-{tag()}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = (0o755 if ".so" in name else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def _hash(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest}"
