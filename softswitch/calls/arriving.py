"""What a call that has just come in begins with."""

from softswitch.calls import pickup
from softswitch.calls.call import Call
from softswitch.calls.deciding import decide
from softswitch.calls.ending import Ending
from softswitch.calls.greeting import Greeting
from softswitch.calls.step import Step
from softswitch.routing import CallFacts, Refuse
from softswitch.sip.outside_caller import forwarders


def first_step(call: Call) -> Step | Ending:
    """A pickup, a greeting, or what routing decides."""
    dialog = call.request.replaces if call.request else None
    if dialog is not None and not call.caller.trunk:
        return pickup.replace(call, dialog)
    caller = call.caller
    facts = CallFacts(caller.number, call.called, call.hops, caller.trunk, arrives=bool(caller.trunk))
    if caller.trunk:
        facts = facts._replace(at=call.now(), number=call.called)
        if caller.trunk in call.router.offices and call.request is not None:
            facts = facts._replace(came_by=forwarders(call.request))
        direct = call.router.outside.direct(call.called)
        if direct is not None:
            call.language = direct.language
            if direct.music is not None:
                call.is_accompanied_by(direct.music)
        if call.router.is_greeted(facts):
            first = call.router.decide(facts, call.exchange.state_for(call))
            if not isinstance(first, Refuse):  # nobody is answered only to be refused
                return Greeting(call, facts)
    return decide(call, facts)
