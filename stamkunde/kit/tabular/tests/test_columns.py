"""How many columns a file may have, however it is written."""

import json

import pytest

from stamkunde.kit.tabular.guessing import guess_layout
from stamkunde.kit.tabular.layout import MOST_COLUMNS, UnreadableFileError
from stamkunde.kit.tabular.writing import FORMATS, open_writer


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_has_at_most_three_hundred_columns(tmp_path, form):
    def written(width):
        names = [f"c{number}" for number in range(width)]
        with open_writer(tmp_path / f"rows.{form}", form, names) as writer:
            writer.write(["a"] * width)
        return tmp_path / f"rows.{form}"

    assert len(guess_layout(written(MOST_COLUMNS)).columns) == 300
    with pytest.raises(UnreadableFileError, match="more than 300 columns"):
        guess_layout(written(MOST_COLUMNS + 1))


def test_columns_of_many_json_records_count_together(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({f"c{number}": 1}) + "\n" for number in range(301)))

    with pytest.raises(UnreadableFileError, match="more than 300 columns"):
        guess_layout(path)


def test_columns_parted_by_blanks_count_too(tmp_path):
    path = tmp_path / "rows.txt"
    path.write_text("\n".join(" ".join(f"{letter}{number}" for number in range(301)) for letter in "abc"))

    with pytest.raises(UnreadableFileError, match="more than 300 columns"):
        guess_layout(path)
