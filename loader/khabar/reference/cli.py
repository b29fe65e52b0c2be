"""The page on the command line, made from the commands themselves."""

from __future__ import annotations

import inspect

import click

from khabar.cli.program import khabar

_HEAD = """# The command line

Made from the commands by `make docs`. Every command also takes `-q` (`--quiet`), `--debug` and `-h` (`--help`).

| command | what it does |
|---|---|
"""

# Every command takes these; the page tells them once.
_EVERYWHERE = ("quiet", "debug")


def page() -> str:
    """The Markdown of ``docs/cli.md``: the program, then every command in the order of its help.

    >>> "## khabar check" in page()
    True
    """
    context = click.Context(khabar, info_name="khabar", **khabar.context_settings)
    commands = [(name, khabar.get_command(context, name)) for name in khabar.list_commands(context)]
    known = [(name, command) for name, command in commands if command is not None]
    table = "".join(f"| [`{name}`](#khabar-{name}) | {_first_sentence(command)} |\n" for name, command in known)
    sections = [_section(command, click.Context(command, info_name=name, parent=context)) for name, command in known]
    return "\n".join([_HEAD + table, _section(khabar, context), *sections])


def _first_sentence(command: click.Command) -> str:
    return command.get_short_help_str(limit=200)


def _section(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *filter(None, map(_usage, command.params))])
    options = [option for option in command.params if isinstance(option, click.Option)]
    if isinstance(command, click.Group):
        usage += " COMMAND ..."
    else:
        options = [option for option in options if option.name not in _EVERYWHERE]
    rows = "".join(f"| {_names(option)} | {_meaning(option)} |\n" for option in options)
    parts = (
        f"## {context.command_path}",
        f"    {usage}",
        inspect.cleandoc(command.help or ""),
        f"| option | meaning |\n|---|---|\n{rows}".rstrip("\n") if rows else "",
        command.epilog or "",
    )
    return "\n\n".join(filter(None, parts)) + "\n"


def _usage(parameter: click.Parameter) -> str:
    if not isinstance(parameter, click.Option):
        word = parameter.metavar or _value(parameter)
        return word if parameter.required or word.startswith("[") else f"[{word}]"
    if parameter.name in (*_EVERYWHERE, "version"):
        return ""
    text = f"{min(parameter.opts, key=len)}{'' if parameter.is_flag else f' {_value(parameter)}'}"
    return (text if parameter.required else f"[{text}]") + ("..." if parameter.multiple else "")


def _names(option: click.Option) -> str:
    value = "" if option.is_flag else f" {_value(option)}"
    return f"`{', '.join(sorted(option.opts, key=len))}{value}`".replace("|", r"\|")


def _value(parameter: click.Parameter) -> str:
    if parameter.metavar:
        return parameter.metavar
    return "|".join(parameter.type.choices) if isinstance(parameter.type, click.Choice) else parameter.type.name.upper()


def _meaning(option: click.Option) -> str:
    default = option.default if isinstance(option.default, str) or option.show_default else ""
    shown = f"{default:g}" if isinstance(default, float) else default
    return f"{option.help} Default: `{shown}`." if shown else f"{option.help}"
