"""A list of denials in a real browser: columns, ticks, logged; without scripts too; no violation of axe."""

from playwright.sync_api import expect

HEADERS = "Insurance,Pt Name,Acct #,DOS,EOB Date,Denial Code,CPT,Left open"
ROWS = (
    'Harbor Health,"Quill, Nora",A100,9/14/2026,10/5/2026,CO-50,97110,90.00',
    'Harbor Health,"Haddad, Omar",A101,9/15/2026,10/5/2026,CO-16 N115,97140,60.50',
    'Harbor Health,"Haddad, Omar",A101,9/15/2026,10/5/2026,CO-16 N115,97140,60.50',
    'Harbor Health,"Haddad, Omar",A102,soon,10/5/2026,CO-50,97140,60',
)
LIST = {"name": "open.csv", "mimeType": "text/csv", "buffer": "\n".join([HEADERS, *ROWS]).encode()}


def bring(page):
    page.goto("/import")
    page.get_by_role("link", name="Bring in a list of denials").click()
    page.get_by_label("List of denials").set_input_files(LIST)
    page.get_by_role("button", name="Read list").click()
    expect(page.get_by_role("heading", name="Which column is what?")).to_be_visible()


def test_a_list_is_brought_in_its_columns_chosen_and_its_rows_logged(page, sign_in, cast, check_axe):
    sign_in(page, cast.alice)
    bring(page)
    page.get_by_role("button", name="Check list").click()
    expect(page.get_by_role("link", name="Choose the column with the denied amount")).to_be_visible()
    check_axe(page)
    page.get_by_label("Denied amount").select_option(label="H: Left open (90.00)")
    page.get_by_role("button", name="Check list").click()
    expect(page.get_by_role("heading", name="3 denials can be logged")).to_be_visible()
    expect(page.get_by_text("Row 5, column D (DOS): Service date must be a date like 11/29/2026")).to_be_visible()
    expect(page.locator("#log-button")).to_have_text("Log 2 denials")
    check_axe(page)
    page.get_by_label("Log row 2, claim A100").uncheck()
    expect(page.locator("#log-button")).to_have_text("Log 1 denial")
    page.locator("#log-button").click()
    expect(page.get_by_role("heading", name="1 denial logged")).to_be_visible()


def test_it_works_without_scripts(plain_page, sign_in, cast):
    sign_in(plain_page, cast.alice)
    bring(plain_page)
    plain_page.get_by_label("Denied amount").select_option("7")
    plain_page.get_by_role("button", name="Check list").click()
    plain_page.get_by_role("button", name="Log 2 denials").click()
    expect(plain_page.get_by_role("heading", name="2 denials logged")).to_be_visible()
