"""What a wrong dialplan is told: the place, the value, the remedy; and never a password."""

import stat
from pathlib import Path

import pytest

from softswitch.config import DialplanError, Problem, Severity, load, load_text

GOOD = "domain: a.example\nextensions:\n  101: {password: abcdefgh}\n"
FILE = Path("office.yaml")


def problems_of(text: str, environment: dict[str, str] | None = None) -> tuple[Problem, ...]:
    with pytest.raises(DialplanError) as caught:
        load_text(text, FILE, environment or {})
    return caught.value.problems


def only(text: str) -> str:
    problems = problems_of(text)
    assert len(problems) == 1, "\n".join(map(str, problems))
    return str(problems[0])


EXTENSION = "domain: a.example\nextensions:\n  101:\n    password: abcdefgh\n    "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "domain: a.example\nextensions:\n  101:\n    pasword: geheimnis\n    password: abcdefgh\n",
            "office.yaml:4:5: extensions.101.pasword: unknown key 'pasword'; did you mean 'password'?",
        ),
        (GOOD + "domain: b.example\n", "4:1: domain: 'domain' is written twice; it stands in line 1 already"),
        (GOOD + '  "101": {password: xyzxyzxyz}\n', "4:3: extensions.101: '101' is written twice"),
        (
            GOOD + "records: {database: 'mysql://u:hush@h/d'}\n",
            "4:21: records.database: this is not the address of a database; write postgresql://",
        ),
        (GOOD + "records: {database: ''}\n", "4:21: records.database: this is not the address of a database"),
        (
            GOOD + "metrics: {listen: localhost:9090}\n",
            "metrics.listen: this is not an address to listen on: 'loc",
        ),
        (GOOD + "metrics: {listen: '127.0.0.1:0'}\n", "write it like 127.0.0.1:9090 or [::1]:9090"),
        (GOOD + "records: 'postgresql://u:hush@h/d'\n", "4:10: records: settings are wanted here; write"),
        (GOOD + "version: 2\n", "4:10: version: this is not one of the values allowed: '2'; write 1"),
        (GOOD + "version: true\n", "4:10: version:"),
        (GOOD + "timezone: Europe/Berlni\n", "unknown: 'Europe/Berlni'; did you mean 'Europe/Berlin'?"),
        (GOOD + "language: german!\n", "4:11: language: this is not a language tag: 'german!'"),
        (GOOD + "codecs: [pcma, g729]\n", "4:16: codecs[1]: this is not one of the values allowed: 'g729'"),
        (GOOD + "codecs: [pcma, pcma]\n", "'pcma' is listed twice; list it once"),
        (GOOD + "codecs: pcma\n", "codecs: a list is wanted here: 'pcma'"),
        (GOOD + "codecs: []\n", "codecs: nothing is listed here"),
        (GOOD + "listen: [upd://0.0.0.0:5060]\n", "listen[0]: unknown transport 'upd'"),
        (GOOD + "listen: [udp://0.0.0.0:70000]\n", "'70000' is not a port"),
        (GOOD + "listen: [udp://0.0.0.0:0]\n", "'0' is not a port"),
        (GOOD + "listen: [udp://office.example]\n", "'office.example' is not an IP address"),
        (GOOD + "listen: ['udp://[127.0.0.1]']\n", "only IPv6 addresses stand in brackets"),
        (GOOD + "listen: [5060]\n", "listen[0]: this is not a listener: '5060'"),
        (GOOD + "listen: [udp://1.2.3.4, udp://1.2.3.4:5060]\n", "'udp://1.2.3.4:5060' is listed twice"),
        (GOOD + "listen: [udp://1.2.3.4, udp://0.0.0.0]\n", "udp://1.2.3.4:5060 takes this port already"),
        (GOOD + "listen: [tls://0.0.0.0]\n", "4:10: listen[0]: a TLS listener needs a certificate"),
        (
            GOOD + "listen: [udp://[::1]]\n",
            "a comma is missing before this, or ]; put a comma between two settings",
        ),
        (GOOD + "rtp: {ports: 20000-10000}\n", "rtp.ports: the range is reversed"),
        (GOOD + "rtp: {ports: 20001-20001}\n", "no RTP session fits this range"),
        (GOOD + "rtp: {ports: 0-10000}\n", "a port is out of bounds"),
        (GOOD + "rtp: {ports: 10000}\n", "this is not a range of ports: '10000'"),
        (GOOD + "calls: {ring_time: 5 minutes}\n", "calls.ring_time: this is not a duration: '5 minutes'"),
        (GOOD + "calls: {ring_time: off}\n", "calls.ring_time: this is not a duration: 'off'"),
        (GOOD + "calls: {ring_time: .inf}\n", "calls.ring_time: this is not a duration: 'inf'"),
        (GOOD + "calls: {session_timer: 60s}\n", "out of bounds: '60s'; write 90s to 1d, or off"),
        (GOOD + 'calls: {max_calls: "5"}\n', "calls.max_calls: a whole number is wanted here: '5'"),
        (GOOD + "calls: {max_calls: 5.0}\n", "calls.max_calls: a whole number is wanted here: '5.0'"),
        (GOOD + "calls: {max_calls: 0}\n", "this number is too small: '0'; write 1 or more"),
        (GOOD + "calls: {max_calls: 1001}\n", "this number is too large: '1001'; write 1000 or less"),
        (
            GOOD + f"listen: [{', '.join(f'udp://127.0.0.{n}' for n in range(1, 10))}]\n",
            "listen: there are too many here; list at most 8",
        ),
        (GOOD + "calls: 5\n", "calls: settings are wanted here: '5'"),
        (GOOD + "calls:\n", "4:1: calls: there is no value"),
        (
            GOOD + "registration: {min_expires: 2h, max_expires: 1h}\n",
            "min_expires is longer than max_expires",
        ),
        (GOOD + "external_address: office.example\n", "this is not an IP address: 'office.example'"),
        (GOOD + "external_address: 0.0.0.0\n", "no phone can send to this address"),
        (GOOD + "local_networks: [10.0.0.1/8]\n", "did you mean '10.0.0.0/8'?"),
        (GOOD + "local_networks: [office]\n", "this is not a network: 'office'"),
        (GOOD + "tls: {certificate: auto, key: k.pem}\n", "tls: certificate: auto brings its own key"),
        (GOOD + "tls: {certificate: c.pem}\n", "the certificate's key is missing"),
        (GOOD + "log: {level: inof}\n", "'inof'; did you mean 'info'?"),
        (GOOD + "? [a, b]\n: c\n", "a list or mapping stands where a key should"),
        (GOOD + "language: !!str de\n", "a tag (a word that begins with !)"),
        (GOOD + "<<: {language: de}\n", "YAML 1.2 has no merge keys"),
        (GOOD + "---\ndomain: b.example\n", "a second document"),
        ("domain: 10.0.0.256\nextensions: {1: {password: abcdefgh}}", "1:9: domain: this is neither"),
        ("extensions: {1: {password: abcdefgh}}", "1:1: domain: 'domain' is missing"),
        ("domain: a.example", "extensions: 'extensions' is missing"),
        ("domain: a.example\nextensions: {}", "extensions: nothing is listed here"),
        ("domain: a.example\nextensions: [101]", "extensions: a mapping is wanted here"),
        ("[a, b]", "office.yaml:1:1: a dialplan is a mapping"),
        ("just words", "office.yaml:1:1: a dialplan is a mapping"),
        (EXTENSION + "devices: 0\n", "5:14: extensions.101.devices: this number is too small: '0'"),
        (EXTENSION + "do_not_disturb: yes\n", "true or false is wanted here: 'yes'"),
        (EXTENSION + "srtp: on\n", "extensions.101.srtp: this is not one of the values allowed: 'on'"),
        (EXTENSION + "srtp: false\n", "extensions.101.srtp: this is not one of the values allowed: 'false'"),
        (EXTENSION + "name: 007\n", "extensions.101.name: this is not a name"),
        (EXTENSION + 'name: "a\\nb"\n', "write 1 to 64 printable characters"),
        (EXTENSION + "transports: [tls]\n", "extensions.101.transports: no listener takes tls"),
        (EXTENSION + "number: 5\n", "unknown key 'number'; delete it: the number is the key above, 101"),
        (EXTENSION + "ring_time:\n", "extensions.101.ring_time: there is no value"),
        ("domain: a.example\nextensions:\n  '*72': {password: abcdefgh}", "not an extension's number: '*72'"),
        ("domain: a.example\nextensions:\n  1.5: {password: abcdefgh}", "not an extension's number: '1.5'"),
        (
            "domain: a.example\nextensions:\n  \u0661\u0660\u0661: {password: abcdefgh}",
            "not an extension's number",
        ),
    ],
)
def test_each_mistake_is_told_with_its_place_and_remedy(text: str, said: str) -> None:
    assert said in only(text)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "~\n"])
def test_an_empty_file_is_no_dialplan(text: str) -> None:
    assert problems_of(text)


def test_all_problems_come_at_once_sorted_by_line() -> None:
    problems = problems_of(
        "domain: a_b\nlisten: [tls://0.0.0.0]\nrtpp: 1\nmusic: {default: {files: /no/such.wav}}\n"
        "extensions:\n  101: {password: short}\n  102: {}\n  103: {devices: 3, pasword: x}\n"
    )
    assert [(problem.line, problem.path) for problem in problems] == [
        (1, "domain"),
        (2, "listen[0]"),
        (3, "rtpp"),
        (4, "music.default.files"),
        (6, "extensions.101.password"),
        (7, "extensions.102.password"),
        (8, "extensions.103.pasword"),
    ]
    assert [problem.severity for problem in problems].count(Severity.WARNING) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("abcdefgh", "abc"), "the password is shorter than 8 characters"),
        (GOOD.replace("101", "123456789").replace("abcdefgh", '"123456789"'), "own number or name"),
        (EXTENSION.replace("abcdefgh", "Anna Berg") + "name: anna berg\n", "own number or name"),
        (GOOD + "rtp: {ports: 10000-10399}\n", "room for 100 calls; calls.max_calls is 1000"),
        (GOOD + "rtp: {ports: 5000-9999}\n", "this port is among those for sound, 5000-9999"),
        (GOOD + "tls: {certificate: auto}\n", "no listener uses this certificate"),
    ],
)
def test_what_is_only_unwise_is_a_warning(text: str, said: str) -> None:
    (warning,) = load_text(text, FILE, {}).warnings
    assert warning.severity is Severity.WARNING
    assert said in str(warning)
    assert ": warning: " in str(warning)


@pytest.mark.parametrize(
    "line",
    [
        "pasword: geheimnis",
        "password: [geheimnis]",
        "password: {geheimnis}",
        "password: {env: [geheimnis]}",
        "password: {value: geheimnis}",
        "password: *geheimnis",
        "password: @geheimnis",
        "password: %geheimnis",
        "password: !geheimnis x",
        "password: !geheimnis!x y",
        "password: 'geheimnis",
        'password: "\\geheimnis"',
        'password: "geheimnis" geheimnis',
        "password: geheimnis: geheimnis",
        "password: 'geheim\\nnis' [",
        "password: >geheimnis",
        "password: geheimnis\x07",
        'password: "geheimnis\\a"',
        "password: gehei",
        "password: &geheimnis",
        "name: [geheimnis]\n    password: geheimnis\n    password: geheimnis",
    ],
)
def test_no_problem_shows_a_password(line: str) -> None:
    text = f"domain: a.example\nextensions:\n  101:\n    {line}\n  102: geheimnis\n"
    for problem in problems_of(text):
        key_is_shown = problem.path.endswith(".geheimnis")
        assert key_is_shown or "gehei" not in f"{problem} {problem!r}"


def test_a_password_as_large_as_a_number_is_not_shown() -> None:
    assert "48151623" not in only(GOOD.replace("abcdefgh", "48151623"))
    assert "48151623" not in only("domain: a.example\nextensions: 48151623\n")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("{env: PW}", "the environment variable PW is not set"),
        ("{env: PW, file: pw}", "a secret reference names one place"),
        ("{}", "a secret reference names one place"),
        ("{evn: PW}", "unknown key 'evn'; did you mean 'env'?"),
        ("{file: none}", "there is no file"),
        ("{file: /}", "is a folder, not a file"),
        ("{env: EMPTY}", "the password is empty"),
        ("{env: LONG}", "the password is too long"),
        ("{env: ODD}", "no phone can type"),
        ("{env: 5}", "a text is wanted here"),
    ],
)
def test_secret_references_that_lead_nowhere(reference: str, said: str) -> None:
    text = GOOD.replace("abcdefgh", reference)
    environment = {"EMPTY": "", "LONG": "x" * 129, "ODD": "ab\x00cdefgh"}
    assert said in str(problems_of(text, environment)[0])


def test_a_wide_or_binary_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe\x00geheimnis")
    file = tmp_path / "office.yaml"
    file.write_text(GOOD.replace("abcdefgh", "{file: secret}"))
    with pytest.raises(DialplanError, match="is not UTF-8 text"):
        load(file)


def test_files_that_are_missing_or_no_music(tmp_path: Path) -> None:
    (tmp_path / "moh.wav").write_bytes(b"not music at all")
    file = tmp_path / "office.yaml"
    file.write_text(
        GOOD
        + "music: {default: {files: moh.wav}}\nlisten: [tls://127.0.0.1]\ntls: {certificate: c, key: k}\n"
    )
    with pytest.raises(DialplanError) as caught:
        load(file)
    assert [(problem.line, problem.path) for problem in caught.value.problems] == [
        (4, "music.default.files"),
        (6, "tls.certificate"),
        (6, "tls.key"),
    ]


def test_unreadable_dialplans(tmp_path: Path) -> None:
    with pytest.raises(DialplanError, match="the dialplan cannot be read: No such file"):
        load(tmp_path / "none.yaml")
    with pytest.raises(DialplanError, match="the dialplan cannot be read"):
        load(tmp_path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("domain: a.example\nrealm: Büro\n".encode("latin-1"))
    with pytest.raises(DialplanError, match=r"latin\.yaml:2:9: this is not UTF-8 text"):
        load(latin)


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(file).line_of(("extensions", "101")) == 3


def test_a_file_without_rights_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal comes from a stand-in for the system's."""

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    music = tmp_path / "moh.wav"
    music.touch(stat.S_IRUSR)
    monkeypatch.setattr(Path, "open", refuse)
    assert "may not be read by this user" in only(GOOD + f"music: {{default: {{files: {music}}}}}\n")


def test_aliases_that_stand_for_billions_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "too large" in only("\n".join(lines))


def test_an_alias_of_itself_and_deep_nesting_are_refused() -> None:
    assert "there is none of this name above" in only("domain: &a [*a]")
    assert "nested too deeply" in only("a: " + "[" * 200)


def test_control_characters_of_the_file_do_not_reach_the_terminal() -> None:
    (problem,) = problems_of(GOOD + '"\\e[31m\\n": 1\n')
    assert str(problem).isprintable()
