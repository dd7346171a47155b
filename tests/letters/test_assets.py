import re

import pytest

from tracker.letters.assets import assets, for_browser, unprintable
from tracker.letters.catalog import templates
from tracker.letters.draft import draft


def test_the_preview_is_the_pdfs_html_but_for_the_address_of_its_style_sheet(necessity):
    html = draft(templates()["L01"], necessity, {}).html
    shown = for_browser(html, "/letters/assets/")
    assert 'href="/letters/assets/letter.css"' in shown
    assert shown.replace("/letters/assets/", "asset:") == html


def test_words_that_look_like_an_address_stay_words(necessity):
    words = 'see href="asset:letter.css" and url("asset:letter.css")'
    html = draft(templates()["L01"], necessity, {"comment": words}).html
    assert html.count("asset:letter.css") == 3
    assert for_browser(html, "/a/").count("asset:letter.css") == 2


def test_the_style_sheet_names_only_assets_that_exist():
    css = assets()["letter.css"][0].decode()
    named = set(re.findall(r'url\("asset:([^"]+)"\)', css))
    assert named == {name for name in assets() if name.endswith(".ttf")}
    assert "asset:" not in for_browser(css, "")


def test_the_style_sheet_is_balanced():
    css = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", assets()["letter.css"][0].decode(), flags=re.DOTALL)
    assert css.count("{") == css.count("}")


@pytest.mark.parametrize("text", ["Nguyễn Łukasz Đặng Çelik", "≥ 3/5 → ☑ ½ 90° ±2 “so” – —", "", "\n\t"])
def test_the_letters_fonts_write_what_therapists_write(text):
    assert unprintable(text) == ()


def test_what_the_fonts_cannot_write_is_named_once():
    assert unprintable("王 and 王 😀") == ("王", "😀")
