"""Pictures of more than one row of numbers: what is drawn is in proportion, and nothing is drawn of nothing."""

from stamkunde.kit.pictures import Band, Flow, GroupedBars, Series


def test_bars_are_as_high_as_their_numbers_and_what_is_missing_has_none():
    picture = GroupedBars("T", "D", ["Jan", "Feb"], ["2026", ""], [Series("A", [50, None]), Series("B", [100, 0])])

    assert [(part.tone, part.height) for part in picture.parts] == [
        ("green", "40.0"), ("blue", "80.0"), ("blue", "1.5"),
    ]  # fmt: skip
    assert picture.names == [("A", "green"), ("B", "blue")]
    assert picture.marks == [("23", "Jan", "2026"), ("69", "Feb", "")]
    assert GroupedBars("T", "D", [], [], []).parts == []


def test_bands_fill_both_sides_in_proportion():
    picture = Flow("T", "D", ["Gold", "none"], ["Gold", "none"], [Band(0, 0, 1, "a"), Band(1, 0, 3, "b", "green")])

    assert [node.height for node in picture.left] == ["53.5", "160.5"]
    assert [node.height for node in picture.right] == ["214.0", "1.0"]
    assert [(band.tone, band.text) for band in picture.drawn] == [("plain", "a"), ("green", "b")]
    # The second band ends where the first one did.
    assert " 490" not in picture.drawn[1].path
    assert "482 59.5v160.5" in picture.drawn[1].path
    assert Flow("T", "D", ["a"], ["a"], []).drawn == []
