"""The look keeps its promises: small, without inline style or script, every icon there, every piece readable."""

import hashlib
import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

import stamkunde
from stamkunde.kit import static_bundle
from stamkunde.kit.charts import Bar, BarChart
from stamkunde.kit.templatetags.look import icon_names, initials

HOUSE = Path(stamkunde.__file__).parent
TEMPLATES = sorted(HOUSE.glob("*/templates/**/*.html"))
KIT = HOUSE / "kit" / "static" / "kit"


def draw(source: str, **context: object) -> str:
    request = RequestFactory().get("/c?q=Åse&page=x")
    return Template("{% load look %}" + source).render(Context({"request": request, **context}))


def test_style_sheets_and_scripts_stay_within_their_budget():
    assert len(static_bundle.styles().encode()) < 38_000
    assert len(static_bundle.scripts().encode()) < 11_000


def test_the_bundle_holds_every_part_there_is():
    assert {f"{name}.css" for name in static_bundle.STYLES} == {path.name for path in (KIT / "css").iterdir()}
    assert {f"{name}.js" for name in static_bundle.SCRIPTS} == {path.name for path in (KIT / "js").iterdir()}


def test_the_bundle_is_its_parts_in_order():
    rules = [re.sub(r"/\*.*?\*/", "", (KIT / "css" / f"{name}.css").read_text("utf-8"), flags=re.DOTALL)
             for name in static_bundle.STYLES]  # fmt: skip
    assert "".join(static_bundle.styles().split()) == "".join("".join(rules).split()).replace(";}", "}")


def test_packing_a_script_leaves_every_text_in_quotes_as_it_is():
    quoted = re.compile(r"""("(?:\\.|[^"\\\n])*"|`[^`]*`)""")
    for name in static_bundle.SCRIPTS:
        lines = (KIT / "js" / f"{name}.js").read_text("utf-8").splitlines()
        source = "\n".join(line for line in lines if not line.strip().startswith("//"))
        packed = static_bundle.scripts()
        assert [text for text in quoted.findall(source) if text not in packed] == [], name


def test_the_names_that_are_shortened_are_plain_names_and_their_short_ones_are_free():
    source = "\n".join((KIT / "js" / f"{name}.js").read_text("utf-8") for name in static_bundle.SCRIPTS)
    source = re.sub(r"^ *//.*$", "", source, flags=re.MULTILINE)
    for long, short in static_bundle.SHORT.items():
        assert not re.search(rf"\.{long}\b|[{{,] *{long} *[:}}]|\${{[^}}]*\b{long}\b", source), long
        assert not re.search(rf"(?<![\w.\"'`#\[-]){short}(?![\w\"'`\]-])", source), short


def test_static_files_find_the_bundle_as_if_it_lay_in_a_folder():
    found = finders.find("kit/stamkunde.css")
    assert found
    assert Path(found).read_text("utf-8") == static_bundle.styles()


def test_vendored_files_are_those_that_were_checked():
    listed = re.findall(r"^([0-9a-f]{64})  (\S+)$", (KIT / "vendor" / "VENDORED.md").read_text("utf-8"), re.MULTILINE)
    assert {name for _sum, name in listed} == {path.name for path in (KIT / "vendor").glob("*.js")}
    for checksum, name in listed:
        assert hashlib.sha256((KIT / "vendor" / name).read_bytes()).hexdigest() == checksum, name


# A page in a file that people are given, read without us, and a mail in a frame that may fetch nothing: they have
# nowhere else to keep how they look.
LEAVES_THE_HOUSE = {"letter.html", "original.html"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_template_holds_style_or_script_of_its_own(path):
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert path.name in LEAVES_THE_HOUSE or not re.search(r"<style\b", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son(?!e\b)[a-z]+\s*=|hx-on|javascript:", text)
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_icon_a_template_names_is_in_the_sprite(path):
    named = set(re.findall(r"""(?:{% icon |icon=)"([a-z0-9-]+)\"""", path.read_text("utf-8")))
    assert named <= icon_names()


def test_the_style_sheets_ask_for_nothing_from_elsewhere():
    assert "url(" not in static_bundle.styles()
    assert "@import" not in static_bundle.styles()


def test_an_unknown_icon_is_said_at_once():
    with pytest.raises(TemplateSyntaxError, match="no-such-icon"):
        draw('{% icon "no-such-icon" %}')


def test_an_icon_is_silent_unless_it_has_a_title():
    assert 'aria-hidden="true"' in draw('{% icon "phone" %}')
    assert 'aria-label="Phone"' in draw('{% icon "phone" title="Phone" %}')


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Åse Bjørnstad", "ÅB"), ("Maria", "M"), ("Per-Erik Östlund", "PÖ"), ("李小龍", "李"), ("Ольга Петрова", "ОП"),
     ("", "?"), ("🙂", "?"), ("\x00 ", "?"), ("Ångström", "Å"), ("ß ß", "SS"), ("A" * 2_000, "A")],
)  # fmt: skip
def test_initials_in_any_script(name, letters):
    assert initials(name) == letters


def test_every_piece_escapes_what_people_typed():
    typed = '<b onclick="x">'
    for source in (
        "{% chip typed %}", "{% avatar typed %}", "{% stat typed typed hint=typed %}", "{% badge typed label=typed %}",
        '{% alert title=typed %}{{ typed }}{% endalert %}', '{% card title=typed %}{{ typed }}{% endcard %}',
        '{% moment icon="mail" title=typed when=typed %}{{ typed }}{% endmoment %}', '{% inline "/x" typed typed %}',
        '{% empty icon="mail" title=typed text=typed %}', '{% progress 1 2 typed %}', '{% icon "mail" title=typed %}',
    ):  # fmt: skip
        assert "<b " not in draw(source, typed=typed), source


def test_what_never_changes_is_drawn_once_for_each_language_and_knows_nothing_of_the_page():
    source = "{% load i18n %}{% unchanging %}{% translate 'Close' %}<{{ name }}>{% endunchanging %}{{ name }}"
    page = Template("{% load look %}" + source)
    for language, word in (("nb", "Lukk"), ("en", "Close"), ("nb", "Lukk")):
        with translation.override(language):
            assert page.render(Context({"name": "Kari"})) == f"{word}<>Kari"


def test_a_field_ties_its_help_and_its_mistake_to_the_control():
    class Form(forms.Form):
        name = forms.CharField(help_text="As the customer says it.")

    html = draw("{% field form.name %}", form=Form({"name": ""}))
    assert 'aria-describedby="id_name-help id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name-help"' in html
    assert 'id="id_name-error"' in html


def test_a_field_without_mistake_says_none():
    class Form(forms.Form):
        name = forms.CharField(required=False)

    html = draw("{% field form.name %}", form=Form())
    assert "aria-invalid" not in html
    assert "(optional)" in html


@pytest.mark.parametrize(("first", "is_marked"), [("None in particular", False), ("Choose", True), ("–", True)])
def test_a_choice_that_says_nothing_is_chosen_needs_no_mark_beside_it(first, is_marked):
    class Form(forms.Form):
        store = forms.ChoiceField(required=False, choices=[("", first), ("1", "Majorstuen")])

    assert ("(optional)" in draw("{% field form.store %}", form=Form())) == is_marked


def test_a_sorted_column_turns_round_and_begins_at_the_first_page():
    html = draw('{% sort_head "name" "Name" "name" %}')
    assert 'aria-sort="ascending"' in html
    assert "sort=-name" in html
    assert "q=%C3%85se" in html
    assert "page=" not in html


def test_a_drawn_chart_has_plain_numbers_in_every_language(settings):
    settings.USE_THOUSAND_SEPARATOR = True
    chart = BarChart("Purchases", "Most in May.", [Bar("Apr", 1_000.5, "1 000"), Bar("May", 4_000.25, "4 000")])
    html = draw("{% bars chart %}", chart=chart)
    assert not re.search(r' (?:x|y|height)="[^"]*[,\s][^"]*"', html)
    assert "<title>Purchases</title>" in html
    assert "<td>4 000</td>" in html


@pytest.mark.parametrize("sizes", [[], [0, 0], [-5, 5]])
def test_a_chart_of_nothing_is_still_a_chart(sizes):
    chart = BarChart("Purchases", "None.", [Bar("x", size, str(size)) for size in sizes])
    assert all(float(column.height) >= 2 for column in chart.columns)


def test_each_line_of_a_row_is_a_span_and_no_line_break_leaves_a_gap():
    """The lines of a row stand under one another by themselves; a break between them would be an empty line."""
    main = re.compile(r'<(\w+) class="list-main".*?</\1>(?=\s*(?:<|{|$))')
    broken = [f"{path.name}: {row[0][:80]}" for path in TEMPLATES for row in main.finditer(path.read_text("utf-8"))
              if "<br>" in row[0]]  # fmt: skip
    assert broken == []
