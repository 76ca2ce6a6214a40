"""The design system: page shell, components, field widgets, charts, static files. It knows no context.

Doors: `components` and `fields` (frozen values that `{% yw %}` and `{% yw_field %}` render), `registry` (navigation,
shell slots, desk tiles), `middleware`, `errors`, `responses`, `catalogues`, `vendoring`. Words it owns: stroke, tip, lane, sheet.
Neighbours: kernel below; every context above fills the registries in its `apps.ready`.
"""
