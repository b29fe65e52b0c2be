"""The page on the command line, made from the commands themselves."""

from __future__ import annotations

import inspect

import click

from khabar.cli.program import khabar

_HEAD = """# The command line

Made from the commands by `make docs`; what each promises is tested.

| command | what it does |
|---|---|
"""


def page() -> str:
    """The Markdown of ``docs/cli.md``: the program, then every command in the order of its help.

    >>> "## khabar check" in page()
    True
    """
    context = click.Context(khabar, info_name="khabar")
    commands = [(name, khabar.get_command(context, name)) for name in khabar.list_commands(context)]
    known = [(name, command) for name, command in commands if command is not None]
    table = "".join(f"| [`{name}`](#khabar-{name}) | {_first_sentence(command)} |\n" for name, command in known)
    sections = [_section(command, click.Context(command, info_name=name, parent=context)) for name, command in known]
    return "\n".join([_HEAD + table, _section(khabar, context), *sections])


def _first_sentence(command: click.Command) -> str:
    return command.get_short_help_str(limit=200)


def _section(command: click.Command, context: click.Context) -> str:
    path = context.command_path
    usage = " ".join([path, *(_usage(parameter) for parameter in command.params), *_more(command)])
    options = [option for option in command.params if isinstance(option, click.Option)]
    rows = "".join(f"| {_names(option)} | {option.help or ''}{_choices(option)} |\n" for option in options)
    table = f"| option | meaning |\n|---|---|\n{rows}" if rows else ""
    text = inspect.cleandoc(command.help or "")
    epilog = f"{command.epilog}\n" if command.epilog else ""
    return (
        "\n\n".join(
            part.rstrip("\n") for part in (f"## {path}", f"    {' '.join(usage.split())}", text, table, epilog) if part
        )
        + "\n"
    )


def _more(command: click.Command) -> list[str]:
    return ["COMMAND ..."] if isinstance(command, click.Group) else []


def _usage(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return parameter.metavar or parameter.human_readable_name.upper()
    if not isinstance(parameter, click.Option) or {"--quiet", "--debug", "--version"} & set(parameter.opts):
        return ""
    return f"[{_names(parameter, code=False)}]{'...' if parameter.multiple else ''}"


def _names(option: click.Option, *, code: bool = True) -> str:
    value = "" if option.is_flag else f" {option.metavar or _metavar(option)}"
    names = sorted(option.opts, key=len)
    return f"`{', '.join(names)}{value}`" if code else f"{names[0]}{value}"


def _metavar(option: click.Option) -> str:
    return "WORD" if isinstance(option.type, click.Choice) else option.type.name.upper()


def _choices(option: click.Option) -> str:
    if not isinstance(option.type, click.Choice):
        return ""
    words = ", ".join(f"`{word}`" for word in option.type.choices)
    return f" One of {words}{f'; `{option.default}` unless told' if isinstance(option.default, str) else ''}."
