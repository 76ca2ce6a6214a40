"""The licences that a case relies on, for the official: what each was when it was retrieved, what it is now (免证办)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from yiwang.serve.cases.contracts.licences import LicenceUsed
from yiwang.serve.cases.views import words
from yiwang.web import components as ui


def warnings(used: Sequence[LicenceUsed]) -> tuple[ui.Note, ...]:
    """What to look at before deciding: licences that ended meanwhile, originals that nobody has seen."""
    notes = [
        ui.Note(
            _("“%(title)s”调取时“%(then)s”，现在“%(now)s”。请核实后再作决定，需要的话请申请人补交材料。")
            % {"title": each.title, "then": each.state_then, "now": each.state_now},
            _("所用的电子证照状态有变化"),
            ui.Tone.BAD,
            wide=True,
        )
        for each in used
        if not each.stands
    ]
    notes += [
        ui.Note(
            _(
                "申请人在 %(day)s 撤回了调取“%(title)s”的同意，内容不再显示。请凭已经核对的情况决定，需要的话请申请人补交材料。"
            )
            % {"title": each.title, "day": words.day_words(each.withdrawn_at or each.used_at)},
            _("调取证照的同意已经撤回"),
            ui.Tone.WARN,
            wide=True,
        )
        for each in used
        if each.withdrawn_at is not None
    ]
    notes += [
        ui.Note(
            _("“%(title)s”的可信等级是 %(grade)s 级，只能作为材料，要核对原件后再用。")
            % {"title": each.title, "grade": each.grade},
            _("要核对原件"),
            ui.Tone.WARN,
            wide=True,
        )
        for each in used
        if each.needs_original
    ]
    return tuple(notes)


def table(used: Sequence[LicenceUsed]) -> ui.Table | None:
    """Each licence with its grade and both states; what it says opens on its own page."""
    if not used:
        return None
    columns = (
        ui.Column(_("电子证照")),
        ui.Column(_("可信等级")),
        ui.Column(_("调取时")),
        ui.Column(_("现在")),
        ui.Column(_("核验"), hidden=True),
    )
    return ui.Table.of(_("电子证照"), columns, tuple(_row(each) for each in used))


def contents(used: Sequence[LicenceUsed]) -> tuple[ui.Facts, ...]:
    """What each says, with the middle of numbers hidden as everywhere on the page."""
    return tuple(
        ui.Facts(
            tuple(
                ui.Fact(label, words.number_words(value, whole=False), ui.Provenance(ui.Source.LICENCE, each.title))
                for label, value in each.fields
                if value
            ),
            tight=True,
        )
        for each in used
        if each.fields
    )


def _row(each: LicenceUsed) -> ui.Row:
    return ui.Row(
        (
            ui.Cell(each.title, f"{_('编号')} {each.number}"),
            each.grade,
            f"{each.state_then}　{words.day_words(each.used_at)}",
            ui.Tag(each.state_now, ui.Tone.OK if each.stands else ui.Tone.BAD),
            ui.Link(_("核验"), each.verify_url, about=each.title, small=True) if each.verify_url else "",
        )
    )
