"""The dialplan in the words of the rooms that do not read it."""

from pathlib import Path
from typing import Final

from softswitch.config import Dialplan
from softswitch.sip.digest import Algorithm
from softswitch.sip.registration import RegistrarSettings
from softswitch.sip.settings import EngineSettings, ListenerSettings

_CLOCK_RATES: Final = {"narrowband": 8000, "wideband": 16000}


def algorithms(dialplan: Dialplan) -> tuple[Algorithm, ...]:
    known = (Algorithm.of(name) for name in dialplan.registration.algorithms)
    return tuple(algorithm for algorithm in known if algorithm is not None)


def registrar_settings(dialplan: Dialplan) -> RegistrarSettings:
    settings = dialplan.registration
    return RegistrarSettings(
        dialplan.domain.lower(),
        min_expires=int(settings.min_expires),
        max_expires=int(settings.max_expires),
        default_expires=int(settings.default_expires),
    )


def engine_settings(dialplan: Dialplan) -> EngineSettings:
    certificate = key = None
    if dialplan.tls is not None and dialplan.tls.self_signed:
        from softswitch.app.certificate import self_signed  # its library takes 14 MB

        certificate, key = self_signed(dialplan.state_directory, dialplan.domain)
    elif dialplan.tls is not None:
        certificate, key = Path(dialplan.tls.certificate), dialplan.tls.key
    return EngineSettings(
        domain=dialplan.domain,
        listeners=tuple(
            ListenerSettings(listener.transport, str(listener.address), listener.port)
            for listener in dialplan.listen
        ),
        rtp_ports=(dialplan.rtp.ports.first, dialplan.rtp.ports.last),
        codecs=dialplan.codecs,
        certificate=certificate,
        private_key=key,
        external_address=str(dialplan.external_address or ""),
        local_networks=dialplan.local_networks,
        clock_rate=_CLOCK_RATES[dialplan.audio],
        session_expires=int(dialplan.calls.session_timer or 0),
    )
