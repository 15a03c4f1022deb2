"""The main path without a mouse: Tab, Enter and Space, and the keys that `?` lists."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import steps

_MOST_TABS = 120
#: Whether the element in focus, or what stands for it, is marked, and lies in the window.
_FOCUS_IS_SEEN = """() => {
  const focused = document.activeElement;
  const isMarked = (item) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(item);
    return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  };
  const shown = [focused, focused.closest("label")].filter(Boolean).find(isMarked);
  const { bottom, top } = (shown ?? focused).getBoundingClientRect();
  return Boolean(shown) && bottom > 0 && top < innerHeight;
}"""


def test_a_repair_is_set_up_started_and_read_with_the_keyboard_alone(page, demo):
    page.keyboard.press("n")
    page.wait_for_url("**/repairs/new")
    places = {
        "The model to repair": demo.model,
        "Clean validation": demo.clean_validation,
        "Clean test": demo.clean_test,
        "Poisoned sets": demo.poisoned,
    }
    chosen = iter(places.values())
    page.on("filechooser", lambda chooser: chooser.set_files(next(chosen)))
    for place in places:
        _tab_to(page, steps.slot(page, place).locator("input[type=file]"))
        page.keyboard.press("Enter")
        expect(steps.slot(page, place).locator(".chosen header")).to_contain_text("Ready")
    _tab_to(page, page.get_by_role("radio", name="Best repair"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("Course lab"))).to_be_checked()
    heading = page.get_by_role("heading", name="Of fine-pruning", include_hidden=True)
    expect(heading).to_be_attached()
    _tab_to(page, page.get_by_label("Accuracy budgets, in points"))
    page.keyboard.type("10")
    _tab_to(page, page.get_by_text("All parameters"))
    page.keyboard.press("Enter")
    _tab_to(page, page.locator('[id="params.epochs"]'))
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    _tab_to(page, page.get_by_role("button", name="Start the repair").last)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    steps.wait_for_end(page)
    _tab_to(page, page.get_by_role("link", name="Download the repaired model"))
    with page.expect_download() as told:
        page.keyboard.press("Enter")
    assert told.value.suggested_filename.endswith("repaired.h5")


def test_jobs_are_walked_through_selected_and_compared_with_keys(page, example):
    page.goto("/jobs")
    page.keyboard.press("j")
    expect(_row(page, 0).get_by_role("link").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(_row(page, 1).get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare 2 jobs")


def test_the_search_is_reached_with_a_slash_from_the_list_and_from_elsewhere(page):
    page.keyboard.press("/")
    page.wait_for_url("**/jobs")
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("n/j")
    expect(page.get_by_label("Search")).to_have_value("n/j")


def test_a_question_mark_lists_the_keys_and_escape_puts_the_list_away(page):
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_contain_text("compare what is selected")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_first_tab_leads_past_the_menu(page):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    assert page.evaluate(_FOCUS_IS_SEEN)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("path", ["/repairs/new", "/jobs", "/jobs/{repaired}", "/settings"])
def test_the_focus_is_seen_wherever_it_is(page, example, path):
    page.goto(path.format(repaired=example.repaired))
    page.keyboard.press("Tab")
    assert _unseen(page) == []


def _tab_to(page, target):
    """Press Tab until something is in focus, and see on the way where the focus is."""
    for _ in range(_MOST_TABS):
        if target.evaluate("(item) => item === document.activeElement"):
            assert page.evaluate(_FOCUS_IS_SEEN)
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not lead to {target}")


def _unseen(page):
    """What comes into focus without being marked, on the way once around the page."""
    unseen = []
    for _ in range(_MOST_TABS):
        if page.evaluate("document.activeElement === document.body"):
            break
        if not page.evaluate(_FOCUS_IS_SEEN):
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
        page.keyboard.press("Tab")
    return unseen


def _row(page, number):
    return page.locator("[data-row]").nth(number)
