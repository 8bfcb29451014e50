"""Every view, in both themes and at both widths: for everybody, and for the guide."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .conftest import KEY, ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .conftest import Filled, Opener

WIDE, NARROW = 1440, 360
IMAGES = ROOT / "docs" / "images"
IMAGE_BYTES_MAX = 120 * 1024
VIEWS = ["list", "phone", "message", "code", "zawgyi", "encrypted", "jobs", "missing"]


def _open(page: Page, filled: Filled, view: str) -> None:
    page.goto(filled.views[view])
    if view == "list":
        expect(page.locator("#live")).to_have_text("Live")
    if view == "encrypted":
        page.get_by_label("Key").fill(KEY)
        page.get_by_role("button", name="Decrypt").click()
        expect(page.get_by_text("The key fits.")).to_be_visible()


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(filled: Filled, window: Opener, scheme: str, width: int) -> None:
    for view in VIEWS:
        one = window(width, color_scheme=scheme, reduced_motion="reduce")
        _open(one.page, filled, view)
        assert one.violations() == [], view
        if view == "missing":
            one.complaints.clear()  # Chromium writes each 404 down
    one = window(width, color_scheme=scheme)
    one.page.goto(filled.views["list"])
    one.page.get_by_role("button", name="Wipe…").click()
    assert one.violations() == []


@pytest.mark.parametrize("width", [320, NARROW, 768, 1000, WIDE])
def test_nothing_is_wider_than_the_window(filled: Filled, window: Opener, width: int) -> None:
    page = (one := window(width)).page
    for view in VIEWS:
        _open(page, filled, view)
        wide = page.evaluate(
            """() => [...document.querySelectorAll('body *')].filter(e =>
                !e.closest('.unseen, dialog:not([open])') && e.getBoundingClientRect().right >
                document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 200))"""
        )
        assert wide == [], view
    one.complaints.clear()  # of the 404


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_what_is_touched_is_large_enough(filled: Filled, window: Opener, width: int) -> None:
    page = window(width).page
    for view in ("list", "encrypted", "jobs"):
        _open(page, filled, view)
        low = page.eval_on_selector_all(
            "button, .button, input, select, nav a, summary",
            """all => all.filter(e => e.offsetParent && e.offsetHeight < 44)
                .map(e => e.outerHTML.slice(0, 200))""",
        )
        assert low == [], view


def test_no_mark_of_a_letter_is_cut(filled: Filled, window: Opener) -> None:
    """The room of each Burmese line is that of the font, marks and all."""
    for width in (WIDE, NARROW):
        page = window(width).page
        for view in ("list", "phone", "message", "zawgyi"):
            _open(page, filled, view)
            cut = page.eval_on_selector_all(
                "[lang=my]",
                """all => all.filter(e => {
                    const style = getComputedStyle(e);
                    const pen = document.createElement('canvas').getContext('2d');
                    pen.font = `${style.fontSize} ${style.fontFamily}`;
                    const ink = pen.measureText(e.textContent);
                    const high = ink.actualBoundingBoxAscent + ink.actualBoundingBoxDescent;
                    return high > parseFloat(style.lineHeight);
                }).map(e => e.textContent)""",
            )
            assert cut == [], view


def test_it_goes_by_keyboard(filled: Filled, window: Opener) -> None:
    page = window(NARROW).page
    page.goto(filled.views["list"])
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Number")).to_be_focused()
    seen = []
    for _ in range(60):
        outline = page.evaluate(
            """() => { const on = document.activeElement;
                const shown = on.closest('.row:has(.row-text:focus)') ?? on;
                return [on.tagName, getComputedStyle(shown).outlineStyle]; }"""
        )
        seen.append(outline)
        if outline[0] == "BODY":
            break
        page.keyboard.press("Tab")
    assert seen[-1][0] == "BODY"  # out at the end: nothing holds the focus
    assert all(style != "none" for _, style in seen[:-1])


def test_a_dialog_goes_by_keyboard(filled: Filled, window: Opener) -> None:
    page = window().page
    page.goto(filled.views["jobs"])
    opener = page.get_by_role("button", name="Wipe…")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Keep the newest")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_nothing_moves_where_that_is_not_wanted(filled: Filled, window: Opener) -> None:
    duration = "getComputedStyle(document.querySelector('.row')).transitionDuration"
    still = window(reduced_motion="reduce").page
    still.goto(filled.views["list"])
    assert still.evaluate(duration) == "0s"
    moving = window(reduced_motion="no-preference").page
    moving.goto(filled.views["list"])
    assert moving.evaluate(duration) != "0s"


PICTURES = [
    ("inbox-list", "list", 1120, "light"),
    ("inbox-list-dark", "list", 1120, "dark"),
    ("inbox-message", "message", 1120, "light"),
    ("inbox-encrypted", "encrypted", 1120, "light"),
    ("inbox-jobs", "jobs", 1120, "light"),
    ("inbox-list-narrow", "list", NARROW, "light"),
    ("inbox-phone", "phone", NARROW, "light"),
    ("inbox-phone-dark", "phone", NARROW, "dark"),
]


def _smaller(picture: bytes) -> bytes:
    """Return the same picture, its pixels packed as tightly as can be: Chromium is in a hurry."""
    before, pixels, rest, at = picture[:8], b"", b"", 8
    while at < len(picture):
        size = struct.unpack_from(">I", picture, at)[0]
        kind, chunk = picture[at + 4 : at + 8], picture[at : at + 12 + size]
        if kind == b"IDAT":
            pixels += chunk[8:-4]
        elif pixels:
            rest += chunk
        else:
            before += chunk
        at += 12 + size
    packed = b"IDAT" + zlib.compress(zlib.decompress(pixels), 9)
    packed = struct.pack(">I", len(packed) - 4) + packed + struct.pack(">I", zlib.crc32(packed))
    return before + packed + rest


def test_the_pictures_of_the_guide(
    filled: Filled, window: Opener, request: pytest.FixtureRequest
) -> None:
    guide = (ROOT / "docs" / "guide" / "inbox.md").read_text("utf-8")
    for name, view, width, scheme in PICTURES:
        height = 740 if width == NARROW else 680
        page = window(width, height, color_scheme=scheme, reduced_motion="reduce").page
        _open(page, filled, view)
        picture = _smaller(page.screenshot())
        assert len(picture) < IMAGE_BYTES_MAX, (name, len(picture))
        if request.config.getoption("--screenshots"):
            IMAGES.mkdir(exist_ok=True)
            (IMAGES / f"{name}.png").write_bytes(picture)
        assert (IMAGES / f"{name}.png").stat().st_size < IMAGE_BYTES_MAX
        assert f"(../images/{name}.png)" in guide
