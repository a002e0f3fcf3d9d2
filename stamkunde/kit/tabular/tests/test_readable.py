"""What a reader stumbles over is an answer about the file; what a disk does is not."""

import pytest

from stamkunde.kit.tabular import reading
from stamkunde.kit.tabular.layout import DELIMITED, Layout, Row, UnreadableFileError
from stamkunde.kit.tabular.reading import read_rows


@pytest.mark.parametrize(
    ("error", "answer"),
    [(ValueError("secret"), UnreadableFileError), (IndexError(), UnreadableFileError), (OSError(5, "x"), OSError)],
)
def test_a_stumble_is_a_sentence_and_a_failing_disk_stays_one(tmp_path, monkeypatch, caplog, error, answer):
    def stumbling(*_ignored):
        yield Row(1, ["Kari"])
        raise error

    monkeypatch.setitem(reading._READERS, DELIMITED, stumbling)
    rows = read_rows(tmp_path, Layout())

    assert next(rows).cells == ["Kari"]
    with pytest.raises(answer):
        next(rows)
    assert "secret" not in caplog.text
