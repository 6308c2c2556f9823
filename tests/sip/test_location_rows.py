"""Rows of the location database: what is encoded is what is decoded, however often it changes."""

import json
from dataclasses import replace

from bindings import binding

from softswitch.sip.location import Bindings
from softswitch.sip.location_rows import Rows, decode


def written(rows: Rows, aor: str, bindings: Bindings) -> Bindings:
    bound, gone = rows.encode({aor: bindings})
    assert json.loads(gone) == ([] if bindings else [aor])
    return tuple(one for name, row in json.loads(bound) for one in decode(name, json.dumps(row)))


def test_one_binding_of_several_changes() -> None:
    rows = Rows()
    desk, mobile = binding(device=1), binding(device=2)
    assert written(rows, "101", (desk, mobile)) == (desk, mobile)
    moved = replace(desk, cseq=desk.cseq + 1, expires_at=desk.expires_at + 60)
    assert written(rows, "101", (mobile, moved)) == (mobile, moved)
    assert written(rows, "101", ()) == ()
    assert written(rows, "101", (desk,)) == (desk,)


def test_an_aor_of_any_characters_is_quoted() -> None:
    strange = binding('"[,]\\')
    assert written(Rows(), '"[,]\\', (strange,)) == (strange,)
