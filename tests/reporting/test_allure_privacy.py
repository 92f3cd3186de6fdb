"""A report keeps to itself."""

import base64

from smoke.reporting.allure.privacy import keep_private

ANALYTICS = """    <script async src="https://www.googletagmanager.com/gtag/js?id=G-LNDJ3J7WT0"></script>
    <script>
        window.dataLayer = window.dataLayer || [];
        function gtag(){dataLayer.push(arguments);}
        gtag('js', new Date());
        gtag('config', 'G-LNDJ3J7WT0', {"reportUuid": "c15e"});
    </script>
"""


def bundle(script: str) -> str:
    return f'<script   src="data:text/javascript;base64,{base64.b64encode(script.encode()).decode()}"></script>'


def test_analytics_go_and_every_other_script_stays():
    """Both elements of the tag are removed, and only they."""
    before, after = "<script>window.allure = {};</script>\n", "<script async>window.ready = true;</script>\n"
    assert keep_private(before + ANALYTICS + after) == before + after


def test_a_tag_without_its_second_script_takes_nothing_else_with_it():
    """The script that follows is kept if it is not the tag's."""
    tag, own = ANALYTICS.splitlines(keepends=True)[0], "<script>window.allure = {};</script>"
    assert keep_private(tag + own) == own


def test_traces_open_beside_the_report():
    """The public trace site in the program is replaced by the viewer next to the page."""
    page = keep_private(bundle('const a=1,Rs="https://trace.playwright.dev",Ns=`${Rs}/`,b=2;'))
    expected = 'const a=1,Rs=location.origin,Ns=new URL("trace/index.html",location.href).href,b=2;'
    assert page == bundle(expected)


def test_a_page_without_either_is_left_as_it_is():
    """Nothing else is touched, not even by a character."""
    page = "<html>" + bundle("const price = '5 €';") + "</html>"
    assert keep_private(page) == page


def test_addresses_beside_the_page_are_led_to():
    """Allure would show a link without a scheme as mere text; any other is judged as before."""
    before, after = "const n=t.match(/^([A-Za-z][A-Za-z0-9+.-]*):/);if(!n)return", ";const r=n[1];"
    assert keep_private(bundle(before + after)) == bundle(f"{before} t{after}")
