"""The floor under the cost of a call: two pjsua2 legs, their media bridged, and nothing else.

No routing, no registrar, no log, no authentication: every INVITE to our address becomes a second leg to one
fixed callee. Codecs, bridge, ports and account settings are those that softswitch/sip gives PJSIP.

    python -m benchmarks.bare_loop LISTEN_ADDRESS CALLEE_ADDRESS
"""

import contextlib
import gc
import signal
import sys

import pjsua2 as pj

PORT = 5060
CODECS = ("G722/16000", "PCMA/8000", "PCMU/8000", "opus/48000")


class Leg(pj.Call):  # type: ignore[misc]
    """One side of a call."""

    def __init__(self, account: "Account", call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, call_id)
        self.account = account
        self.is_caller = call_id != pj.PJSUA_INVALID_ID
        self.peer: Leg | None = None
        self.sound: pj.AudioMedia | None = None
        account.legs.add(self)

    def onCallState(self, _event: pj.OnCallStateParam) -> None:  # noqa: N802
        state, peer = self.getInfo().state, self.peer
        if state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.peer = None
            if peer is not None:
                peer.peer = None
                with contextlib.suppress(pj.Error):
                    peer.hangup(pj.CallOpParam())
            self.account.legs.discard(self)
            self.account.ended.append(self)
        elif peer is not None and not self.is_caller:
            if state == pj.PJSIP_INV_STATE_EARLY:
                _answer(peer, 180)
            elif state == pj.PJSIP_INV_STATE_CONFIRMED:
                _answer(peer, 200)

    def onCallMediaState(self, _event: pj.OnCallMediaStateParam) -> None:  # noqa: N802
        with contextlib.suppress(pj.Error):
            self.sound = self.getAudioMedia(-1)
            if self.peer is not None and self.peer.sound is not None:
                self.sound.startTransmit(self.peer.sound)
                self.peer.sound.startTransmit(self.sound)


class Account(pj.Account):  # type: ignore[misc]
    """Takes every call and rings the callee."""

    def __init__(self, callee: str) -> None:
        super().__init__()
        self.callee = callee
        self.legs: set[Leg] = set()
        self.ended: list[Leg] = []

    def onIncomingCall(self, event: pj.OnIncomingCallParam) -> None:  # noqa: N802
        caller, callee = Leg(self, event.callId), Leg(self)
        caller.peer, callee.peer = callee, caller
        with contextlib.suppress(pj.Error):
            callee.makeCall(f"sip:201@{self.callee}:{PORT}", _audio_only(0))


def _answer(leg: Leg, code: int) -> None:
    with contextlib.suppress(pj.Error):
        leg.answer(_audio_only(code))


def _audio_only(code: int) -> pj.CallOpParam:
    operation = pj.CallOpParam(True)
    operation.opt.audioCount, operation.opt.videoCount, operation.opt.textCount = 1, 0, 0
    operation.statusCode = code
    return operation


def _endpoint(address: str) -> pj.Endpoint:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.maxCalls = 2048
    config.uaConfig.threadCnt = 0
    config.logConfig.level = config.logConfig.consoleLevel = 0
    media = config.medConfig
    media.maxMediaPorts = 2064
    media.clockRate = media.sndClockRate = 8000
    media.audioFramePtime = 20
    media.noVad = True
    media.ecTailLen = 0
    media.threadCnt = 1
    media.hasIoqueue = True
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.port, transport.boundAddress, transport.publicAddress = PORT, address, address
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    for codec in endpoint.codecEnum2():
        wanted = [rank for rank, name in enumerate(CODECS) if codec.codecId.startswith(name)]
        endpoint.codecSetPriority(codec.codecId, 255 - wanted[0] if wanted else 0)
    return endpoint


def _account(address: str, callee: str) -> Account:
    config = pj.AccountConfig()
    config.idUri = f"sip:bare@{address}"
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_ALWAYS
    config.callConfig.timerSessExpiresSec = 1800
    config.callConfig.prackUse = pj.PJSUA_100REL_OPTIONAL
    config.natConfig.contactRewriteUse = 0
    config.natConfig.viaRewriteUse = 0
    config.mediaConfig.lockCodecEnabled = False
    # Else PJSIP looks up the name of this machine in every call.
    config.mediaConfig.ipv6Use = pj.PJSUA_IPV6_DISABLED
    config.mediaConfig.transportConfig.port = 10000
    config.mediaConfig.transportConfig.portRange = 9999
    config.mediaConfig.transportConfig.boundAddress = address
    config.mediaConfig.transportConfig.publicAddress = address
    account = Account(callee)
    account.create(config)
    return account


def main() -> None:
    """Until SIGTERM."""
    gc.disable()  # as in the switch
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    address, callee = sys.argv[1:3]
    endpoint = _endpoint(address)
    account = _account(address, callee)
    print("ready", flush=True)
    while not stopping:
        endpoint.libHandleEvents(10)
        account.ended.clear()
    endpoint.hangupAllCalls()
    endpoint.libDestroy()


if __name__ == "__main__":
    main()
