"""A softphone that others wrote: baresip, without sound card, driven over its ctrl_tcp module.

It plays a tone for ever and writes to a file what it hears. Things to know of version 1.0.0:

- RTP is bound to every address, so its packets come from 127.0.0.1 while its SDP names the phone's own
  address; hence the port range of its own.
- It knows MD5 digests only, and a SHA-256 challenge beside the MD5 one, before or after it, makes it give
  up (REGISTER_FAIL Function not implemented): its switch must offer MD5 alone.
- Recording (module sndfile) counts packets, not time: nothing received, nothing written.
- Its recorder dies with the first hold if it records both directions, so the outgoing one is made to
  fail (see `_only_record_what_is_heard`); each hold and resume then opens a new file.
"""

import asyncio
import contextlib
import json
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from media.spectrum import tone_level
from tests.rig.ports import is_bound, new_address, new_rtp_range
from tests.rig.process import Peer
from tests.rig.recording import Recording, read_growing
from tests.rig.waiting import PATIENCE, RigError, Timeline, until

MODULES = Path("/usr/lib/baresip/modules")
CONTROL_PORT = 4444
_MINUTES = 15
_RECORDING = re.compile(r"sndfile: dumping decode audio to (\S+)")

Transport = Literal["udp", "tcp", "tls"]
Answer = Literal["manual", "auto", "early"]
Srtp = Literal["off", "offer", "require"]
_MEDIA_ENCRYPTION = {"offer": "srtp", "require": "srtp-mand"}


@dataclass(frozen=True, slots=True)
class Event:
    """What baresip reports: a type such as CALL_ESTABLISHED, the Call-ID, the peer's URI, a parameter."""

    type: str
    call_id: str = ""
    peer: str = ""
    direction: str = ""
    parameter: str = ""
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """How a phone is set up. `registrar`: where requests go, the switch's address, with port if not 5060."""

    user: str
    password: str = ""
    domain: str = "office.example"
    registrar: str = ""
    name: str = ""
    transport: Transport = "udp"
    srtp: Srtp = "off"
    codecs: Sequence[str] = ("PCMU/8000/1",)
    tone: int | None = 440
    """Hz that it plays, 10 to 20000; None: it sends no RTP at all."""
    answer: Answer = "manual"
    expires: int = 3600
    """Seconds asked for at registration; 0: it does not register."""
    authority: Path | None = None
    """Certificate that TLS connections are checked against; None: they are not checked."""


class Baresip:
    """One running phone. Make it with `start`, end it with `stop`, or let the fixture do both."""

    def __init__(self, settings: PhoneSettings, address: str, folder: Path, process: Peer) -> None:
        self.settings = settings
        self.address = address
        self.process = process
        self.events: Timeline[Event] = Timeline(f"phone {settings.user}", self._story)
        self._folder = folder
        self._recordings: list[Path] = []
        self._answers: Timeline[dict[str, Any]] = Timeline(f"phone {settings.user}", self._story)
        self._token = 0
        self._reader: asyncio.Task[None] | None = None
        process.on_line = self._note
        self._writer: asyncio.StreamWriter | None = None

    @classmethod
    async def start(cls, settings: PhoneSettings, folder: Path, address: str | None = None) -> "Baresip":
        """Starts the process and its user agent, which registers if the settings say so: see `registered`."""
        address = address or new_address()
        _write_folder(folder, settings, address)
        if shutil.which("stdbuf") is None:
            raise RigError("stdbuf is not installed; apt install coreutils")
        # Without line buffering its output, and so the names of recordings, would come only at its end.
        command = ["stdbuf", "-oL", "baresip", "-s", "-f", str(folder)]
        process = await Peer.start(f"baresip {settings.user}", command, folder, {"TZ": "UTC"})
        phone = cls(settings, address, folder, process)
        try:
            await phone._connect()
            await phone.command("uanew", _account(settings))
        except BaseException:
            await phone.stop()
            raise
        return phone

    @property
    def uri(self) -> str:
        """Its address of record."""
        return f"sip:{self.settings.user}@{self.settings.domain}"

    async def command(self, name: str, parameters: str = "", within: float = PATIENCE) -> str:
        """Any baresip command by its long name (`help` lists them); returns what it printed."""
        if self._writer is None:
            raise RigError(f"phone {self.settings.user} is not connected\n{self._story()}")
        self._token += 1
        token = str(self._token)
        body = json.dumps({"command": name, "params": parameters, "token": token}).encode()
        self._writer.write(b"%d:%s," % (len(body), body))
        await self._writer.drain()
        answer = await self._answers.take(lambda a: a.get("token") == token, f"answer to {name}", within)
        if not answer.get("ok"):
            raise RigError(
                f"phone {self.settings.user}: {name} {parameters} failed: {answer}\n{self._story()}"
            )
        return str(answer.get("data", ""))

    async def wait(self, kind: str, within: float = PATIENCE, parameter: str = "") -> Event:
        """The next event of that type not awaited before; its parameter matches the pattern, if given."""
        return await self.events.take(
            lambda e: e.type == kind and re.search(parameter, e.parameter) is not None, kind, within
        )

    async def registered(self, within: float = PATIENCE) -> None:
        """Waits for REGISTER_OK; REGISTER_FAIL raises RigError at once."""
        event = await self.events.take(
            lambda e: e.type in ("REGISTER_OK", "REGISTER_FAIL"), "outcome of the registration", within
        )
        if event.type == "REGISTER_FAIL":
            raise RigError(f"phone {self.settings.user}: REGISTER_FAIL {event.parameter}\n{self._story()}")

    async def dial(self, target: str) -> None:
        """Calls a number of its domain or a whole URI; await RINGING, ESTABLISHED or CLOSED afterwards."""
        uri = target if ":" in target else f"sip:{target}@{self.settings.domain}"
        await self.command("dial", uri)

    async def answer(self) -> None:
        """Waits until it rings, then answers."""
        await self.wait("CALL_INCOMING")
        await self.command("accept")

    async def established(self, within: float = PATIENCE) -> Event:
        """Waits until a call is up; a call that closes instead raises RigError with the reason."""
        return await self._call_event("CALL_ESTABLISHED", within)

    async def closed(self, within: float = PATIENCE) -> Event:
        """Waits for the end of a call; `.parameter` is the reason, like `486 Busy Here` for a refused one."""
        return await self.wait("CALL_CLOSED", within)

    async def hangup(self) -> None:
        """Ends, cancels or (486) refuses the current call."""
        await self.command("hangup")

    async def hold(self) -> None:
        """Re-INVITE with sendonly; returns when the answer is in."""
        await self._reinvite("hold")

    async def resume(self) -> None:
        """Re-INVITE with sendrecv; returns when the answer is in."""
        await self._reinvite("resume")

    async def dtmf(self, digits: str) -> None:
        """Presses keys, each as RFC 4733 event."""
        for digit in digits:
            await self.command("sndcode", digit)

    async def transfer(self, target: str) -> None:
        """Blind transfer of the current call by REFER."""
        uri = target if ":" in target else f"sip:{target}@{self.settings.domain}"
        await self.command("transfer", uri)

    async def unregister(self) -> None:
        """Removes the user agent, which unregisters; the phone can do nothing afterwards but be stopped."""
        await self.command("uadel", self.uri)

    def recordings(self) -> list[Recording]:
        """What was heard, one piece for each start of the media (call, hold, resume), oldest first."""
        return [read_growing(path) for path in self._recordings]

    def heard(self) -> Recording:
        """All that was heard so far, one piece after the other, at the one rate of the call's codec."""
        pieces = [piece for piece in self.recordings() if len(piece.samples)]
        if not pieces:
            return Recording()
        if len({piece.rate for piece in pieces}) > 1:
            raise RigError("the codec changed between recordings: use recordings() and judge each by itself")
        return Recording(np.concatenate([piece.samples for piece in pieces]), pieces[0].rate)

    async def hears(self, frequency: float, seconds: float = 0.5, within: float = PATIENCE) -> Recording:
        """Waits until the last `seconds` heard are that tone, above -40 dBFS; returns those seconds."""

        def tone_is_there() -> bool:
            end = self.heard().last(seconds)
            return end.seconds >= seconds * 0.99 and tone_level(end.samples, end.rate, frequency) > -40

        await until(
            tone_is_there, f"phone {self.settings.user} hears {frequency} Hz", within, self._story, 0.05
        )
        return self.heard().last(seconds)

    async def hears_more(self, seconds: float, within: float = PATIENCE) -> Recording:
        """Waits until it has heard so much more than now, whatever it is; returns what came since."""
        start = self.heard().seconds
        await until(
            lambda: self.heard().seconds >= start + seconds,
            f"phone {self.settings.user} hears {seconds} s of anything",
            within,
            self._story,
            0.05,
        )
        return self.heard().after(start)

    def vanish(self) -> None:
        """As if the power failed: no BYE, no unregistering."""
        self.process.kill()

    async def stop(self) -> None:
        """Ends it in good manners: calls get BYE, the registration is removed."""
        await self.process.stop()
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _connect(self) -> None:
        await until(
            lambda: self.process.exit_code is not None or is_bound(self.address, CONTROL_PORT, "tcp"),
            "baresip listens for commands",
            story=self._story,
        )
        try:
            reader, self._writer = await asyncio.open_connection(self.address, CONTROL_PORT)
        except OSError as error:
            raise RigError(f"baresip does not take commands: {error}\n{self._story()}") from error
        self._reader = asyncio.create_task(self._read_control(reader))

    async def _call_event(self, kind: str, within: float) -> Event:
        event = await self.events.take(lambda e: e.type in (kind, "CALL_CLOSED"), kind, within)
        if event.type == "CALL_CLOSED":
            raise RigError(
                f"phone {self.settings.user}: closed ({event.parameter}), no {kind}\n{self._story()}"
            )
        return event

    async def _reinvite(self, command: str) -> None:
        answers = self.events.matching(_is_remote_answer)
        await self.command(command)
        await until(
            lambda: len(self.events.matching(_is_remote_answer)) > len(answers),
            f"phone {self.settings.user}: answer to {command}",
            story=self._story,
        )

    async def _read_control(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int((await reader.readuntil(b":"))[:-1])
                message = json.loads((await reader.readexactly(length + 1))[:-1])
                if message.get("response"):
                    self._answers.add(message)
                else:
                    self.events.add(_event(message))

    def _note(self, line: str) -> None:
        """Recordings are named after the second, so each is renamed as soon as it is announced."""
        found = _RECORDING.search(line)
        # With SRTP a hold starts the media twice; within one second that is the same file again.
        if found is not None and Path(found.group(1)).exists():
            kept = self._folder / f"heard-{len(self._recordings)}.wav"
            Path(found.group(1)).rename(kept)
            self._recordings.append(kept)

    def _story(self) -> str:
        events = "\n".join(f"{e.type} {e.peer} {e.parameter}" for e in self.events.items[-20:])
        return f"--- events of phone {self.settings.user}:\n{events}\n{self.process.story()}"


def _is_remote_answer(event: Event) -> bool:
    return event.type == "CALL_REMOTE_SDP" and event.parameter == "answer"


def _event(message: dict[str, Any]) -> Event:
    return Event(
        type=str(message.get("type", "")),
        call_id=str(message.get("id", "")),
        peer=str(message.get("peeruri", "")),
        direction=str(message.get("direction", "")),
        parameter=str(message.get("param", "")),
        raw=message,
    )


def _config(settings: PhoneSettings, address: str, folder: Path) -> str:
    first, last = new_rtp_range()
    lines = [
        "poll_method epoll",
        f"sip_listen {address}:5060",
        f"net_interface {address}",
        "call_local_timeout 120",
        "call_max_calls 8",
        # aubridge takes what it is given and, having no partner, does nothing with it: no sound card.
        "audio_player aubridge,ear",
        "audio_alert aubridge,bell",
        "audio_source aubridge,mouth",
        # ausine knows this format only; baresip converts it to the codec's.
        "ausrc_srate 48000",
        "ausrc_channels 2",
        "jitter_buffer_delay 1-5",
        f"rtp_ports {first}-{last}",
        f"module_path {MODULES}",
        *(
            f"module {name}.so"
            for name in ("g711", "g722", "opus", "gsm", "sndfile", "aubridge", "ausine", "srtp")
        ),
        "module_tmp account.so",
        *(f"module_app {name}.so" for name in ("contact", "menu", "ctrl_tcp", "debug_cmd")),
        f"ctrl_tcp_listen {address}:{CONTROL_PORT}",
        f"snd_path {folder}",
        "ringback_disabled yes",
        "statmode_default off",
    ]
    if settings.authority is not None:
        lines.append(f"sip_cafile {settings.authority}")
    return "\n".join(lines) + "\n"


def _account(settings: PhoneSettings) -> str:
    parameters = [
        f"regint={settings.expires}",
        f"auth_pass={settings.password}" if settings.password else "",
        f'outbound="sip:{settings.registrar};transport={settings.transport}"' if settings.registrar else "",
        f"mediaenc={_MEDIA_ENCRYPTION[settings.srtp]}" if settings.srtp != "off" else "",
        f"audio_codecs={','.join(settings.codecs)}",
        f"answermode={settings.answer}",
        f"audio_source=ausine,{settings.tone}" if settings.tone is not None else "",
    ]
    name = f'"{settings.name}" ' if settings.name else ""
    uri = f"<sip:{settings.user}@{settings.domain}>"
    return name + uri + ";" + ";".join(filter(None, parameters))


def _write_folder(folder: Path, settings: PhoneSettings, address: str) -> None:
    folder.mkdir(parents=True)
    (folder / "config").write_text(_config(settings, address, folder))
    (folder / "accounts").write_text("")
    (folder / "contacts").write_text("")
    _only_record_what_is_heard(folder)


def _only_record_what_is_heard(folder: Path) -> None:
    """Makes the recording of the outgoing direction fail, second by second, for the next quarter of an hour.

    On a re-INVITE with another direction baresip 1.0.0 drops the filters of what it hears and sets them up
    again only if there are none on what it says; a recorder of both directions would be deaf from then on.
    The recorder cannot be told to leave one out, but a file that cannot be opened is left out.
    """
    now = time.time()
    for second in range(-1, _MINUTES * 60):
        name = time.strftime("dump-%Y-%m-%d-%H-%M-%S-enc.wav", time.gmtime(now + second))
        (folder / name).symlink_to(folder / "no-such-folder" / "file")
