"""Where Prometheus fetches the switch's figures."""

import re
from ipaddress import ip_address
from typing import Annotated

from pydantic import BeforeValidator, Field

from softswitch.config.refusal import refusal
from softswitch.config.section import Section, restart_only

ADDRESS_PATTERN = r"^([0-9.]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$"


def parse_address(value: object) -> object:
    """An IP address and a TCP port."""
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(ADDRESS_PATTERN[1:-1], value):
        host, _, port = value.rpartition(":")
        try:
            ip_address(host.strip("[]"))
        except ValueError:
            pass
        else:
            if 0 < int(port) < 65536:
                return value
    raise refusal("this is not an address to listen on", "write it like 127.0.0.1:9090 or [::1]:9090")


class Metrics(Section):
    """Figures for Prometheus, over HTTP. Nobody is asked for a password: keep the address inside."""

    listen: Annotated[
        Annotated[str, Field(pattern=ADDRESS_PATTERN)] | None, BeforeValidator(parse_address)
    ] = Field(
        default=None,
        description="IP address and port of the page /metrics. Without it there is none.",
        examples=["127.0.0.1:9090"],
        json_schema_extra=restart_only(),
    )
