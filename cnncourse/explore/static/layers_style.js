// The look of the layers explorer, beyond what all explorers share.

/** Kept in the explorer's own element, so that no other explorer has to carry it. */
export const LAYERS_STYLE = `
.ly-body { display: flex; flex-wrap: wrap; gap: 12px 26px; padding-top: 10px; }
.ly-side { flex: 0 0 298px; min-width: 0; }
.ly-main { flex: 1 1 410px; min-width: 0; }
.ly-body h4 { margin: 0 0 4px; font: inherit; font-size: 14px; font-weight: 600; color: inherit; }
.ly-body h4 small { font-size: 12px; font-weight: 400; color: var(--cx-soft); }
.ly-unit { display: flex; flex-wrap: wrap; gap: 10px 26px; margin-top: 10px; }
.ly-map { flex: 0 0 auto; max-width: 100%; }
.ly-terms { flex: 1 1 330px; min-width: 0; }
.ly-tools { display: flex; flex-wrap: wrap; gap: 6px 8px; margin: 6px 0; align-items: center; }
.ly-tools .cx-option { padding: 3px 7px; }
.ly-terms h4 { margin-top: 8px; }
.ly-terms h4:first-child { margin-top: 0; }
.ly-body .cx-slider .cx-range { flex: 1; min-width: 60px; max-width: 240px; }
.ly-side section, .ly-main section { margin-bottom: 10px; }
.ly-body p { margin: 4px 0; line-height: 1.4; }
.ly-body p.ly-sum { font-size: 14px; font-variant-numeric: tabular-nums; }
.ly-body p.ly-said { font-size: 20px; font-weight: 600; margin: 0 0 2px; min-height: 28px; }
.ly-body p.ly-said small { font-size: 13px; font-weight: 400; }
.ly-body canvas.ly-pick { cursor: pointer; }
.ly-body [hidden], .cx-controls [hidden] { display: none !important; }
.ly-body p.ly-warn { margin-top: 14px; border-left: 3px solid var(--cx-line); padding-left: 8px; }
.ly-stale .ly-main, .ly-stale .ly-scores { opacity: 0.45; }
.ly-input .cx-cell { font-size: 0; box-shadow: inset -1px -1px 0 rgb(128 128 128 / 30%); }
.ly-input .cx-cell-editor { font-size: 12px; }
.ly-stage { position: relative; width: max-content; }
.ly-stage .cx-grid { vertical-align: top; }
.ly-frame { position: absolute; box-sizing: border-box; border: 3px solid #d0359b;
  outline: 1px solid #fff; outline-offset: -4px; pointer-events: none; z-index: 3; }
.ly-input .cx-cell:focus, .ly-map .cx-cell:focus { outline: 2px solid var(--cx-accent);
  outline-offset: -2px; box-shadow: inset 0 0 0 4px var(--cx-paper); }
.ly-map .cx-cell { font-size: 11px; }
.ly-map .cx-cell.cx-at { box-shadow: inset 0 0 0 3px #d0359b, inset 0 0 0 4px #fff; }
@container (max-width: 735px) {
  .ly-side { flex: 1 1 100%; display: flex; flex-wrap: wrap; align-items: flex-start; gap: 0 26px; }
  .ly-drawn { flex: 0 0 298px; }
  .ly-scores { flex: 1 1 230px; max-width: 340px; }
}
`;
