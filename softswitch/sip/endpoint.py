"""PJSIP's endpoint, set up through pjsua2: threads, codecs, listeners."""

from pathlib import Path
from typing import Final

import pjsua2 as pj

from softswitch.sip.endings import MOST as MOST_SOUNDS
from softswitch.sip.errors import EngineFailure
from softswitch.sip.settings import EngineSettings, ListenerSettings
from softswitch.sip.tap import lib

_CODECS: Final = {
    "pcmu": "PCMU/8000",
    "pcma": "PCMA/8000",
    "g722": "G722/16000",
    "opus": "opus/48000",
    "gsm": "GSM/8000",
}
_TRANSPORTS: Final = {
    ("udp", False): pj.PJSIP_TRANSPORT_UDP,
    ("udp", True): pj.PJSIP_TRANSPORT_UDP6,
    ("tcp", False): pj.PJSIP_TRANSPORT_TCP,
    ("tcp", True): pj.PJSIP_TRANSPORT_TCP6,
    ("tls", False): pj.PJSIP_TRANSPORT_TLS,
    ("tls", True): pj.PJSIP_TRANSPORT_TLS6,
}
# PJSUA_MAX_CALLS of our build. Legs that ended keep their slot until the last transaction is over, so it is
# set to all there are and the limit on live legs is the engine's own.
MAX_CALLS: Final = 2048
# Music that plays or has played lately, one port a piece.
_MUSIC: Final = 32


class Endpoint:
    """Open from construction to `close`. Raises EngineFailure, whose text names the listener or codec."""

    def __init__(self, settings: EngineSettings) -> None:
        lib.tap_quiet()
        self._endpoint = pj.Endpoint()
        try:
            self._endpoint.libCreate()
            self._endpoint.libInit(_config(settings))
            for listener in settings.listeners:
                self._listen(settings, listener)
            self._codecs(settings.codecs)
        except pj.Error as error:
            self.close()
            raise EngineFailure("PJSIP does not start", error.status, error.reason) from error
        except EngineFailure:
            self.close()
            raise

    def start(self) -> None:
        """Begin to take packets."""
        try:
            self._endpoint.libStart()
            self._endpoint.audDevManager().setNullDev()
        except pj.Error as error:
            raise EngineFailure("PJSIP does not start", error.status, error.reason) from error

    def close(self) -> None:
        """Release everything. No poll after this: PJSIP would crash."""
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_RX_MSG)

    def _listen(self, settings: EngineSettings, listener: ListenerSettings) -> None:
        config = pj.TransportConfig()
        config.port = listener.port
        config.boundAddress = listener.address
        if listener.transport == "tls":
            config.tlsConfig.certFile = str(settings.certificate)
            config.tlsConfig.privKeyFile = str(settings.private_key)
            config.tlsConfig.method = pj.PJSIP_TLSV1_2_METHOD
            config.tlsConfig.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_2 | pj.PJ_SSL_SOCK_PROTO_TLS1_3
        kind = _TRANSPORTS[listener.transport, ":" in listener.address]
        try:
            self._endpoint.transportCreate(kind, config)
        except pj.Error as error:
            where = f"{listener.transport} {listener.address} port {listener.port}"
            raise EngineFailure(f"cannot listen on {where}", error.status, error.reason) from error

    def _codecs(self, wanted: tuple[str, ...]) -> None:
        offered = {info.codecId: info for info in self._endpoint.codecEnum2()}
        for codec_id in offered:
            self._endpoint.codecSetPriority(codec_id, 0)
        for rank, name in enumerate(wanted):
            found = [codec_id for codec_id in offered if codec_id.startswith(_CODECS[name])]
            if not found:
                raise EngineFailure(f"codec {name}", 0, "not in this build of PJSIP")
            for codec_id in found:
                self._endpoint.codecSetPriority(codec_id, 255 - rank)


def _config(settings: EngineSettings) -> pj.EpConfig:
    config = pj.EpConfig()
    config.uaConfig.maxCalls = MAX_CALLS
    config.uaConfig.threadCnt = 0  # the loop polls
    config.uaConfig.mainThreadOnly = False  # the tap hands digits over by itself
    config.uaConfig.natTypeInSdp = 0  # a private attribute that helps no phone
    config.uaConfig.userAgent = "Softswitch"
    for server in _nameservers():
        config.uaConfig.nameserver.append(server)
    config.logConfig.level = 0
    config.logConfig.consoleLevel = 0
    media = config.medConfig
    media.maxMediaPorts = settings.max_legs + MOST_SOUNDS + _MUSIC
    media.clockRate = settings.clock_rate
    media.sndClockRate = settings.clock_rate
    media.audioFramePtime = 20
    media.noVad = True
    media.ecTailLen = 0
    media.threadCnt = 1
    media.hasIoqueue = True
    # SpeexDSP's resampler at its quality 3, between the bridge and a leg of another rate; what PJSUA takes by
    # default is 10, at twice the CPU of a G.722 leg, for a pass band that narrowband telephony does not hear.
    media.quality = 2
    # A jitter buffer that is too full gives up one frame now and then. The default, progressive, squeezes
    # several frames in a hundred, and what it gains in delay it loses again.
    media.jbDiscardAlgo = pj.PJMEDIA_JB_DISCARD_STATIC
    return config


def _nameservers() -> list[str]:
    """With these PJSIP resolves names by itself, without blocking the loop in getaddrinfo."""
    try:
        lines = Path("/etc/resolv.conf").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    words = [line.split() for line in lines]
    return [word[1] for word in words if len(word) > 1 and word[0] == "nameserver" and "%" not in word[1]][:3]
