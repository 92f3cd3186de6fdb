# ruff: noqa: RUF001 - quoted as Playwright writes it
"""What Playwright 1.65 says when a check fails, as it was recorded on a page with a login form."""

MISSING_HEADING = """\
Locator expected to be visible
Actual value: None
Error: element(s) not found\x20
Call log:
  - Expect "to_be_visible" get_by_role("heading", name="Sign in") with timeout 400ms
  - waiting for get_by_role("heading", name="Sign in")

Aria snapshot:
- main:
  - heading "Service down" [level=1]
  - paragraph: hello
  - text: Password
  - textbox "Password": hunter2hunter
  - button "Go" [disabled]"""

WRONG_TITLE = """\
Page title expected to be 'Shop'
Actual value: Service down\x20
Call log:
  - Expect "to_have_title" with timeout 400ms
    8 × locator resolved to <html>…</html>
      - unexpected value "Service down"

Aria snapshot:
- main:
  - heading "Service down" [level=1]
  - textbox "Password": hunter2hunter"""

WRONG_COUNT = """\
Locator expected to have count '3'
Actual value: 1\x20
Call log:
  - Expect "to_have_count" locator("p") with timeout 400ms
  - waiting for locator("p")
    7 × locator resolved to 1 element
      - unexpected value "1"
"""

WITH_MESSAGE = """\
the headline
Expected value: 'Up'
Actual value: Service down\x20
Call log:
  - Expect "to_have_text" locator("h1") with timeout 400ms
  - waiting for locator("h1")
    8 × locator resolved to <h1>Service down</h1>
      - unexpected value "Service down"

Aria snapshot:
- heading "Service down" [level=1]"""

MANY_WAITS = """\
Locator.click: Timeout 400ms exceeded.
Call log:
  - waiting for get_by_role("button")
    - waiting for element to be visible, enabled and stable
    - waiting for element to be visible, enabled and stable
    - waiting for scheduled navigations to finish
    - waiting for fonts to load
"""

WITHOUT_CALL_LOG = """\
Locator expected to be visible
Actual value: hidden\x20

Aria snapshot:
- textbox "Password": hunter2hunter"""

CLICK_TIMED_OUT = """\
Locator.click: Timeout 400ms exceeded.
Call log:
  - waiting for get_by_role("link")
"""

BUTTON_DISABLED = """\
Locator.click: Timeout 400ms exceeded.
Call log:
  - waiting for get_by_role("button")
    - locator resolved to <button disabled>Go</button>
  - attempting click action
    2 × waiting for element to be visible, enabled and stable
      - element is not enabled
    - retrying click action
    - waiting 20ms
    - waiting for element to be visible, enabled and stable
    - element is not enabled
  - retrying click action
    - waiting 500ms
"""

NEVER_NAVIGATED = """\
Page.wait_for_url: Timeout 400ms exceeded.
=========================== logs ===========================
waiting for navigation to "**/x" until "load"
============================================================"""

TWO_ELEMENTS = """\
Locator.inner_text: Error: strict mode violation: locator("p, h1") resolved to 2 elements:
    1) <p>a</p> aka get_by_text("a")
    2) <h1>b</h1> aka get_by_role("heading", name="b")

Call log:
  - waiting for locator("p, h1")
"""
