"""`softswitch version`: what this is made of."""

from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, stdout, table


def version(json: Json = False) -> None:
    """Print the versions of all that it is made of."""
    found = versions()
    if json:
        print_json(found)
        return
    rows = table("Part", "Version")
    for name, text in found.items():
        rows.add_row(name, text or "not installed")
    stdout().print(rows)


def versions() -> dict[str, str | None]:
    """Name of each part and its version; None for what is missing."""
    import platform
    import ssl
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    def package(name: str) -> str | None:
        try:
            return installed(name)
        except PackageNotFoundError:
            return None

    return {
        "softswitch": package("softswitch"),
        "pjsip": package("softswitch-pjsip"),
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION.removeprefix("OpenSSL "),
    }
