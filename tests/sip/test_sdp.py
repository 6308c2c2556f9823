"""The first codec that is offered and allowed: it spares a call its transcoding."""

from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.sdp import first_codec

ALL = ("g722", "pcma", "pcmu", "opus", "gsm")


def offer(numbers: str, *maps: str) -> bytes:
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"m=audio 6000 RTP/AVP {numbers}"]
    return "\r\n".join([*lines, *(f"a=rtpmap:{one}" for one in maps), ""]).encode()


def test_static_numbers_need_no_map() -> None:
    assert first_codec(offer("8 0"), ALL) == "PCMA/"
    assert first_codec(offer("9"), ALL) == "G722/"
    assert first_codec(offer("3 8"), ALL) == "GSM/"


def test_a_map_names_any_number_and_rules() -> None:
    assert first_codec(offer("96 0", "96 opus/48000/2"), ALL) == "opus/"
    assert first_codec(offer("0", "0 PCMA/8000"), ALL) == "PCMA/"


def test_what_is_not_allowed_is_passed_over() -> None:
    assert first_codec(offer("96 9 8", "96 opus/48000/2", "9 G722/8000"), ("pcma",)) == "PCMA/"
    assert first_codec(offer("96 101", "96 speex/8000", "101 telephone-event/8000"), ALL) == ""
    assert first_codec(offer("0"), ()) == ""


def test_only_audio_counts() -> None:
    assert first_codec(b"v=0\r\nm=video 6000 RTP/AVP 0\r\n", ALL) == ""
    both = b"v=0\r\nm=video 1 RTP/AVP 31\r\nm=audio 6000/2 RTP/SAVPF 8\r\n"
    assert first_codec(both, ALL) == "PCMA/"


@given(st.binary(max_size=300))
def test_anything_at_all_names_an_allowed_codec_or_none(data: bytes) -> None:
    for description in (data, b"m=audio 1 RTP/AVP " + data, offer("96 97") + b"a=rtpmap:96 " + data):
        name = first_codec(description, ALL)
        assert name == "" or (name.endswith("/") and name[:-1].lower() in ALL)


@given(st.permutations(["0", "3", "8", "9"]), st.sets(st.sampled_from(["pcmu", "gsm", "pcma", "g722"])))
def test_the_order_is_the_offer_s(numbers: list[str], allowed: set[str]) -> None:
    names = {"0": "pcmu", "3": "gsm", "8": "pcma", "9": "g722"}
    wanted = next((names[number] for number in numbers if names[number] in allowed), "")
    assert first_codec(offer(" ".join(numbers)), tuple(allowed)).lower() == (f"{wanted}/" if wanted else "")
