"""Two parties are together, until one hangs up or falls silent, or somebody sends one of them elsewhere."""

from typing import TYPE_CHECKING

from softswitch.calls import door, recording
from softswitch.calls.ending import Ending
from softswitch.calls.held import Held
from softswitch.calls.identity import asserted
from softswitch.calls.inbox import Played
from softswitch.calls.keys import PATIENCE, Keys
from softswitch.calls.step import Enter, Step
from softswitch.calls.waiting import is_answered
from softswitch.config import Feature
from softswitch.records.events import CallHeld, CallResumed, CallsMerged, DigitPressed
from softswitch.routing import Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Digit, Ended, LegEvent, MediaChanged, Referred
from softswitch.sip.leg_state import LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class Talking(Step):
    """Caller and callee, each hearing the other. Hold of either side gives the other one music."""

    answers_refer: int | None = None
    has_third = False
    """Whether somebody else is in the call, who waits."""

    def __init__(self, call: "Call") -> None:
        super().__init__(call)
        self.held_by: set[Leg] = set()
        self._keys: dict[Leg, Keys[Feature]] = {}
        self._held = Held(call)

    @property
    def state(self) -> str:  # type: ignore[override]
        """held while one side holds the other, else talking."""
        return "held" if self.held_by else "talking"

    @property
    def sides(self) -> tuple[Leg, Leg]:
        """Caller and callee."""
        callee = self.call.callee
        if callee is None:
            raise RuntimeError("a conversation of one")
        return self.call.caller, callee

    def start(self) -> None:
        self.call.has_sound(*self.sides)
        for leg in self.sides:
            self._note_hold(leg)
        for watcher in tuple(self.call.watchers):
            if not watcher.follows(self.sides):
                watcher.over()
        recording.converse(self.call)
        self.connect()

    def connect(self, anew: Leg | None = None) -> None:
        """Bring who hears whom in line with who is held."""
        self.call.hearing.let(self.pairs(), anew)

    def pairs(self) -> list[Pair]:
        """Who hears whom."""
        first, second = self.sides
        pairs: list[Pair] = []
        for speaker, listener in ((first, second), (second, first)):
            listens = listener.slot is not None and not listener.held
            if not speaker.held:
                pairs.append((speaker, listener if listens else NOWHERE))
            elif listens and (music := self.call.music_of(speaker)) is not None:
                spoken_to = self._held.is_spoken_to(listener)
                pairs += self._held.pairs(listener) if spoken_to else [(music, listener)]
        for watcher in self.call.watchers:
            pairs += watcher.pairs(self.sides)
        if self.call.recording is not None:
            pairs += self.call.recording.pairs(first, second)
        for notice in self.call.notices.values():
            pairs += notice.pairs()
        return pairs

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg not in self.sides:
            return
        match event:
            case Played():
                if self._noticed(leg) or self._held.said(leg):
                    self.connect()
            case MediaChanged():
                self._note_hold(leg)
                self.connect(anew=leg)
            case Digit():
                self._press(leg, event)
            case Referred():
                self.next = self.call.exchange.refer(self.call, leg, event)
            case Answered() if leg.sound is None and leg.state is LegState.CONFIRMED:
                # Our offer went out in the 200 and the ACK has no answer (RFC 3261 §13.2.1).
                self.next = Ending.by_us(Outcome.NO_SOUND)
            case Ended():
                self.next = self._over(leg, event)

    # ---- what other calls ask ----

    def join(self, leg: Leg, giver: "Call", instead_of: Leg | None = None) -> bool:
        """Takes the place of one side (INVITE with Replaces, RFC 3891)."""
        if self.next is not None or instead_of is None or instead_of not in self.sides:
            return False
        call = self.call
        stays = call.other(instead_of)
        call.adopt(leg, giver)
        if not is_answered(leg) and stays is not None:
            leg.answer((asserted(call.exchange.domain, stays.number, stays.name),))
        if instead_of is call.caller:
            call.caller = leg
        else:
            call.callee = leg
        call.dismiss(instead_of, at_once=True)
        call.show_each_other()
        self.go(Talking(call))
        return True

    def give(self, leg: Leg) -> Enter | None:
        """Whoever talks with `leg`."""
        if self.next is not None or leg not in self.sides:
            return None
        return lambda call, _: self._hand_over(leg, call)

    def _hand_over(self, leg: Leg, call: "Call") -> "Talking":
        party = self.call.other(leg)
        if party is None:
            raise RuntimeError("a conversation of one")
        call.adopt(party, self.call)
        call.publish(CallsMerged(call.now(), call.id, self.call.id, party.number))
        call.answered(party)
        call.show_each_other()
        return Talking(call)

    # ---- inside ----

    def _over(self, leg: Leg, event: Ended) -> Ending:
        if event.by_remote:
            return Ending(Outcome.COMPLETED, 200, leg.number)
        # PJSIP gave it up: no ACK, or no answer to a session refresh (RFC 4028 §10).
        is_caller = leg is self.call.caller
        return Ending(Outcome.CALLER_VANISHED if is_caller else Outcome.CALLEE_VANISHED, event.code)

    def _note_hold(self, leg: Leg) -> None:
        call = self.call
        if leg.held and leg not in self.held_by:
            self.held_by.add(leg)
            self._not_forgotten()
            call.publish(CallHeld(call.now(), call.id, leg.number))
        elif not leg.held and leg in self.held_by:
            self.held_by.discard(leg)
            self._forgotten_no_more()
            call.publish(CallResumed(call.now(), call.id, leg.number))

    # ---- who waits is not forgotten ----

    def leave(self) -> None:
        self._held.hush()
        for leg in tuple(self.call.notices):
            self._noticed(leg)

    def _noticed(self, leg: Leg) -> bool:
        """It has been told what was to be told; False when it was nothing."""
        notice = self.call.notices.pop(leg, None)
        if notice is not None:
            notice.close()
        return notice is not None

    def _not_forgotten(self) -> None:
        self._reassure_later()
        self._ring_back_later()

    def _reassure_later(self) -> None:
        seconds = self.call.router.hold.reassure_after
        if seconds is not None:
            self.after(seconds, self._reassure)

    def _ring_back_later(self) -> None:
        seconds = self.call.router.hold.ring_back_after
        if seconds is not None and not self.has_third:
            self.after(seconds, self._ring_back)

    def _forgotten_no_more(self) -> None:
        self._held.hush()
        if not self.held_by:
            self.not_after_all(self._reassure)
            self.not_after_all(self._ring_back)

    def _those_who_wait(self) -> list[tuple[Leg, Leg]]:
        """Each with who holds him."""
        both = [(self.call.other(holder), holder) for holder in self.held_by]
        return [(waits, holder) for waits, holder in both if waits is not None and not waits.held]

    def _reassure(self) -> None:
        for waits, holder in self._those_who_wait():
            if not self._held.is_spoken_to(waits):
                self._held.reassure(waits, holder, alone=not self.has_third)
        self.connect()
        self._reassure_later()

    def _ring_back(self) -> None:
        for waits, holder in self._those_who_wait():
            self._held.ring_back(self, waits, holder)
        self._ring_back_later()

    # ---- keys ----

    def _press(self, leg: Leg, digit: Digit) -> None:
        call = self.call
        call.publish(DigitPressed(call.now(), call.id, leg.number))
        holder = call.other(leg)
        if holder in self.held_by and holder is not None:
            self.next = self._held.press(leg, digit.digit, holder)
            if self.next is not None:
                return
        far = call.other(leg)
        if far is not None and door.opens(call, leg, far, digit.digit):
            return
        if not call.is_of_the_house(leg):
            self._pass_on(leg, digit.digit)
            return
        keys = self._keys.get(leg)
        if keys is None:
            keys = self._keys[leg] = Keys(call.router.keys_in_call)
        self._act(leg, *keys.press(digit.digit))
        if any(keys.waits for keys in self._keys.values()):
            self.after(PATIENCE, self._no_more_keys)

    def _no_more_keys(self) -> None:
        for leg, keys in tuple(self._keys.items()):
            if keys.waits and self.next is None:
                self._act(leg, *keys.flush())

    def _act(self, leg: Leg, passed: str, feature: Feature | None) -> None:
        self._pass_on(leg, passed)
        if feature is not None:
            self.use(leg, feature)

    def use(self, leg: Leg, feature: Feature) -> None:
        """One side has pressed a feature's code."""
        self.next = self.call.exchange.use(self.call, leg, feature)
        if self.next is None:
            self.connect()

    def _pass_on(self, leg: Leg, digits: str) -> None:
        call = self.call
        other = call.other(leg)
        for digit in digits:
            try:
                if other is not None:
                    other.send_digit(digit)
            except SipError as error:
                call.log.warning("digit not passed on", error=str(error))
