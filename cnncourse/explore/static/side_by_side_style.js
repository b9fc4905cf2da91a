// The look of the explorer "side by side", beyond what all explorers share.

/** Kept in the explorer's own element, so that no other explorer has to carry it. */
export const SIDE_BY_SIDE_STYLE = `
.cx { --sb-input: #d3e6f4; --sb-ink: #10202c; }
.cx[data-theme="dark"] { --sb-input: #1d4460; --sb-ink: #f2f2f2; }
.cx [hidden] { display: none !important; }
.sb-sizes { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center;
  padding: 8px 0 4px; }
.sb-sizes .cx-range { width: 84px; }
.sb-sizes .cx-value { min-width: 18px; }
.sb-sizes .sb-stride .cx-value { min-width: 74px; }
.sb-numbers { display: flex; flex-wrap: wrap; gap: 6px 24px; align-items: center;
  padding: 4px 0 8px; }
.sb-numbers > div { display: flex; gap: 8px; align-items: center; }
.sb-numbers b { font-weight: 600; }
.sb-halves { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 26px;
  padding: 8px 0; border-top: 1px solid var(--cx-line); border-bottom: 1px solid var(--cx-line); }
/* What belongs together stands at one height in both. */
.sb-half { min-width: 0; display: grid; grid-row: span 6; grid-template-rows: subgrid;
  grid-template-columns: minmax(0, 1fr); row-gap: 0; align-content: start; }
.sb-pads, .sb-refused { grid-row: 4; }
.sb-stage { grid-row: 5; }
.sb-sum { grid-row: 6; }
.sb-half + .sb-half { border-left: 1px solid var(--cx-line); padding-left: 22px; }
.sb-half h4 { margin: 0 0 6px; font: inherit; font-size: 15px; font-weight: 700; color: inherit; }
.sb-options { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center;
  align-content: flex-start; }
.sb-options .cx-option { padding: 3px 8px; }
.sb-options .cx-select { flex: none; }
.sb-code { margin: 8px 0 4px; padding: 6px 9px; border-radius: 6px; background: var(--cx-shade); }
.cx .sb-half code, .cx .sb-verdict code { font: 12.5px/1.45 var(--jp-code-font-family,
  ui-monospace, monospace); color: inherit; background: none; padding: 0; user-select: all;
  overflow-wrap: anywhere; white-space: pre-wrap; }
.cx p.sb-refused { margin: 6px 0; font-weight: 600; color: var(--cx-estimateInk); }
.cx p.sb-pads, .cx p.sb-sum { margin: 2px 0 4px; font-variant-numeric: tabular-nums; }
.cx p.sb-pads { color: var(--cx-soft); font-size: 12px; }
.cx p.sb-sum { min-height: 1.4em; overflow-wrap: anywhere; }
.sb-stage { padding: 2px 0; }
.sb-line { display: grid; align-items: center; min-height: 17px; border-radius: 4px; }
.sb-line > * { grid-row: 1; }
.sb-line[data-output] { cursor: pointer; }
.sb-line[data-output]:hover, .sb-line.sb-at { background: var(--cx-shade); }
.sb-cell { height: 26px; display: flex; align-items: center; justify-content: center;
  font-size: 12px; font-variant-numeric: tabular-nums; white-space: nowrap;
  background: var(--sb-input); color: var(--sb-ink); margin-right: 1px; }
.sb-cell.sb-pad { background: none; border: 1px dashed var(--cx-data); color: var(--cx-soft); }
.sb-cell.sb-none { background: repeating-linear-gradient(45deg, transparent 0 4px,
  var(--cx-line) 4px 5px); }
.sb-tiny .sb-cell { font-size: 11px; }
.sb-index { font-size: 11px; line-height: 14px; text-align: center; color: var(--cx-soft); }
.sb-bar { height: 2px; background: var(--cx-data); margin: 0 5px; }
.sb-tap { justify-self: center; width: 9px; height: 9px; background: var(--cx-plus); z-index: 1; }
.sb-tap.sb-out { background: var(--cx-paper); border: 2px solid var(--cx-plus); }
.sb-at .sb-tap { background: var(--cx-estimate); }
.sb-at .sb-tap.sb-out { background: var(--cx-paper); border-color: var(--cx-estimate); }
.sb-at .sb-bar { background: var(--cx-estimate); }
.sb-made { padding-left: 8px; font-size: 12px; font-weight: 600; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.sb-made.sb-differs { color: var(--cx-estimateInk); }
.sb-look { padding: 8px 0 2px; }
.sb-look .cx-range { flex: 0 1 260px; }
.sb-verdict { padding: 4px 0; font-size: 14px; }
.cx .sb-verdict p { margin: 0 0 4px; }
.sb-verdict b { font-weight: 700; }
.sb-verdict small { font-size: 12px; color: var(--cx-soft); }
.sb-mark { display: inline-block; min-width: 20px; font-size: 18px; line-height: 1;
  font-weight: 700; }
.sb-mark.sb-differs { color: var(--cx-estimateInk); }
.sb-stacked { grid-template-columns: minmax(0, 1fr); }
.sb-stacked .sb-half + .sb-half { border-left: 0; padding-left: 0; padding-top: 8px;
  border-top: 1px solid var(--cx-line); }`;
