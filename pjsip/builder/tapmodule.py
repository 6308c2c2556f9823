"""Makes `softswitch_pjsip._tap` with cffi from ../tap: cdef.h declares, tap.h and the C files define."""

import contextlib
import importlib.metadata
import io
import sysconfig
from pathlib import Path

from builder import binding, toolchain
from builder.cache import text_of
from builder.errors import BuildError
from builder.run import run

WARNINGS = ("-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-unused-function")
# Without its declaration a function that returns a pointer would return half of it.
STRICT = ("-D_GNU_SOURCE", "-Werror=implicit-function-declaration", "-Werror=int-conversion")

# The fax machine's: SpanDSP is the modem, libtiff keeps its pages.
SYSTEM_LIBRARIES = ("-lspandsp", "-ltiff")


def sources(folder: Path) -> list[Path]:
    """All files the tap is made of; BuildError when the folder lacks cdef.h, tap.h or any C file."""
    lacking = [pattern for pattern in ("cdef.h", "tap.h", "*.c") if not any(folder.glob(pattern))]
    if lacking:
        raise BuildError(f"the tap's folder `{folder}` lacks {', '.join(lacking)}: get the whole tree")
    return sorted([*folder.glob("*.h"), *folder.glob("*.c")])


def key(folder: Path) -> dict[str, str]:
    """What the tap depends on beyond pjproject."""
    recipe = text_of(Path(__file__))
    return {
        "tap": text_of(*sources(folder)),
        "tap recipe": recipe,
        "cffi": importlib.metadata.version("cffi"),
    }


def build(folder: Path, pjproject: Path, work: Path, log: Path) -> Path:
    """Compile the tap against a finished pjproject stage; returns the module's file."""
    import cffi  # not at the top: `build.py --missing` must run before cffi is installed

    builder = cffi.FFI()
    generated = work / "_tap.c"
    try:
        text = (folder / "cdef.h").read_text("utf-8")
        builder.cdef(text.replace("TAP_UPCALL", 'extern "Python+C"'))
        builder.set_source("softswitch_pjsip._tap", '#include "tap.h"')
        with contextlib.redirect_stdout(io.StringIO()):  # cffi tells stdout what it generates
            builder.emit_c_code(str(generated))
    except (cffi.CDefError, cffi.FFIError) as error:
        raise BuildError(f"{folder / 'cdef.h'}: cffi refuses it: {error}") from error
    module = work / f"_tap{sysconfig.get_config_var('EXT_SUFFIX')}"
    flags = ["-O2", "-g1", "-fPIC", "-DNDEBUG", "-DPJ_AUTOCONF=1", *WARNINGS, *STRICT]
    includes = [f"-I{folder}", f"-I{pjproject / 'include'}", f"-I{sysconfig.get_path('include')}"]
    libraries = [f"-l{name}" for name in binding.LIBRARIES if name != "pjsua2"]
    links = ["-shared", "-Wl,-rpath,$ORIGIN", f"-L{pjproject / 'lib'}", *libraries, *SYSTEM_LIBRARIES]
    code = [generated, *(file for file in sources(folder) if file.suffix == ".c")]
    run([*toolchain.c_compiler().split(), *flags, *includes, *code, "-o", module, *links], log)
    return module
