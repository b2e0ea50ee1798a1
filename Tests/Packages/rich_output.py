# Tables, trees, markup, syntax and pretty printing by rich, as text.
from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.pretty import Pretty
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

console = Console(width=72, force_terminal=True, color_system="truecolor", legacy_windows=False)
table = Table(title="Peaks", show_lines=True)
table.add_column("Name", style="cyan")
table.add_column("Height", justify="right")
for name, height in (("Everest", 8849), ("K2", 8611), ("干城章嘉峰", 8586)):
    table.add_row(name, f"{height:,}")
console.print(table)
tree = Tree("root")
tree.add("one").add("[red]two[/red]")
console.print(tree)
console.print(Panel(Text.from_markup("[bold]bold[/] and [italic blue on white]more[/]"), title="panel"))
console.print(Pretty({"numbers": list(range(40)), "nested": {"a": (1, 2.5, None)}}))
console.print(Syntax("def f(x):\n    return x ** 2  # square\n", "python", line_numbers=True))
console.print(Markdown("# Title\n\n* one\n* two `code`\n\n> quoted\n"))
try:
    console.print("[/wrong]")
except Exception as error:
    print(type(error).__name__, error)
