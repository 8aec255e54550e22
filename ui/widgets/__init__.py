"""Parts shared by every screen. Each takes plain values and tells of acts by signals.

- text: `Text` (one line or simple wrap, by role and token colour), `Paragraph` (narrative and
  spans), `IconText`. buttons: `Button`, `IconButton`. segments: `Segments`. chips: `ChipGroup`,
  `CheckChip`, `FactChip`. keycap: `KeyCap`, `KeyHints`. tabs: `Tabs`. editor: `Editor`,
  `LineField`, `Choice`, `Pause`.
- pane: `Pane` (head, body, foot), `Surface` (card), `Scroll` + `Body`, `Rule`. section: `Section`.
- table: `Table` + `Rows`. lists: `ListView`, `draw_row_ground`. flow: `FlowLayout`.
- rag, clock, evidence, meter, diff, avatar, banner (`Banner`, `Guidance`, `IconLabel`),
  states (`StateView`, `Loading`), toast (`announce`).

A signal that tells of a change tells only a person's; the program's own `put` and `set_…` are
silent. Sizes fixed by a screen go through `theme().px` again when `theme().scaled` is told.
Screens derive from `ui.shell.screen.Screen`. Look at all parts with
``python -m ui.widgets.gallery OUT.png``.
"""
