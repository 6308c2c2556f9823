"""Whether price lists can be used: their files, their trunks, and the country that tells kinds of numbers."""

from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.names import did_you_mean
from softswitch.config.price_file import read_prices
from softswitch.config.problems import Finding


def check_price_lists(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds lists for trunks that are not there, files with errors, and types that nobody can tell."""
    for key, one in dialplan.price_lists.items():
        for index, trunk in enumerate(one.trunks):
            if trunk not in dialplan.trunks:
                yield Finding(
                    ("price_lists", key, "trunks", index),
                    f"there is no trunk {trunk!r}",
                    did_you_mean(trunk, dialplan.trunks, "name one that stands in trunks"),
                    value=trunk,
                )
        prices = one.prices
        if one.file is not None:
            found, problems = read_prices(one.file)
            prices += found
            for problem in problems[:1]:
                remedy = f"mend the file; `softswitch prices {one.file}` tells all"
                where = f"in {one.file.name}, line {problem}" if problem.line else str(problem)
                yield Finding(("price_lists", key, "file"), where, remedy, value=str(one.file))
        if dialplan.country is None and any(price.type is not None for price in prices):
            yield Finding(
                ("price_lists", key),
                "without the country nobody knows what type a number is",
                "add country: with its two letters, such as country: DE",
                at_key=True,
            )
