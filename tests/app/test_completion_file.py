"""Redial, call back and waiting for somebody busy outlive the switch."""

from pathlib import Path

from softswitch.app.completion_file import CompletionFile
from softswitch.calls.camp_on import Camps
from softswitch.calls.completion import Completion, CompletionBook
from softswitch.calls.remembered import Remembered


class Office:
    """One run of the switch, at a time of the test's."""

    def __init__(self, path: Path, now: float) -> None:
        self.remembered = Remembered()
        self.camps = Camps(lambda _: False, lambda _camper, _on: "", 3600)
        self.book = CompletionBook(self.remembered, self.camps, lambda: now)
        self.file = CompletionFile(path)
        self.book.restore(self.file.load())
        self.book.on_change = self.file.save
        self.file.start()

    def stop(self) -> None:
        self.book.close()
        self.camps.close()
        self.book.keep()
        assert self.file.close()


async def test_all_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "completion.json"
    first = Office(path, 1000.0)
    first.remembered.has_dialled("101", "+4930123")
    first.remembered.was_called("102", "101")
    first.camps.add("101", "103")
    first.camps.add("101", "102")
    first.camps.add("102", "90171555", for_line=True)
    first.stop()
    second = Office(path, 1060.0)
    assert second.remembered.dialled("101") == "+4930123"
    assert second.remembered.caller("102") == "101"
    assert [(camper, on) for camper, on, _ in second.camps.waiting()] == [("101", "103"), ("101", "102")]
    assert all(seconds < 3541 for _, _, seconds in second.camps.waiting()), "his hour goes on"
    assert [(camper, on) for camper, on, _ in second.camps.waiting(for_line=True)] == [("102", "90171555")]
    assert second.camps.cancel("101") == ("103", "102")
    assert second.camps.cancel("102") == ("90171555",)
    second.stop()
    third = Office(path, 1070.0)
    assert len(third.camps) == 0
    third.stop()


async def test_an_hour_is_over_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "completion.json"
    first = Office(path, 1000.0)
    first.camps.add("101", "103")
    first.stop()
    second = Office(path, 5000.0)
    assert len(second.camps) == 0
    second.stop()


async def test_nothing_is_written_when_nothing_has_changed(tmp_path: Path) -> None:
    written: list[dict[str, Completion]] = []
    office = Office(tmp_path / "completion.json", 0.0)
    office.book.on_change = lambda kept: written.append(dict(kept))
    office.book.keep()
    office.remembered.was_called("101", "102")
    office.book.keep()
    office.book.keep()
    assert written == [{"101": Completion(caller="102")}]
    office.stop()
