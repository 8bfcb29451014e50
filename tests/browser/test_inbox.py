"""The inbox as a person uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from smspoh.gateway import OutgoingMessage

from .conftest import BURMESE, KEY, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from .conftest import Filled, Opener, Site


def test_a_message_arrives_live_and_its_status_follows(site: Site, window: Opener) -> None:
    page = window().page
    page.goto(site.url)
    expect(page.get_by_text("No message yet.")).to_be_visible()
    expect(page.locator("#live")).to_have_text("Live")
    site.send("Hello from the client")
    row = page.locator(".row").first
    expect(row).to_contain_text("Hello from the client")
    expect(row.locator(".status")).to_have_text("Success")
    expect(page.get_by_text("No message yet.")).to_be_hidden()
    expect(page.locator("#state")).to_contain_text("1,227,738 MMK")


def test_a_burst_arrives_whole_and_in_order(site: Site, window: Opener) -> None:
    page = window().page
    page.goto(site.url)
    for at in range(130):
        site.send(f"number {at}.")
    expect(page.locator(".row")).to_have_count(130)
    serials = page.eval_on_selector_all(".row", "rows => rows.map(r => Number(r.dataset.serial))")
    assert serials == list(range(130, 0, -1))


def test_a_page_that_was_away_gets_what_it_missed(site: Site, window: Opener) -> None:
    page = window().page
    page.goto(site.url)
    site.send("before")
    expect(page.locator(".row")).to_have_count(1)
    # As a browser does with a tab that is in the background.
    hidden = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    tell = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(hidden % "true" + tell)
    site.send("meanwhile")
    page.evaluate(hidden % "false" + tell)
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator(".row").first).to_contain_text("meanwhile")


def test_a_thread_opens_from_the_list_and_is_live(site: Site, window: Opener) -> None:
    site.send("the first")
    page = window().page
    page.goto(site.url)
    page.locator(".row-to").first.click()
    expect(page).to_have_url(re.compile("/inbox/phones/959450000000$"))
    expect(page.locator(".bubble")).to_have_count(1)
    site.send(BURMESE)
    expect(page.locator(".bubble")).to_have_count(2)
    expect(page.locator(".bubble-text").last).to_have_attribute("lang", "my")


def test_a_key_can_be_given_only_once_it_stays_out_of_the_address(
    site: Site, window: Opener
) -> None:
    site.send("Your code is 774411.", encrypt=True, encrypt_key=KEY)
    page = window().page
    page.goto(site.url)
    page.locator(".row-text").first.click()
    page.wait_for_url("**/messages/*")
    held: list[Route] = []
    page.route("**/inbox.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    page.reload(wait_until="commit")
    key = page.locator("#key")
    key.wait_for(state="attached")
    expect(key).to_be_hidden()
    held[0].continue_()
    expect(key).to_be_visible()


def test_a_key_opens_a_message_and_its_code_is_copied(site: Site, window: Opener) -> None:
    site.send("Your code is 774411.", encrypt=True, encrypt_key=KEY)
    page = window(permissions=["clipboard-read", "clipboard-write"]).page
    page.goto(site.url)
    row = page.locator(".row").first
    expect(row).not_to_contain_text("774411")
    row.locator(".row-text").click()
    page.get_by_label("Key").fill("not the key")
    page.get_by_role("button", name="Decrypt").click()
    expect(page.get_by_role("alert")).to_have_text("This key does not open the message.")
    page.get_by_label("Key").fill(KEY)
    page.get_by_role("button", name="Decrypt").click()
    expect(page.get_by_text("The key fits.")).to_be_visible()
    expect(page.locator(".part-text")).to_have_text("Your code is 774411.")
    page.get_by_role("button", name="Copy 774411").click()
    expect(page.locator("#said")).to_have_text("774411 is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "774411"
    assert KEY not in page.url


def test_a_receipt_is_replayed(site: Site, window: Opener) -> None:
    page = window().page
    page.goto(site.send("Hello"))
    receipts = page.locator("#receipts li:not(.note)")
    expect(page.locator(".now")).to_have_text("Success")
    expect(receipts.filter(has_text="Success")).to_have_count(1)
    page.get_by_role("button", name="Replay the receipts").click()
    expect(receipts.filter(has_text="Success")).to_have_count(2)
    expect(receipts.last).to_contain_text("200")


def test_a_search_is_in_the_address_and_live(site: Site, window: Opener) -> None:
    site.send("wanted one")
    site.send("other", to="09250000001")
    page = window().page
    page.goto(site.url)
    page.get_by_label("Text").fill("WANTED")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(f"{site.url}/?text=WANTED")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#live")).to_have_text("Live")
    site.send("another other")
    site.send("wanted two")
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator(".row").first).to_contain_text("wanted two")
    page.get_by_role("link", name="Clear").click()
    expect(page.locator(".row")).to_have_count(4)
    page.get_by_label("Number").fill(PHONE)
    page.get_by_label("Number").press("Enter")
    expect(page.locator(".row")).to_have_count(3)


def test_the_theme_is_remembered(site: Site, window: Opener) -> None:
    page = window(color_scheme="light").page
    page.goto(site.url)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    button = page.get_by_role("button", name="Dark theme")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(f"{site.url}/inbox/jobs")
    assert page.evaluate(ground) == dark
    expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "true")


def test_a_wipe_asks_first_and_keeps_the_newest(site: Site, window: Opener) -> None:
    for at in range(3):
        site.send(f"number {at}.")
    page = window().page
    page.goto(site.url)
    page.get_by_role("button", name="Wipe…").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".row")).to_have_count(3)
    page.get_by_role("button", name="Wipe…").click()
    page.get_by_label("Keep the newest").fill("1")
    page.get_by_role("button", name="Wipe", exact=True).click()
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row")).to_contain_text("number 2.")


def test_a_reset_shows_in_every_open_page(site: Site, window: Opener) -> None:
    site.send("Hello")
    other, page = window().page, window().page
    other.goto(site.url)
    expect(other.locator("#live")).to_have_text("Live")
    page.goto(f"{site.url}/inbox/jobs")
    page.get_by_role("button", name="Reset…").click()
    page.get_by_role("button", name="Reset", exact=True).click()
    for one in (page, other):
        expect(one.get_by_text("No message yet.")).to_be_visible()
        expect(one.locator("#state")).to_contain_text("1,227,748 MMK")
    site.send("after the reset")
    expect(other.locator(".row")).to_have_count(1)


def test_older_messages_are_a_page_away(site: Site, window: Opener) -> None:
    for at in range(60):
        site.send(f"number {at}.")
    page = window().page
    page.goto(site.url)
    site.send("the newest")
    expect(page.locator(".row")).to_have_count(51)
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".row")).to_have_count(10)
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(".row").first).to_contain_text("number 59.")
    expect(page.locator("#live")).to_be_hidden()
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(".row").first).to_contain_text("the newest")
    expect(page.locator("#live")).to_have_text("Live")


def test_a_live_page_stays_short_and_loses_nothing(site: Site, window: Opener) -> None:
    page = window().page
    page.goto(site.url)
    expect(page.locator("#live")).to_have_text("Live")
    expect(page.get_by_role("link", name="Older")).to_be_hidden()
    site.client.send_bulk(OutgoingMessage(PHONE, f"number {at}.", "MyShop") for at in range(1, 521))
    expect(page.locator(".row").first).to_contain_text("number 520.")
    expect(page.locator(".row")).to_have_count(500)
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".row")).to_have_count(20)
    expect(page.locator(".row").first).to_contain_text("number 20.")


def test_what_is_sent_is_never_run(site: Site, window: Opener) -> None:
    page = window().page
    page.goto(site.url)
    expect(page.locator("#live")).to_have_text("Live")
    bad = "<script>document.title='x'</script><img src=x onerror=\"document.title='x'\">"
    address = site.send(bad)
    expect(page.locator(".row")).to_contain_text("<script>")
    for path in (address, f"{site.url}/inbox/phones/959450000000"):
        page.goto(path)
        expect(page.locator("main")).to_contain_text("onerror")
        assert page.title() != "x"


def test_it_can_be_read_without_scripts(filled: Filled, window: Opener) -> None:
    page = window(java_script_enabled=False).page
    page.goto(filled.views["list"])
    expect(page.locator(".row")).to_have_count(14)
    expect(page.get_by_role("button", name="Wipe…")).to_be_hidden()
    page.get_by_label("Sender").fill("bank")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".row")).to_have_count(2)
    page.locator(".row-text").last.click()
    expect(page.locator(".part-text")).to_have_text(BURMESE)
    page.goto(filled.views["phone"])
    expect(page.locator(".bubble")).to_have_count(3)
