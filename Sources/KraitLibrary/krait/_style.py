"""What the pages and pictures of krait.bench and krait.trace have in common: colours for light and dark, and SVG as a file of its own."""

COLOURS = """
:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --back: #ffffff; --card: #f6f8fa; --line: #d1d9e0; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --back: #0d1117; --card: #161b22; --line: #3d444d; } }
"""

CHART = """
svg text { font: 13px system-ui, sans-serif; fill: var(--text); } svg .soft { fill: var(--soft); }
svg .axis { stroke: var(--line); stroke-width: 1; fill: none; } svg .ideal { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; fill: none; }
svg .error { stroke: var(--text); stroke-width: 1.5; }
"""


def picture(chart):
    """An SVG element of a page as a document."""
    inside = chart.index(">") + 1
    return f'{chart[:4]} xmlns="http://www.w3.org/2000/svg"{chart[4:inside]}<style>{COLOURS}{CHART}</style><rect width="100%" height="100%" rx="6" fill="var(--card)"/>{chart[inside:]}\n'
