"""Own what an SVG may try: to run, to load, to lead elsewhere, by every way that is known."""

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'

HOSTILE: dict[str, str] = {
    "a script": "<script>alert(1)</script>",
    "a script by reference": '<script href="https://evil.test/x.js"/>',
    "a handler": '<rect onclick="alert(1)" onload="alert(1)"/>',
    "foreign content": '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
    "HTML beside": '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.test"/>',
    "a link": '<a href="javascript:alert(1)" xlink:href="https://evil.test"><rect/></a>',
    "an image elsewhere": '<image href="https://evil.test/a.png" xlink:href="file:///etc/passwd"/>',
    "an image beside": '<image href="../secret.png"/>',
    "a drawing inside": '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
    "text as data": '<image href="data:text/html,evil.test"/>',
    "a use elsewhere": '<use href="https://evil.test/a.svg#x" xlink:href="a.svg#y"/>',
    "animation": '<set attributeName="href" to="javascript:alert(1)"/><animate attributeName="x"/>',
    "a style import": '<style>@import "https://evil.test/a.css"; @import url(//evil.test)</style>',
    "a font": "<style>@font-face{font-family:x;src:url(https://evil.test/f.woff)}</style>",
    "a fill elsewhere": '<rect fill="url(https://evil.test#a)" style="fill:url( evil.test#a )"/>',
    "hidden by escapes": r'<rect style="fill:u\72l(https://evil.test)"/>',
    "hidden by a comment": "<style>.a{fill:/*;*/url(//evil.test/*)*/)}</style>",
    "another function": "<rect style=\"fill:image-set('https://evil.test' 1x)\"/>",
    "a filter": '<filter id="f"><feImage href="https://evil.test/a.png"/></filter>',
    "a way out of the style": "<style>&lt;/style>&lt;script>alert(1)&lt;/script></style>",
    "another's namespace": '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    "an editor's notes": '<metadata xmlns="urn:x">evil.test</metadata>',
}
