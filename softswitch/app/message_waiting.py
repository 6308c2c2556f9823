"""Message waiting: the lamp on the phone (RFC 3842), for phones that subscribe and for those that do not."""

from collections.abc import Callable
from typing import Final

import structlog

from softswitch.config import Feature
from softswitch.config.dialplan import Dialplan
from softswitch.routing import Router
from softswitch.sip.destination import Destination
from softswitch.sip.engine import Engine
from softswitch.sip.errors import SipError
from softswitch.sip.event_package import NotAllowed
from softswitch.sip.location import Binding, Bindings, Location
from softswitch.sip.subscriptions import Subscriptions
from softswitch.voicemail.store import MessageStore

log = structlog.get_logger("softswitch.voicemail")

PACKAGE: Final = "message-summary"


class MessageSummary:
    """See sip.event_package.EventPackage. What is watched is a box."""

    name = PACKAGE
    content_type = "application/simple-message-summary"

    def __init__(self, store: MessageStore, router: Callable[[], Router], dialplan: Callable[[], Dialplan]):
        self._store = store
        self._router = router
        self._dialplan = dialplan

    def resource(self, watcher: str, user: str) -> str | None:
        """One's own box, or that of one's department: by number, key, or the code that opens it."""
        router = self._router()
        own = user in ("", watcher, self._dialplan().features.code(Feature.VOICEMAIL))
        box = router.box_of(watcher if own else user)
        if box is None:
            return None
        if not router.owns_box(watcher, box):
            raise NotAllowed
        return box

    def body(self, resource: str, version: int, watcher: str) -> bytes:
        """RFC 3842 §5.2."""
        del version, watcher
        dialplan = self._dialplan()
        new, old = self._store.counts(resource)
        account = dialplan.features.code(Feature.VOICEMAIL) or resource
        return (
            f"Messages-Waiting: {'yes' if new else 'no'}\r\n"
            f"Message-Account: sip:{account}@{dialplan.domain}\r\n"
            f"Voice-Message: {new}/{old} (0/0)\r\n"
        ).encode()


class MessageWaiting:
    """Tells phones, whenever a box changes and whenever a phone comes."""

    def __init__(
        self, engine: Engine, location: Location, subscriptions: Subscriptions, package: MessageSummary
    ) -> None:
        self.unasked = True
        """Whether phones that have not subscribed are told."""
        self._engine = engine
        self._location = location
        self._subscriptions = subscriptions
        self._package = package

    def changed(self, box: str) -> None:
        """A box has other messages now."""
        self._subscriptions.changed(PACKAGE, box)
        for binding in self._location.bindings(box):
            self._tell(binding)

    def registered(self, number: str, before: Bindings, after: Bindings) -> None:
        """A phone that was not there before learns how things stand."""
        known = {one.contact for one in before}
        for binding in after:
            if binding.contact not in known:
                self._tell(binding)

    def _tell(self, binding: Binding) -> None:
        number, source = binding.aor, binding.source
        if not self.unasked or (source.ip, source.port) in self._subscriptions.watched(PACKAGE, number):
            return
        try:
            if self._package.resource(number, number) is None:
                return
            address = f"<sip:{number}@{self._engine.settings.domain}>"
            self._engine.send(
                "NOTIFY",
                Destination(binding.contact, source.ip, source.port, source.transport, source.local),
                from_=address,
                to=address,
                on_reply=lambda status: None,
                headers=(
                    ("Contact", self._engine.contact(source, number)),
                    ("Event", PACKAGE),
                    ("Subscription-State", "terminated;reason=noresource"),
                ),
                content_type=self._package.content_type,
                body=self._package.body(number, 0, number),
            )
        except SipError as error:
            log.info("phone not told of messages", number=number, error=str(error))
