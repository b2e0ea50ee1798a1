# A command line by click: groups, options, conversion, help, errors.
import click
from click.testing import CliRunner


@click.group()
@click.option("--verbose/--quiet", default=False, help="Say more.")
@click.pass_context
def main(context, verbose):
    """A tool with two commands."""
    context.obj = verbose


@main.command()
@click.argument("names", nargs=-1)
@click.option("-n", "--count", type=click.IntRange(1, 3), default=1, show_default=True, help="How often.")
@click.pass_obj
def greet(verbose, names, count):
    """Greet everybody."""
    for name in names or ("nobody",):
        click.echo(("Hello, %s! " % name * count).strip() + (" (verbose)" if verbose else ""))


@main.command()
@click.option("--kind", type=click.Choice(["json", "text"]), required=True)
@click.option("--at", type=click.DateTime())
def report(kind, at):
    click.secho(f"{kind} {at}", fg="green")


runner = CliRunner()
for line in (["--help"], ["greet", "Ann", "Bob", "-n", "2"], ["--verbose", "greet"], ["greet", "--help"], ["greet", "-n", "9"], ["report"],
             ["report", "--kind", "json", "--at", "2020-02-03"], ["report", "--kind", "xml"], ["repotr"]):
    result = runner.invoke(main, line)
    print(line, result.exit_code)
    print(result.output)
