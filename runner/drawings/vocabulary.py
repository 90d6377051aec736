"""Own the list of what an SVG drawing may consist of: elements and attributes that only draw.

From SVG 2. Left out: scripts, links, animation (it can set what is refused here), foreign content,
filters (a few bytes of them cost seconds), and everything that editors add for themselves.
"""

AS_GROUP = {"a": "g", "switch": "g"}
"""Written as a plain group: a link leads outside, a switch asks what the viewer can do."""

WITH_TEXT = frozenset({"text", "tspan", "textPath", "title", "desc"})

_WITHOUT_TEXT = """
    svg g defs symbol use path rect circle ellipse line polyline polygon image style
    linearGradient radialGradient stop pattern clipPath mask marker a switch
"""
ELEMENTS = WITH_TEXT | frozenset(_WITHOUT_TEXT.split())

_GEOMETRY = """
    x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy d points pathLength width height rotate
    transform viewBox preserveAspectRatio offset spreadMethod gradientUnits gradientTransform
    patternUnits patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits
    markerUnits markerWidth markerHeight refX refY orient startOffset textLength lengthAdjust
    method spacing side version
"""
_PRESENTATION = """
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color display visibility overflow
    clip-path clip-rule mask mask-type marker marker-start marker-mid marker-end paint-order
    vector-effect shape-rendering text-rendering image-rendering color-interpolation stop-color
    stop-opacity transform-origin font-family font-size font-size-adjust font-stretch font-style
    font-variant font-weight text-anchor text-decoration dominant-baseline alignment-baseline
    baseline-shift letter-spacing word-spacing writing-mode direction unicode-bidi white-space
"""
ATTRIBUTES = frozenset(f"id class {_GEOMETRY} {_PRESENTATION}".split())
