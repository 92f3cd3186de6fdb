from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from smoke.firewall import clean, holds, scrubbed, sweep
from smoke.secret import Scrubber, Secret
from tests.support.run_builder import a_result, a_run

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


@pytest.mark.parametrize("data", [b"", b"plain", gzip.compress(b"plain"), zipped(a=b"plain"), b"\x1f\x8bbroken"])
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


def test_a_run_is_scrubbed_whole_and_keeps_its_values(scrubber: Scrubber) -> None:
    """Every text of a run is scrubbed, its enums and numbers stay."""
    run = a_run(a_result(), reason=f"{CANARY} is wrong")
    clean_run = scrubbed(run, scrubber)
    assert clean_run.reason == "*** is wrong"
    assert (clean_run.verdict, clean_run.results, clean_run.started) == (run.verdict, run.results, run.started)
