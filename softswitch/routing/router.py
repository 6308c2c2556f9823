"""From facts to a decision."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from softswitch.config import Dialplan, Extension, Feature
from softswitch.config.conference import Conference
from softswitch.config.department import Department
from softswitch.config.feature import Where
from softswitch.config.hold import Hold
from softswitch.config.paging import PagingGroup
from softswitch.config.places import NamedPlace, PlaceKind, Places, places_of
from softswitch.config.recording import RecordWhen
from softswitch.config.rights import Reach
from softswitch.config.voicemail import Mailbox, PersonalMailbox, Voicemail
from softswitch.routing.callers import Callers
from softswitch.routing.codes import Codes
from softswitch.routing.decision import (
    CallFacts,
    Decision,
    GoTo,
    Reason,
    Refuse,
    Ring,
    State,
    Target,
    UseFeature,
)
from softswitch.routing.departments import Departments
from softswitch.routing.forwarding import Cut, Forwarding, Onward
from softswitch.routing.greetings import Greeting, Greetings
from softswitch.routing.menu_keys import MenuKeys
from softswitch.routing.mobile import Mobiles
from softswitch.routing.modes import ModeNow
from softswitch.routing.offices import Offices
from softswitch.routing.outcome import Outcome
from softswitch.routing.outside import Outside
from softswitch.routing.preferences import Preferences
from softswitch.routing.recording import records_any, when_recorded


class Router:
    """One dialplan, compiled. Immutable: a reload makes a new one, running calls keep theirs."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = self.dialplan = dialplan
        self._line_of = dialplan.line_of
        self._codes = Codes(dialplan)
        self._callers = Callers(dialplan)
        self._forwarding = Forwarding(dialplan, self.mode_of)
        self._departments = Departments(dialplan, self._cannot_be_rung, self.mode_of)
        self._mobiles = Mobiles(dialplan, self.decide)
        self.outside = Outside(dialplan)
        """Numbers of the telephone network."""
        self._greetings = Greetings(dialplan)
        self._menu_keys: dict[str, MenuKeys] = {}
        self.offices = Offices(dialplan)
        """Other exchanges of the company."""
        self._extensions = dict(dialplan.extensions)
        self._places = Places(dialplan)
        self._records = records_any(dialplan)
        self._found: dict[str, Reason] = {}
        """Whose number each is. Said of every call, so each sentence is made once."""
        numbers = (one.number for one in places_of(dialplan) if one.number is not None)
        self._numbers = tuple(dict.fromkeys((*numbers, *self._codes.numbers)))

    # ---- look-ups ----

    def what_rings(self, ring: Ring) -> tuple[str, str]:
        """What is rung, for the records: extension, department or outside, with its number or key."""
        if ring.number in self._extensions:
            return "extension", ring.number
        department = self._dialplan.department(ring.number)
        return ("department", department.key) if department is not None else ("outside", ring.number)

    def extension(self, number: str) -> Extension | None:
        """The extension of that number, or None."""
        return self._extensions.get(number)

    def language_of(self, number: str) -> str:
        """The language that a party is spoken to in."""
        return self._dialplan.language_of(number)

    @property
    def keys_in_call(self) -> Mapping[str, Feature]:
        """Codes that are pressed during a call."""
        return self._codes.in_call

    def music_of(self, number: str) -> str:
        """The class of music that those hear whom the extension lets wait."""
        return self._dialplan.music_of(number)

    def menu_keys(self, key: str) -> MenuKeys:
        """What the keys of a menu of the dialplan mean."""
        found = self._menu_keys.get(key)
        if found is None:
            menu = self.dialplan.menus[key]
            found = self._menu_keys[key] = MenuKeys(menu, self._extensions if menu.extensions else ())
        return found

    def is_for_disa(self, number: str) -> bool:
        """Whether who has an outside line by pin may dial it: no code, and not the way that he has come."""
        place = self._places.dialled(number)
        kinds = (PlaceKind.DISA, PlaceKind.VOICEMAIL)
        return place.kind not in kinds if place is not None else self.outside.reaches(number)

    def scenario_of_code(self, code: str) -> str | None:
        """The scenario into which one side of a call sends the other by that code, or None."""
        scenarios = self.dialplan.scenarios.items()
        return next((key for key, one in scenarios if one.code == code), None)

    def is_whole_scenario_code(self, code: str) -> bool:
        """Whether it is the code of a scenario, and no longer one begins with it."""
        codes = [one.code for one in self.dialplan.scenarios.values() if one.code is not None]
        return code in codes and not any(one != code and one.startswith(code) for one in codes)

    def conference(self, number: str) -> Conference | None:
        """The conference room of that number, or None."""
        return self._dialplan.conferences.get(number)

    def when_recorded(self, inside: tuple[str, ...], arrived: str, direction: str) -> RecordWhen:
        """Whether a call is recorded: see recording.py."""
        return when_recorded(self._dialplan, inside, arrived, direction) if self._records else "never"

    @property
    def voicemail(self) -> Voicemail:
        """What holds for all boxes."""
        return self._dialplan.voicemail

    def mailbox(self, box: str) -> Mailbox | None:
        """The box of that extension or department (its key), or None."""
        extension, department = self._extensions.get(box), self._dialplan.departments.get(box)
        return (extension.voicemail if extension else None) or (department.voicemail if department else None)

    def box_of(self, number: str) -> str | None:
        """The box that is meant by an extension's number, or a department's."""
        department = self._dialplan.department(number)
        box = number if number in self._extensions or department is None else department.key
        return box if self.mailbox(box) is not None else None

    def number_of_box(self, box: str) -> str:
        """What is dialled for whose box it is; a department's key if it has no number."""
        department = self._dialplan.departments.get(box)
        return box if department is None else department.number or box

    def owns_box(self, number: str, box: str) -> bool:
        """Whether the extension's phones are the box's own."""
        department = self._dialplan.departments.get(box)
        return number == box or (department is not None and number in department.extensions)

    def pin_at_own_phone(self, box: str) -> bool:
        """Whether the pin is asked there, too."""
        mailbox = self.mailbox(box)
        return not isinstance(mailbox, PersonalMailbox) or mailbox.pin_at_own_phone

    def timezone_of(self, number: str) -> ZoneInfo:
        """The timezone of an extension, or the dialplan's for what is none."""
        return self._dialplan.timezone_of(number)

    @property
    def hold(self) -> Hold:
        """What those who wait on hold are told, and when their holder is rung."""
        return self._dialplan.hold

    @property
    def orbits(self) -> tuple[str, ...]:
        """Where calls are parked."""
        return self._dialplan.parking.places

    @property
    def parking_timeout(self) -> float:
        """Seconds after which a parked call goes back to who parked it."""
        return self._dialplan.parking.timeout

    @property
    def announces_supervision(self) -> bool:
        """Whether a tone tells both sides that somebody listens to them."""
        return self._dialplan.supervision.announce

    def ring_time_of(self, number: str) -> float:
        """How long an extension rings, in seconds."""
        return self._dialplan.ring_time_of(number)

    def mode_of(self, facts: CallFacts, state: State) -> ModeNow:
        """The mode of a call: that of its outside number, or the house's. Never raises."""
        return self.outside.modes.now(facts, self.outside.direct(facts.number), state)

    def greeting_of(self, facts: CallFacts) -> Greeting:
        """How a caller is greeted at that time."""
        return self._greetings.of(facts, self.outside.direct(facts.number))

    def is_greeted(self, facts: CallFacts) -> bool:
        """Whether a caller who has just come in is greeted before his call goes on."""
        direct = self.outside.direct(facts.number) if facts.arrives else None
        return direct is not None and direct.greeting == "on"

    def is_complete(self, number: str) -> bool:
        """Whether it is a number of the house, and no longer one begins with it."""
        return (number in self._numbers or self.offices.is_complete(number)) and not any(
            one != number and one.startswith(number) for one in self._numbers
        )

    def group_of(self, number: str) -> frozenset[str]:
        """The colleagues in all departments of an extension."""
        departments = self._dialplan.departments_of(number)
        return frozenset(member for one in departments for member in one.extensions) - {number}

    def may_pick_up(self, by: str, of: str) -> bool:
        """Whether an extension may answer a call that rings another one."""
        extension = self._extensions.get(by)
        return extension is not None and self._reaches(extension.rights.pickup, by, of)

    def may_listen(self, by: str, to: str) -> bool:
        """Whether an extension may listen to, whisper into and join another one's calls."""
        extension = self._extensions.get(by)
        return extension is not None and self._reaches(extension.may_listen_to, by, to)

    def may_watch(self, by: str, of: str) -> bool:
        """Whether an extension's phones may show what another one is doing."""
        extension = self._extensions.get(by)
        return extension is not None and (by == of or self._reaches(extension.rights.watch, by, of))

    def place(self, number: str) -> NamedPlace | None:
        """The place that a phone reaches by dialling that."""
        return self._places.dialled(number)

    def may_intercom(self, by: str, to: str) -> bool:
        """Whether an extension may speak through another one's phone unasked."""
        extension = self._extensions.get(by)
        return extension is not None and self._reaches(extension.rights.intercom, by, to)

    def paging(self, number: str) -> PagingGroup | None:
        """The paging group of that number, or None."""
        return self._dialplan.paging.get(number)

    @property
    def parking_announced_to(self) -> PagingGroup | None:
        """The phones that say where a call is parked; None for none."""
        return self._dialplan.paging.get(self._dialplan.parking.announce or "")

    def _reaches(self, reach: Reach, by: str, of: str) -> bool:
        return reach == "anyone" or (reach == "department" and of in self.group_of(by))

    # ---- decisions ----

    def decide(self, facts: CallFacts, state: State) -> Decision:
        """Never raises. The reasons tell the whole way, in order."""
        if facts.max_forwards <= 0:
            return Refuse(Outcome.TOO_MANY_HOPS, (Reason("Max-Forwards has reached 0"),))
        if facts.arrives and not facts.diverted:
            return self._arriving(facts, state)
        emergency = self.outside.emergency(facts, state)
        if emergency is not None:
            return emergency
        called = facts.called
        # A forwarding, and a place of the dialplan, may name a place by its key.
        sent_on = facts.sent or bool(facts.diverted)
        place = self._places.named(called) if sent_on else self._places.dialled(called)
        if place is not None and place.kind is not PlaceKind.CONFERENCE:
            return self._to_place(place, facts, state)
        found = self._codes.find(called)
        # A caller from outside uses no codes. Parked or sent into a conference he is by whom he talks to.
        by_hand = not facts.trunk and not facts.sent
        if found and (by_hand or (sent_on and found[0].where is Where.NUMBER)):
            feature, argument = found
            reason = Reason(f"{called}: {feature.words}", self._codes.line_of(feature))
            return UseFeature(feature, argument, (reason,))
        goes_out = self.offices.ring(facts, state) or self.outside.ring(facts, state)
        if goes_out is not None:
            return goes_out
        return Refuse(Outcome.UNKNOWN_NUMBER, (Reason(f"{called} is no number of the house"),))

    def unanswered(self, facts: CallFacts, ring: Ring, outcome: Outcome, state: State) -> Decision | None:
        """Where a call goes that rang in vain, for that reason; None when it goes nowhere else.

        `facts` are those that led to `ring`. Never raises.
        """
        extension = self._extensions.get(ring.number)
        department = self._dialplan.department(ring.number) if extension is None else None
        if department is not None:
            there = facts._replace(called=ring.number, diverted=ring.diverted)
            return self._after(department, there, outcome, state)
        if extension is None or any(target.trunk for target in ring.targets if not target.must_accept):
            return None
        facts = facts._replace(called=ring.number, diverted=ring.diverted)
        onward = self._forwarding.after_ringing(extension, facts, state, outcome)
        return None if onward is None else self._go(onward, (), outcome, state)

    def _arriving(self, facts: CallFacts, state: State) -> Decision:
        """A call that has just come in by a trunk, or from another office."""
        if facts.trunk in self.offices:
            may_come = self.offices.arrives(facts, state)
            if isinstance(may_come, Refuse):
                return may_come
            place = self._places.dialled(facts.called)
            inside = facts._replace(arrives=False)
            # A conference of ours is entered by whoever may call us; codes are for our own people.
            decision = self.decide(inside, state) if place is None else self._to_place(place, inside, state)
            return decision._replace(reasons=(*may_come, *decision.reasons))
        found = self.outside.place_of(facts, state)
        if isinstance(found, Refuse):
            return found
        name, leads = found
        place = self._places.named(name)
        if place is None:  # a number outside, or of another office, that the file names
            decision = self.decide(facts._replace(called=name, arrives=False, sent=True), state)
        else:
            decision = self._to_place(place, facts._replace(called=place.number or place.key), state)
        return decision._replace(reasons=(*leads, *decision.reasons))

    def _to_place(self, place: NamedPlace, facts: CallFacts, state: State) -> Decision:
        if place.kind is PlaceKind.EXTENSION:
            if facts.arrives or facts.sent:
                facts = facts._replace(arrives=False, sent=False)
            return self._to_extension(self._extensions[place.key], facts, state)
        if place.kind is PlaceKind.DEPARTMENT:
            return self._to_department(self._dialplan.departments_by_name[place.key], facts, state)
        why = Reason(f"{facts.called} is {place.words}", self._line_of(place.path))
        if place.kind is PlaceKind.CONFERENCE:
            return UseFeature(Feature.CONFERENCE, place.key, (why,))
        return GoTo(place.kind, place.key, place.name, (why,), facts.diverted)

    def _to_extension(self, extension: Extension, facts: CallFacts, state: State) -> Decision:
        number = extension.number
        found = self._found.get(number)
        if found is None:
            line = self._line_of(("extensions", number))
            found = self._found[number] = Reason(f"{number} is the extension of {extension.name}", line)
        own = state.preferences(number)
        barred = self._callers.blocked(extension, facts, own) or self._callers.hidden(extension, facts, own)
        if barred is not None:
            return Refuse(barred[0], (found, barred[1]))
        by_secretary = extension.secretary is not None and extension.secretary == _hands(facts)
        onward = None if by_secretary else self._forwarding.always(extension, facts, state)
        if onward is not None:
            return self._go(onward, (found,), Outcome.FORWARD_LOOP, state)
        refusal = self._refusal(extension, own, state)
        if by_secretary and refusal is not None and refusal[0] is Outcome.DO_NOT_DISTURB:
            refusal = None
        if by_secretary:
            line = self._line(number, "secretary")
            found = Reason(f"{number} is the extension of {extension.name}, whose secretary calls", line)
        away = refusal is not None and refusal[0] is Outcome.UNREGISTERED
        reasons = [found] if refusal is None else [found, refusal[1]]
        targets: tuple[Target, ...] = () if away else (Target(number),)
        if refusal is None or away:
            mobiles, why = self._mobiles.targets(extension, facts, state, alone=away)
            targets += mobiles
            reasons += [why] if why is not None else []
        if targets and (refusal is None or away):
            seconds = self._forwarding.seconds(extension, facts, state)
            return Ring(number, extension.name, targets, seconds, tuple(reasons), facts.diverted)
        outcome = refusal[0] if refusal is not None else Outcome.UNREGISTERED
        onward = self._forwarding.instead_of_ringing(extension, facts, state, outcome)
        if onward is not None:
            return self._go(onward, tuple(reasons), outcome, state)
        return Refuse(outcome, tuple(reasons))

    def _go(
        self, onward: Onward | Cut, reasons: tuple[Reason, ...], outcome: Outcome, state: State
    ) -> Decision:
        """Forward a call; `outcome` is what becomes of it when that is cut."""
        reasons = (*reasons, onward.reason)
        if isinstance(onward, Cut):
            return Refuse(outcome, reasons)
        decision = self.decide(onward.facts, state)
        reasons += decision.reasons
        if isinstance(decision, UseFeature) and not decision.feature.takes_forwarded:
            why = Reason(f"calls are not forwarded to {onward.facts.called}, which is for people's own hands")
            return Refuse(Outcome.UNKNOWN_NUMBER, (*reasons, why))
        if isinstance(decision, Ring | GoTo):
            return decision._replace(reasons=reasons, diverted=decision.diverted or onward.facts.diverted)
        return decision._replace(reasons=reasons)

    def _refusal(self, extension: Extension, own: Preferences, state: State) -> tuple[Outcome, Reason] | None:
        number = extension.number
        if own.do_not_disturb:
            return Outcome.DO_NOT_DISTURB, Reason(f"{number} is set to do not disturb, by code")
        if own.do_not_disturb is None and extension.do_not_disturb:
            why = Reason(f"{number} is set to do not disturb", self._line(number, "do_not_disturb"))
            return Outcome.DO_NOT_DISTURB, why
        if not state.registered(number):
            return Outcome.UNREGISTERED, Reason(f"no phone is registered as {number}")
        if not extension.call_waiting and state.calls_of(number):
            why = Reason(f"{number} is in a call and has no call waiting", self._line(number, "call_waiting"))
            return Outcome.BUSY, why
        return None

    def _line(self, number: str, key: str) -> int | None:
        return self._line_of(("extensions", number, key))

    def _cannot_be_rung(
        self, extension: Extension, facts: CallFacts, state: State
    ) -> tuple[Outcome, Reason] | None:
        own = state.preferences(extension.number)
        return self._callers.blocked(extension, facts, own) or self._refusal(extension, own, state)

    def _to_department(self, department: Department, facts: CallFacts, state: State) -> Decision:
        decision = self._departments.ring(department, facts, state)
        if isinstance(decision, Ring):
            return decision
        return self._after(department, facts, decision.outcome, state, decision.reasons) or decision

    def _after(
        self,
        department: Department,
        facts: CallFacts,
        outcome: Outcome,
        state: State,
        reasons: tuple[Reason, ...] = (),
    ) -> Decision | None:
        """Where a department's call goes that nobody takes; None for nowhere."""
        found = self._departments.onward(department, facts, outcome, state)
        if found is None:
            return None
        onward, reason = found
        decision = self.decide(onward, state)
        return decision._replace(reasons=(*reasons, reason, *decision.reasons))


def _hands(facts: CallFacts) -> str:
    """Who of the house has the call in hand: the caller, or who transfers it; empty for nobody."""
    if facts.diverted:
        return facts.diverted[-1].number if facts.diverted[-1].why == "transfer" else ""
    return "" if facts.trunk else facts.caller
