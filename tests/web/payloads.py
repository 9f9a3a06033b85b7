"""Text that tries to be more than text, and what a page that shows it may hold."""

from collections.abc import Collection

from tests.web.html_reader import Element

#: J-01: text that tries to become markup in some context of a page.
PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</script><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "<img src=x onerror=alert(1)>",
    "<img/src/onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'>",
    "<form action='https://example.org'><input name=x></form>",
    "<base href='https://example.org/'>",
    "<meta http-equiv='refresh' content='0;url=https://example.org'>",
    "<link rel=stylesheet href='https://example.org/a.css'>",
    "<style>@import 'https://example.org/a.css';</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://example.org/x.png)",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<!--",
    "<![CDATA[",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\u003cscript\\u003ealert(1)",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<plaintext>",
    "javascript:alert(1)",
    "\u2028alert(1)\u2029",
    "<\u0131mg src=x onerror=alert(1)>",
    "{{7*7}}",
    "${7*7}",
    "{0.__class__}",
    "{% raw %}",
]
#: All that our own templates write; anything else came out of a text.
OUR_TAGS = {
    *("html", "head", "meta", "title", "link", "script", "body", "header", "search", "nav", "main"),
    *("article", "section", "aside", "div", "span", "p", "h1", "h2", "h3", "h4", "a", "b", "br"),
    *("ul", "ol", "li", "dl", "dt", "dd", "small", "kbd", "time", "em", "strong", "code"),
    *("blockquote", "form", "label", "input", "button", "svg", "circle", "text", "use"),
}


def assert_harmless(page: Element, nonce: str = "N0nce", more: Collection[str] = ()) -> None:
    """No element, handler, style or address in the page but those our templates write."""
    assert {each.tag for each in page.inside} <= OUR_TAGS | set(more)
    scripts = page.find("script")
    assert {each.attributes["nonce"] for each in scripts} == {nonce}
    for element in page.inside:
        assert not [name for name in element.attributes if name.startswith("on")]
        assert not {"style", "srcdoc", "data", "background"} & set(element.attributes)
        for name in ("href", "src", "action"):
            address = element.attributes.get(name, "/")
            assert address.startswith(("/", "#", "?", "http://", "https://")), address
        if element.tag in {"script", "link", "form"}:
            assert not element.attributes.get("src", "/").startswith("http")
            assert not element.attributes.get("action", "/").startswith("http")
