"""Whether the choice of lines fits the trunks that there are."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.lines import Lines
from softswitch.config.names import did_you_mean
from softswitch.config.problems import Finding, KeyPath


def lines_of(dialplan: Dialplan) -> Iterator[tuple[KeyPath, Lines]]:
    """Every place of the file that says which lines are used."""
    yield ("lines",), dialplan.lines
    for number, extension in dialplan.extensions.items():
        yield ("extensions", number, "lines"), extension.lines
    for key, department in dialplan.departments.items():
        yield ("departments", key, "lines"), department.lines


def check_lines(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds trunks that are none or make no calls, and lines kept free that are all there are."""
    for path, lines in lines_of(dialplan):
        for index, name in enumerate(lines.use):
            trunk = dialplan.trunks.get(name)
            at = (*path, "use", index)
            if trunk is None:
                remedy = did_you_mean(name, dialplan.trunks, "name keys of trunks")
                yield Finding(at, f"there is no trunk {name!r}", remedy, value=name)
            elif trunk.incoming_only:
                yield Finding(
                    at, f"{name} takes calls in only", "name another trunk, or write incoming_only: false"
                )
        if lines.choose == "by_price" and dialplan.country is None:
            yield Finding(
                (*path, "choose"),
                "without the country nobody knows what a number costs",
                "add country: with its two letters, such as country: DE",
                value="by_price",
            )
    for key, trunk in dialplan.trunks.items():
        if trunk.keep_free >= trunk.max_calls:
            yield Finding(
                ("trunks", key, "keep_free"),
                f"of {trunk.max_calls} lines none would be left for calls out",
                "lower it, or write incoming_only: true",
                value=str(trunk.keep_free),
            )
        if trunk.incoming_only and trunk.prefix is not None:
            yield Finding(
                ("trunks", key, "prefix"),
                "the trunk takes calls in only, and nobody dials out through it",
                "delete the prefix, or incoming_only",
                value=trunk.prefix,
            )
