"""What only the whole dialplan shows: parts that do not fit each other, files that are not there."""

from collections.abc import Callable, Iterator
from itertools import combinations

from softswitch.config.call_test_checks import check_tests
from softswitch.config.calling_checks import (
    check_classes_of_service,
    check_country,
    check_emergency_numbers,
)
from softswitch.config.dialplan import Dialplan
from softswitch.config.disa_checks import check_disa
from softswitch.config.durations import format_duration
from softswitch.config.extension import Extension
from softswitch.config.fax_checks import check_faxes
from softswitch.config.lines_checks import check_lines
from softswitch.config.member_checks import check_members, check_skills_are_used
from softswitch.config.menu_checks import check_circles, check_menus, check_words
from softswitch.config.mode_checks import (
    check_modes,
    check_numbers_by_mode,
    check_reachable,
    check_said_by_mode,
)
from softswitch.config.music_checks import check_music, check_music_names
from softswitch.config.numbering import check_codes, check_numbers
from softswitch.config.office_checks import check_offices
from softswitch.config.people_checks import check_people
from softswitch.config.price_checks import check_price_lists
from softswitch.config.problems import Finding, Severity
from softswitch.config.queue_checks import check_queues
from softswitch.config.references import (
    check_announcements,
    check_numbers_lead_somewhere,
    check_paging,
    check_places,
    check_trunk_numbers,
    check_ways_on,
)
from softswitch.config.scenario_checks import check_scenarios
from softswitch.config.speeches import check_recordings
from softswitch.config.then_checks import check_then
from softswitch.config.tls import check_tls
from softswitch.config.trunk_checks import (
    check_trunk_addresses,
    check_trunk_servers,
    check_trunk_transports,
)
from softswitch.config.voicemail_checks import check_voicemail

SHORTEST_GOOD_PASSWORD = 8
# A call has two legs, and each leg takes a pair of ports for RTP and RTCP.
PAIRS_A_CALL = 2

Check = Callable[[Dialplan], Iterator[Finding]]


def check_listeners(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds listeners that cannot be open at once."""
    for (_, one), (index, other) in combinations(enumerate(dialplan.listen), 2):
        if one.collides_with(other):
            yield Finding(
                ("listen", index), f"{one} takes this port already", "choose another port", value=str(other)
            )


def check_certificate(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds TLS listeners without a certificate, and certificates without a listener or that do not load."""
    encrypted = [index for index, one in enumerate(dialplan.listen) if one.transport == "tls"]
    if encrypted and dialplan.tls is None:
        listener = str(dialplan.listen[encrypted[0]])
        yield Finding(
            ("listen", encrypted[0]),
            "a TLS listener needs a certificate",
            "add tls: {certificate: FILE, key: FILE}, or tls: {certificate: auto} for a self-signed one",
            value=listener,
        )
    if dialplan.tls is not None and not encrypted:
        yield Finding(
            ("tls",),
            "no listener uses this certificate",
            "add tls://0.0.0.0:5061 to listen",
            severity=Severity.WARNING,
            at_key=True,
        )
    yield from check_tls(dialplan.tls)


def check_transports(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds extensions whose phones could not register anywhere."""
    offered = {listener.transport for listener in dialplan.listen}
    for number, extension in dialplan.extensions.items():
        if not offered.intersection(extension.transports):
            yield Finding(
                ("extensions", number, "transports"),
                f"no listener takes {' or '.join(extension.transports)}",
                f"add one to listen, or allow {' or '.join(sorted(offered))}",
                value=", ".join(extension.transports),
            )


def check_rtp(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds a port range that is too small for max_calls, or that holds a listener's port."""
    ports, wanted = dialplan.rtp.ports, dialplan.calls.max_calls * PAIRS_A_CALL
    if ports.pairs < wanted:
        yield Finding(
            ("rtp", "ports"),
            f"room for {ports.pairs // PAIRS_A_CALL} calls; calls.max_calls is {dialplan.calls.max_calls}",
            f"write a range of {wanted * 2} ports or more, or lower calls.max_calls",
            value=str(ports),
            severity=Severity.WARNING,
        )
    for index, listener in enumerate(dialplan.listen):
        if listener.transport == "udp" and listener.port in ports:
            yield Finding(
                ("listen", index),
                f"this port is among those for sound, {ports}",
                "move rtp.ports away from it",
                value=str(listener),
                severity=Severity.WARNING,
            )


def check_expiry(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds registration times in the wrong order."""
    times = dialplan.registration
    names = ("min_expires", "default_expires", "max_expires")
    for lower, upper in ((names[0], names[2]), (names[0], names[1]), (names[1], names[2])):
        if getattr(times, lower) > getattr(times, upper):
            limit = format_duration(getattr(times, upper))
            yield Finding(
                ("registration", lower),
                f"{lower} is longer than {upper}, which is {limit}",
                f"write {limit} or less, or raise {upper}",
                value=format_duration(getattr(times, lower)),
            )
            return


def check_passwords(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds passwords that a robot guesses."""
    for number, extension in dialplan.extensions.items():
        weakness = _weakness(extension)
        if weakness:
            yield Finding(
                ("extensions", number, "password"),
                f"the password {weakness}",
                "write a random one of twelve letters and digits or more",
                severity=Severity.WARNING,
            )


def _weakness(extension: Extension) -> str | None:
    password = extension.password.get_secret_value()
    if password.casefold() in (extension.number.casefold(), extension.name.casefold()):
        return "is the extension's own number or name"
    if len(password) < SHORTEST_GOOD_PASSWORD:
        return f"is shorter than {SHORTEST_GOOD_PASSWORD} characters"
    return None


_ALL_NUMBERS = frozenset(
    {
        "extensions",
        "departments",
        "conferences",
        "paging",
        "menus",
        "queues",
        "announcements",
        "scenarios",
        "disa",
        "faxes",
    }
)

# Each check with the sections that it looks at: it stands back when one of them is wrong already.
CHECKS: tuple[tuple[Check, frozenset[str]], ...] = (
    (check_listeners, frozenset({"listen"})),
    (check_certificate, frozenset({"listen", "tls"})),
    (check_transports, frozenset({"listen"})),
    (check_rtp, frozenset({"rtp", "calls", "listen"})),
    (check_expiry, frozenset({"registration"})),
    (check_music, frozenset({"music"})),
    (check_music_names, _ALL_NUMBERS | {"music"}),
    (check_passwords, frozenset()),
    (check_people, frozenset({"extensions", "departments", "menus"})),
    (check_members, frozenset({"departments", "queues", "extensions"})),
    (check_numbers, _ALL_NUMBERS | {"parking"}),
    (check_codes, _ALL_NUMBERS | {"features", "parking"}),
    (check_skills_are_used, frozenset({"departments", "queues", "extensions"})),
    (check_queues, _ALL_NUMBERS | {"trunks", "parking"}),
    (check_then, frozenset({"departments", "queues", "announcements"})),
    (check_numbers_lead_somewhere, _ALL_NUMBERS | {"numbers"}),
    (check_tests, frozenset({"tests", "modes", "trunks", "extensions", "numbers"})),
    (check_reachable, _ALL_NUMBERS | {"numbers", "menus", "announcements", "scenarios"}),
    (check_modes, frozenset({"modes", "numbers"})),
    (check_numbers_by_mode, frozenset({"modes", "numbers"})),
    (
        check_said_by_mode,
        frozenset({"modes", "numbers", "extensions", "departments", "queues", "announcements"}),
    ),
    (check_price_lists, frozenset({"price_lists", "trunks", "country"})),
    (check_trunk_numbers, frozenset({"trunks", "numbers", "features", "extensions"})),
    (check_trunk_addresses, frozenset({"trunks", "offices", "local_networks"})),
    (check_trunk_servers, frozenset({"trunks", "offices"})),
    (check_trunk_transports, frozenset({"trunks", "offices", "listen"})),
    (check_announcements, _ALL_NUMBERS | {"trunks", "parking"}),
    (check_recordings, frozenset()),
    (check_disa, _ALL_NUMBERS | {"disa", "numbers"}),
    (check_menus, _ALL_NUMBERS | {"trunks", "numbers", "parking"}),
    (check_words, _ALL_NUMBERS),
    (check_scenarios, _ALL_NUMBERS | {"trunks", "parking"}),
    (check_circles, frozenset({"announcements"})),
    (check_classes_of_service, frozenset({"classes_of_service", "extensions", "departments"})),
    (
        check_country,
        frozenset(
            {"country", "area_code", "classes_of_service", "extensions", "departments", "trunks", "offices"}
        ),
    ),
    (check_offices, _ALL_NUMBERS | {"offices", "trunks", "parking"}),
    (check_lines, frozenset({"country", "lines", "trunks", "extensions", "departments"})),
    (check_emergency_numbers, _ALL_NUMBERS | {"country", "emergency", "parking"}),
    (check_ways_on, _ALL_NUMBERS | {"trunks", "parking"}),
    (check_voicemail, _ALL_NUMBERS | {"features", "mail"}),
    (check_faxes, _ALL_NUMBERS | {"mail", "numbers"}),
    (check_paging, frozenset({"paging", "parking", "extensions"})),
    (check_places, _ALL_NUMBERS | {"trunks", "parking"}),
)
