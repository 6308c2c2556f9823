"""Makes pjsua2's Python binding with SWIG."""

import sysconfig
from dataclasses import dataclass
from pathlib import Path

from builder import toolchain
from builder.run import run

PARTS = ("pjlib", "pjlib-util", "pjnath", "pjmedia", "pjsip")
LIBRARIES = ("pjsua2", "pjsua", "pjsip-ua", "pjsip-simple", "pjsip", "pjmedia", "pjnath", "pjlib-util", "pj")

# As upstream, less -doxygen (it doubles pjsua2.py). -threads: the GIL is given up around every call into
# PJSIP, which a callback from a media thread needs to get in.
SWIG = ("-c++", "-python", "-threads", "-w312")
# 160,000 lines of glue: -O2 takes longer than the rest of the build and calls per second do not notice.
OPTIMISATION = "-O1"


@dataclass(frozen=True, slots=True)
class Wrapper:
    """The binding compiled, not linked yet."""

    object_file: Path
    python_file: Path


def compile_wrapper(tree: Path, work: Path, log: Path) -> Wrapper:
    """Generate the binding from a configured tree and compile it; needs no library yet."""
    out = work / "binding"
    out.mkdir()
    includes = [f"-I{tree / part / 'include'}" for part in PARTS]
    generated, compiled = out / "pjsua2_wrap.cpp", out / "pjsua2_wrap.o"
    swig: list[str | Path] = ["swig", *includes, *SWIG, "-outdir", out, "-o", generated, "pjsua2.i"]
    run(swig, log, cwd=tree / "pjsip-apps/src/swig")
    python = f"-I{sysconfig.get_path('include')}"
    flags = [OPTIMISATION, "-w", "-fPIC", "-DNDEBUG", "-DPJ_AUTOCONF=1", python, *includes]
    run([*toolchain.cxx_compiler().split(), *flags, "-c", generated, "-o", compiled], log)
    return Wrapper(compiled, out / "pjsua2.py")


def link(wrapper: Wrapper, result: Path, log: Path) -> None:
    """Put `python/pjsua2.py` and `python/_pjsua2….so` into the stage's result."""
    python = result / "python"
    python.mkdir()
    wrapper.python_file.rename(python / "pjsua2.py")
    module = python / f"_pjsua2{sysconfig.get_config_var('EXT_SUFFIX')}"
    options = ["-shared", "-s", "-Wl,-rpath,$ORIGIN/softswitch_pjsip", f"-L{result / 'lib'}"]
    libraries = [f"-l{name}" for name in LIBRARIES]
    run([*toolchain.cxx_compiler().split(), wrapper.object_file, "-o", module, *options, *libraries], log)
