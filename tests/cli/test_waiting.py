"""The bar of long answers."""

import io

from softswitch.cli.waiting import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_is_shown_on_a_terminal_and_goes() -> None:
    out = Terminal()
    with Bar(out, after=0.0) as bar:
        bar.tell(0.5, "of five")
    assert out.getvalue() == f"\r[{'#' * 15}{'.' * 15}]  50% of five\x1b[K\r\x1b[K"


def test_quick_answers_and_files_see_none() -> None:
    for out in (Terminal(), io.StringIO()):
        with Bar(out, after=60.0 if isinstance(out, Terminal) else 0.0) as bar:
            bar.tell(0.5)
        assert out.getvalue() == ""
