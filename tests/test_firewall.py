from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from smoke.history.runs import History
from smoke.model import Outcome
from smoke.reporting import document
from smoke.secrets.firewall import clean, holds, scrubbed
from smoke.secrets.secret import Scrubber, Secret
from smoke.secrets.sweeping import sweep
from tests.support.run_builder import a_finding, a_result, a_run, an_attempt

CANARY = 'c4n&ry "pässword"+/='


@pytest.fixture
def scrubber() -> Scrubber:
    return Scrubber([Secret(CANARY)])


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


FORMS = {
    "raw": CANARY.encode(),
    "URL": quote(CANARY).encode(),
    "form": quote_plus(CANARY).encode(),
    "JSON": json.dumps({"p": CANARY}).encode(),
    "JSON in JSON": json.dumps(json.dumps(CANARY)).encode(),
    "base64": base64.b64encode(b"user:" + CANARY.encode()),
    "gzip": gzip.compress(CANARY.encode()),
    "zip": zipped(trace=CANARY.encode()),
    "a zip in a gzip in a zip": zipped(outer=gzip.compress(zipped(inner=CANARY.encode()))),
    "a name in a zip": zipped(**{f"{quote(CANARY, safe='')}.txt": b""}),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_seen_and_taken_out_in_every_form(form: str, scrubber: Scrubber) -> None:
    """However a secret is written or packed, it is found, and gone afterwards."""
    data = b"before " + FORMS[form] + b" after" if form in {"raw", "URL", "form", "JSON", "base64"} else FORMS[form]
    assert holds(data, scrubber)
    assert not holds(clean(data, scrubber), scrubber)


@pytest.mark.parametrize(
    "data",
    [b"", b"plain", gzip.compress(b"plain"), zipped(a=b"plain"), b"\x1f\x8bbroken"],
    ids=["empty", "plain", "gzip", "zip", "broken"],
)
def test_what_holds_no_secret_stays_as_it_is(data: bytes, scrubber: Scrubber) -> None:
    """Nothing is rewritten without a reason."""
    assert not holds(data, scrubber)
    assert clean(data, scrubber) == data


def test_files_are_cleaned_and_what_cannot_be_is_withheld(scrubber: Scrubber, tmp_path: Path) -> None:
    """After a sweep no file and no name below the folder holds a secret, and what was withheld is told."""
    encrypted_name = f"{CANARY.replace('/', '_')}.txt"
    scrubber.learn(encrypted_name)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "log.json").write_text(json.dumps([CANARY, "kept"]))
    (tmp_path / encrypted_name).write_text("x")
    assert sweep([tmp_path], scrubber) == ("***",)
    left = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"log.json": b'["***", "kept"]', "***.withheld": b""}


@pytest.mark.parametrize("around", ["nothing", "zip", "gzip"])
@pytest.mark.parametrize("kind", ["zip cut off", "zip spoiled", "gzip cut off"])
def test_what_nobody_can_look_into_is_withheld(kind: str, around: str, scrubber: Scrubber, tmp_path: Path) -> None:
    """Somebody could mend it, and find what stands in it."""
    whole = zipped(a=CANARY.encode() * 20)
    closed = {
        "zip cut off": whole[:-30],
        "zip spoiled": whole[:40] + b"x" + whole[41:],
        "gzip cut off": gzip.compress(CANARY.encode())[:-9],
    }[kind]
    data = {"nothing": closed, "zip": zipped(a=closed), "gzip": gzip.compress(closed)}[around]
    (tmp_path / "left").write_bytes(data)
    assert sweep([tmp_path], scrubber) == ("left",)
    assert [path.name for path in tmp_path.iterdir()] == ["left.withheld"]


def test_folders_get_other_names_and_links_go(scrubber: Scrubber, tmp_path: Path) -> None:
    """No name of a folder holds a secret after a sweep, and nothing outside is touched."""
    scrubber.learn("S3cretName")
    outside = tmp_path / "outside.txt"
    outside.write_text("S3cretName")
    for name in ("a S3cretName", "a s3cretname"):
        (tmp_path / "swept" / name / "S3cretName").mkdir(parents=True)
        (tmp_path / "swept" / name / "S3cretName" / "log").write_text("x")
    (tmp_path / "swept" / "link").symlink_to(outside)
    assert sweep([tmp_path / "swept"], scrubber) == ()
    left = sorted(path.relative_to(tmp_path / "swept").as_posix() for path in (tmp_path / "swept").rglob("log"))
    assert left == ["a ***-2/***/log", "a ***/***/log"]
    assert not (tmp_path / "swept" / "link").is_symlink()
    assert outside.read_text() == "S3cretName"


def test_a_single_file_is_swept(scrubber: Scrubber, tmp_path: Path) -> None:
    """As a report of pytest's own is named."""
    (tmp_path / "junit.xml").write_text(f"<failure>{CANARY}</failure>")
    assert sweep([tmp_path / "junit.xml", tmp_path / "missing"], scrubber) == ()
    assert (tmp_path / "junit.xml").read_text() == "<failure>***</failure>"


def test_a_trace_loses_cookies_and_tokens_that_nobody_knows(scrubber: Scrubber) -> None:
    """Wherever it comes from; another archive keeps what is no known secret."""
    data = b'{"cookies":[{"name":"sid","value":"Unkn0wn"}],"access_token":"Unkn0wn"}'
    trace = clean(zipped(**{"trace.network": data, "trace.trace": data}), scrubber)
    with zipfile.ZipFile(io.BytesIO(trace)) as archive:
        assert all(b"Unkn0wn" not in archive.read(name) for name in archive.namelist())
    assert clean(zipped(other=data), scrubber) == zipped(other=data)


@pytest.mark.parametrize("cut", [30, 100])
def test_a_broken_archive_is_scrubbed_as_it_is(cut: int, scrubber: Scrubber) -> None:
    """What cannot be unpacked breaks nothing."""
    broken = zipped(a=CANARY.encode() * 20)
    broken = broken[:cut] + b"x" + broken[cut + 1 :]
    assert not holds(clean(broken, scrubber), scrubber)


def test_a_run_is_scrubbed_whole_and_keeps_its_values(scrubber: Scrubber) -> None:
    """Every text of a run is scrubbed, its enums and numbers stay."""
    run = a_run(a_result(), reason=f"{CANARY} is wrong")
    clean_run = scrubbed(run, scrubber)
    assert clean_run.reason == "*** is wrong"
    assert (clean_run.verdict, clean_run.results, clean_run.started) == (run.verdict, run.results, run.started)


@pytest.mark.parametrize(
    ("said", "left"),
    [("cut \ud83d", "cut \ufffd"), ("\udca9 off", "\ufffd off"), ("\ud83d\udca9", "💩"), ("naïve ☃ 💩", "naïve ☃ 💩")],
    ids=["first half", "second half", "both", "whole"],
)
def test_half_a_character_keeps_no_run_from_being_kept(tmp_path: Path, said: str, left: str) -> None:
    """A page cut a text off in the midst of one, and its words are evidence."""
    failed = a_result(an_attempt(findings=(replace(a_finding(), rule=said),)), outcome=Outcome.FAIL)
    run = scrubbed(a_run(failed, verdict=Outcome.FAIL, reason=said), Scrubber())
    History(tmp_path / "history.db").record(run)
    assert [each.reason for each in History(tmp_path / "history.db").recent(run.suite, run.environment, 1)] == [left]
    assert json.loads(document.write(run, tmp_path).read_bytes())["reason"] == left


@dataclass(frozen=True)
class Said:
    text: str
    more: object = None


NOWHERE = Path("S3cretName")


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("a S3cretName", "a ***"),
        (b"a S3cretName", b"a ***"),
        (["S3cretName", 1], ["***", 1]),
        (("S3cretName", 1), ("***", 1)),
        ({"S3cretName": "S3cretName", "n": 1}, {"***": "***", "n": 1}),
        (Said("S3cretName"), Said("***")),
        (Said("S3cretName", "S3cretName"), Said("***", "***")),
        (Said("x", (b"S3cretName", ["S3cretName"])), Said("x", (b"***", ["***"]))),
        ([NOWHERE], [NOWHERE]),
    ],
    ids=["text", "bytes", "list", "tuple", "dictionary", "field", "all fields", "nested", "anything else"],
)
def test_whatever_holds_texts_is_scrubbed(value: object, left: object) -> None:
    assert scrubbed(value, Scrubber([Secret("S3cretName")])) == left


@pytest.mark.parametrize(
    "value",
    [None, 1.5, Outcome.FAIL, ("x", 1), Said("x", Outcome.FAIL), NOWHERE, OrderedDict(a="S3cretName")],
    ids=["nothing", "number", "enum", "tuple", "dataclass", "path", "a kind of its own"],
)
def test_what_needs_no_scrubbing_is_the_same_as_before(value: object) -> None:
    """An enum is one though its name is somebody's password; what cannot be made of its parts is not made anew."""
    assert scrubbed(value, Scrubber([Secret("S3cretName"), Secret("FAIL")])) is value


def test_a_file_in_which_cleaning_leaves_a_secret_is_withheld(tmp_path: Path) -> None:
    """What is left where one secret was taken out may be another one."""
    (tmp_path / "log").write_text("xxabcdyyyyyyyy and more")
    assert sweep([tmp_path], Scrubber([Secret("abcd"), Secret("xx***yyyyyyyy")])) == ("log",)
    assert [path.name for path in tmp_path.iterdir()] == ["log.withheld"]


def test_what_is_packed_again_is_packed_as_tight(scrubber: Scrubber) -> None:
    """A trace with a secret in it does not fill the disk."""
    assert len(clean(zipped(trace=CANARY.encode() + b"x" * 100_000), scrubber)) < 1000
