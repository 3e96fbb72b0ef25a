"""The template by which a model was taught to chat: a program in Jinja that came with the model, so it runs in a sandbox."""

import datetime
import json


def render(template, messages, tokens, add_generation_prompt=True):
    """The text of a conversation, as the model was trained to see it, up to where its next answer begins.

    messages: [{"role": "system" | "user" | "assistant", "content": str}]. tokens: {"bos_token": str, ...}, which templates name.
    ValueError for messages of another form, and for a template that does not compile, fails, or refuses the messages.
    """
    try:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError as error:
        raise ValueError("a chat template needs the package jinja2: pip install 'minilora[real]'") from error
    _check(messages)

    def raise_exception(message):
        raise TemplateError(message)

    room = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    room.filters["tojson"] = _as_json
    room.globals |= {"raise_exception": raise_exception, "strftime_now": lambda form: datetime.datetime.now().strftime(form)}
    given = {"messages": messages, "add_generation_prompt": add_generation_prompt, "tools": None, "documents": None}
    try:
        return room.from_string(template).render(**tokens, **given)
    except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError) as error:
        raise ValueError(f"the model's chat template cannot write this conversation: {error}") from error


def _as_json(value, ensure_ascii=False, **options):
    return json.dumps(value, ensure_ascii=ensure_ascii, **options)


def _check(messages):
    for i, message in enumerate(messages):
        found = message.keys() if isinstance(message, dict) else ()
        if not {"role", "content"} <= set(found) or not all(isinstance(message[name], str) for name in ("role", "content")):
            raise ValueError(f'messages[{i}] must be {{"role": str, "content": str}}, got {message!r}')
