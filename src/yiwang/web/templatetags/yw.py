"""The template tags of the design system. One tag renders any component: `{% yw value %}`; fields: `{% yw_field field %}`.

The other tags make a component on the spot where a template needs a small one.
"""

import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, escape, format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe

from yiwang.web.components import (
    Attr,
    Button,
    Cell,
    Column,
    Component,
    Due,
    DueState,
    Empty,
    FileItem,
    KeyHint,
    KeyHints,
    Link,
    LinkButton,
    Note,
    Progress,
    Provenance,
    Source,
    Tag,
    Toast,
    Tone,
)
from yiwang.web.fields import Field
from yiwang.web.registry import Area
from yiwang.web.responses import undo_of
from yiwang.web.shell import SCRIPTS, STYLES, shell_view

register = template.Library()

NOTHING = SafeString("")


def render_template(context: Context, name: str, values: dict[str, Any]) -> SafeString:
    """Render one of our templates with `values` alone, plus request and CSRF token."""
    kept = {key: context[key] for key in ("csrf_token", "request") if key in context}
    engine = context.template.engine if context.template is not None else template.engine.Engine.get_default()
    return engine.get_template(name).render(context.new({**kept, **values}))


def render_value(context: Context, value: Any) -> SafeString:
    """A component by its template, several one after another, anything else as escaped words."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Component):
        return render_template(context, value.template, {"c": value})
    if isinstance(value, Field):
        return render_template(context, "web/fields/field.html", {"f": value})
    if isinstance(value, tuple | list):
        return mark_safe("".join(render_value(context, item) for item in value))  # noqa: S308
    return conditional_escape(value)


@register.simple_tag(takes_context=True)
def yw(context: Context, *values: Any) -> SafeString:
    """Render components, fields or words, in order; None and "" render nothing."""
    return render_value(context, values)


@register.simple_tag(takes_context=True)
def yw_field(context: Context, field: Field) -> SafeString:
    """Render one field with label, hint, error and control."""
    return render_template(context, "web/fields/field.html", {"f": field})


@register.simple_tag(takes_context=True)
def yw_fields(context: Context, fields: Iterable[Field]) -> SafeString:
    """Render several fields in order."""
    return mark_safe("".join(yw_field(context, field) for field in fields))  # noqa: S308


def _storage() -> str:
    """Which kind of storage serves static files: tests change it."""
    return staticfiles_storage.__class__.__qualname__


@cache
def _address(path: str, _kind: str) -> str:
    """The address of a static file, kept as long as one kind of storage serves them: a page names dozens of icons."""
    return static(path)


@register.simple_tag
def yw_sprite(name: str) -> str:
    """The address of one drawing in our sprite."""
    return f"{_address('web/icons.svg', _storage())}#{name}"


@register.simple_tag
def yw_icon(name: str) -> SafeString:
    """A decorative icon (20 × 20); the words beside it carry the meaning."""
    return format_html('<svg class="y-icon" aria-hidden="true"><use href="{}"></use></svg>', yw_sprite(name))


@register.simple_tag
def yw_shape(name: str) -> SafeString:
    """The shape of a due light (16 × 16)."""
    return format_html('<svg aria-hidden="true"><use href="{}"></use></svg>', yw_sprite(f"due-{name}"))


@register.simple_tag
def yw_attrs(attrs: Iterable[Attr]) -> SafeString:
    """Extra attributes of a control, each already checked by Attr."""
    return format_html_join("", ' {}="{}"', ((attr.name, attr.value) for attr in attrs))


@register.simple_tag(takes_context=True)
def yw_bare_link(context: Context, link: Link, icon: str = "") -> SafeString:
    """A link without a class of its own, for lists that style their links."""
    shown = Link(link.words, link.href, link.icon or icon, link.about, link.small, link.download)
    return render_template(context, "web/components/bare_link.html", {"c": shown})


@register.simple_tag(takes_context=True)
def yw_file(context: Context, item: FileItem) -> SafeString:
    """One line of a file list; also what an upload answers with."""
    return render_template(context, "web/components/file_item.html", {"c": item})


@register.simple_tag(takes_context=True)
def yw_cell(context: Context, column: Column, cell: Any) -> SafeString:
    """One cell of a table."""
    shown = cell if isinstance(cell, Cell) else Cell("" if cell is None else cell)
    words: Any = str(shown.words) if isinstance(shown.words, int) else shown.words
    values = {"column": column, "words": words, "note": shown.note, "href": shown.href, "filled": bool(words)}
    return render_template(context, "web/components/cell.html", values)


@register.simple_tag
def yw_json(value: Any, name: str) -> SafeString:
    """Data for a script as inert JSON, escaped so that it can't end the element."""
    return json_script(value, f"{name}-option")


@register.simple_tag(takes_context=True)
def yw_button(context: Context, words: str, kind: str = "first", **options: Any) -> SafeString:
    """A button; options as in Button."""
    return render_value(context, Button(words, kind, **options))


@register.simple_tag(takes_context=True)
def yw_link_button(context: Context, words: str, href: str, kind: str = "first", **options: Any) -> SafeString:
    """A link that looks like a button; options as in LinkButton."""
    return render_value(context, LinkButton(words, href, kind, **options))


@register.simple_tag(takes_context=True)
def yw_tag(context: Context, words: str, tone: str = "") -> SafeString:
    """A status tag; tone blue, ok, warn, bad, line or empty."""
    return render_value(context, Tag(words, Tone(tone)))


@register.simple_tag(takes_context=True)
def yw_due(context: Context, state: str, words: str) -> SafeString:
    """A due light; state over, today, soon, fine, paused or done."""
    return render_value(context, Due(DueState(state), words))


@register.simple_tag(takes_context=True)
def yw_from(context: Context, source: str, words: str = "") -> SafeString:
    """A provenance mark; source typed, prefilled, licence, shared, register, earlier or computed."""
    return render_value(context, Provenance(Source(source), words))


@register.simple_tag(takes_context=True)
def yw_progress(context: Context, done: int, of: int, label: str = "", *, small: bool = False) -> SafeString:
    """The stroke: `done` of `of`."""
    return render_value(context, Progress(done, of, label, small=small))


@register.simple_tag(takes_context=True)
def yw_note(context: Context, words: str, tone: str = "blue", title: str = "") -> SafeString:
    """A notice."""
    return render_value(context, Note(words, title, Tone(tone)))


@register.simple_tag(takes_context=True)
def yw_empty(context: Context, title: str, words: str = "", href: str = "", action: str = "") -> SafeString:
    """An empty state: why, and where to go."""
    return render_value(context, Empty(title, words, LinkButton(action, href, "second") if href else None))


@register.simple_tag(takes_context=True)
def yw_keys(context: Context, *pairs: str) -> SafeString:
    """Key hints: keys and words in turn, keys of one hint separated by a blank (`"J K" "上下"`)."""
    hints = tuple(KeyHint(tuple(keys.split()), words) for keys, words in zip(pairs[::2], pairs[1::2], strict=True))
    return render_value(context, KeyHints(hints))


@register.simple_tag(takes_context=True)
def yw_toast(context: Context, message: Any) -> SafeString:
    """A message of django.contrib.messages as a toast."""
    tags = getattr(message, "tags", "")
    bad = "error" in tags.split()
    return render_value(context, Toast(str(message), "bad" if bad else "", undo_of(tags)))


@register.simple_block_tag
def yw_panel(content: str, title: str = "", id: str = "", aside: str = "") -> SafeString:  # noqa: A002
    """A panel with a heading: `{% yw_panel "材料" id="papers" aside="5 份" %}…{% endyw_panel %}`."""
    if not title:
        return format_html('<section class="y-panel">{}</section>', content)
    anchor = id or f"panel-{zlib.crc32(title.encode()):x}"
    note = format_html('<span class="y-soft y-small">{}</span>', aside) if aside else NOTHING
    return format_html(
        '<section class="y-panel" aria-labelledby="{}"><div class="y-panel__head"><h2 class="y-h3" id="{}">{}</h2>{}</div>{}</section>',
        anchor,
        anchor,
        title,
        note,
        content,
    )


@register.simple_block_tag
def yw_help(content: str, question: str) -> SafeString:
    """A question that opens: `{% yw_help "为什么" %}…{% endyw_help %}`."""
    return format_html('<details class="y-help"><summary>{}</summary><div>{}</div></details>', question, content)


@register.simple_tag(takes_context=True)
def yw_shell(context: Context, area: str) -> SafeString:
    """Put `shell` (what header and footer show) where the whole page sees it; `area` is portal or work."""
    context.dicts[0]["shell"] = shell_view(context.get("request"), Area(area))
    return NOTHING


@register.simple_tag
def yw_stylesheets() -> SafeString:
    """Links to our style sheets, in their order."""
    return _stylesheets(_storage())


@cache
def _stylesheets(_kind: str) -> SafeString:
    links = (f'<link rel="stylesheet" href="{escape(static(f"web/css/{name}.css"))}">' for name in STYLES)
    printed = f'<link rel="stylesheet" media="print" href="{escape(static("web/css/print.css"))}">'
    return mark_safe("\n".join([*links, printed]) + "\n")  # noqa: S308


@register.simple_tag
def yw_scripts() -> SafeString:
    """Htmx and our modules; all of them run after the page has been read."""
    return _scripts(_storage())


@cache
def _scripts(_kind: str) -> SafeString:
    library = f'<script defer src="{escape(static("web/vendor/htmx/htmx.min.js"))}"></script>'
    ours = (f'<script type="module" src="{escape(static(f"web/js/{name}.js"))}"></script>' for name in SCRIPTS)
    return mark_safe("\n".join([library, *ours]))  # noqa: S308
