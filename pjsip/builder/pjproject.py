"""Compiles pjproject with our profile and, at the same time, the Python binding: both take a minute."""

import os
import re
import shutil
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from builder import binding, toolchain
from builder.cache import Cache, fingerprint, text_of
from builder.run import run, say
from builder.source import Source, unpack

CONFIG_SITE = Path(__file__).parent.parent / "config_site.h"

# The reasons are in ../README.md.
CONFIGURE = (
    "--enable-shared",
    "--enable-epoll",
    "--enable-speex-resample",
    "--with-external-gsm",
    "--with-external-srtp",
    "--disable-sound",
    "--disable-video",
    "--disable-sdl",
    "--disable-ffmpeg",
    "--disable-v4l2",
    "--disable-openh264",
    "--disable-vpx",
    "--disable-libyuv",
    "--disable-libwebrtc",
    "--disable-upnp",
    "--disable-speex-aec",
    "--disable-speex-codec",
    "--disable-ilbc-codec",
    "--disable-l16-codec",
    "--disable-g7221-codec",
    "--disable-opencore-amr",
    "--disable-silk",
    "--disable-bcg729",
    "--disable-lyra",
)
# NDEBUG: an assertion must not kill the switch. -g1: function names and lines in a back trace, no more.
CFLAGS = "-O2 -DNDEBUG -g1 -fno-strict-aliasing -fno-semantic-interposition -fno-plt"

LIBRARY_FOLDERS = ("pjlib", "pjlib-util", "pjnath", "third_party", "pjmedia", "pjsip")


def key(source: Source) -> str:
    """Fingerprint of the compiled libraries and binding."""
    recipe = text_of(Path(__file__), Path(binding.__file__))
    parts = {"source": source.sha256, "config_site": _essence(CONFIG_SITE), "recipe": recipe}
    return fingerprint({**parts, **toolchain.identity()})


def _essence(header: Path) -> str:
    """The header without comments and blank lines: a better comment is no reason to compile again."""
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", header.read_text("utf-8"), flags=re.DOTALL)
    return "\n".join(" ".join(line.split()) for line in code.splitlines() if line.strip())


def build(cache: Cache, source: Source) -> Path:
    """The folder with `lib/` (shared libraries), `include/` (all headers) and `python/` (the binding)."""
    stage = f"pjproject-{source.version}-{key(source)}"

    def make(work: Path, result: Path) -> None:
        toolchain.check()
        log = cache.log(stage)
        say(f"compiling pjproject {source.version} and its binding: two minutes on two cores (log: {log})")
        tree = unpack(source, work / "tree")
        _configure(tree, log)
        with ThreadPoolExecutor(2) as pool:
            libraries = pool.submit(_compile, tree, log)
            wrapper = pool.submit(binding.compile_wrapper, tree, work, cache.log(f"{stage}-binding"))
            libraries.result()
            wrapped = wrapper.result()
        _collect(tree, result)
        binding.link(wrapped, result, log)

    return cache.once(stage, make)


def _configure(tree: Path, log: Path) -> None:
    shutil.copy(CONFIG_SITE, tree / "pjlib/include/pj/config_site.h")
    # Debian's tarball lacks this file of a sound device that nobody builds here, yet the makefile wants it.
    (tree / "pjmedia/src/pjmedia-audiodev/bdimad_dev.c").touch()
    # A response file, since `$ORIGIN` on a command line would not survive several levels of make.
    link_options = tree / "link-options"
    link_options.write_text("-Wl,-rpath,$ORIGIN -Wl,-Bsymbolic-functions\n")
    environment = {
        "CC": toolchain.c_compiler(),
        "CXX": toolchain.cxx_compiler(),
        "CFLAGS": CFLAGS,
        "CXXFLAGS": "",
        "LDFLAGS": f"@{link_options}",
        # The resampler's library; `--with-external-speex` would bring it only together with the Speex codec.
        "LIBS": "-lspeexdsp",
    }
    run(["./aconfigure", *CONFIGURE], log, cwd=tree, env=environment)


def _compile(tree: Path, log: Path) -> None:
    """Only the libraries: no test programs, no samples, and no `make dep`, which is for trees that change."""
    for folder in LIBRARY_FOLDERS:
        (tree / folder / "lib").mkdir(exist_ok=True)
    for folder in LIBRARY_FOLDERS:
        run(["make", f"-j{os.cpu_count() or 1}", "-C", tree / folder / "build", "lib"], log)


def _collect(tree: Path, result: Path) -> None:
    (result / "lib").mkdir()
    for folder in LIBRARY_FOLDERS:
        for library in (tree / folder / "lib").glob("*.so*"):
            shutil.copy2(library, result / "lib", follow_symlinks=False)
        if (tree / folder / "include").is_dir():
            shutil.copytree(tree / folder / "include", result / "include", dirs_exist_ok=True)
    shutil.copy(tree / "COPYING", result / "COPYING")


def compile_flags(include: Path) -> list[str]:
    """What a C or C++ file needs to include pjproject's headers as they were compiled."""
    return ["-fPIC", "-DNDEBUG", "-DPJ_AUTOCONF=1", f"-I{include}", f"-I{sysconfig.get_path('include')}"]
