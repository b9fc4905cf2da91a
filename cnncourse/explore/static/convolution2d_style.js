// The look of the explorer of 2-D convolution, beyond what all explorers share.

/** Kept in the explorer's own element, so that no other explorer has to carry it. */
export const CONVOLUTION_STYLE = `
.cv { --cv-frame: #a3126e; }
.cx[data-theme="dark"] .cv, .cx[data-theme="dark"] { --cv-frame: #d0359b; }
.cv [hidden] { display: none !important; }
.cv-panels { display: grid; grid-template-columns: repeat(5, auto); align-items: start;
  justify-content: center; gap: 6px 12px; padding: 10px 0 8px; }
.cv-stacked { grid-template-columns: minmax(0, auto); }
.cv-under { grid-template-columns: repeat(3, auto); }
.cv-under .cv-star { display: none; }
.cv-under .cv-sign { font-size: 18px; white-space: nowrap; }
.cv-under .cv-sliding { order: 1; grid-column: 1 / -1; display: grid; column-gap: 16px;
  grid-template-columns: auto 1fr; align-items: start; }
.cv-under .cv-sliding h4 { grid-column: 1 / -1; }
.cv-under .cv-sliding .cx-grid { grid-row: 2 / 4; }
.cv-under .cv-sliding .cv-fields { margin-top: 0; }
.cv .cx-cell.cx-pad { color: var(--cx-soft); background-image: repeating-linear-gradient(
  45deg, transparent 0 5px, var(--cx-grid) 5px 6px); }
.cv-panel { min-width: 0; }
.cv-panel h4, .cv-strip h4 { margin: 0 0 4px; white-space: nowrap; font: inherit;
  font-weight: 600; color: inherit; }
.cv-panel h4 small, .cv-strip h4 small { font-size: 12px; font-weight: 400; color: var(--cx-soft); }
.cv-stage { position: relative; line-height: 0; }
.cv-stage .cx-grid { line-height: 1.2; }
.cv-over { position: absolute; inset: 0; pointer-events: none; line-height: 1; z-index: 2; }
.cv-over div { position: absolute; box-sizing: border-box; }
.cv-frame { border: 3px solid var(--cv-frame); border-radius: 2px; }
.cv-term { border: 3px solid #000; outline: 1px solid #fff; outline-offset: -4px; }
.cv-image { border: 2px solid var(--cx-ink); }
.cv-tap { display: flex; align-items: flex-end; justify-content: flex-end; padding: 0 3px 3px 0; }
.cv-tap span { padding: 0 2px; font-size: 11px; font-weight: 600; color: #8a0d5c;
  background: rgb(255 255 255 / 85%); border-radius: 3px; font-variant-numeric: tabular-nums; }
.cv-sign { align-self: center; justify-self: center; font-size: 26px; line-height: 1;
  color: var(--cx-soft); }
.cv-fields { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 6px; margin-top: 8px; }
.cv-fields .cx-number { width: 36px; }
.cv-fields .cx-wrong:empty { display: none; }
.cv-fields .cx-range { width: 100px; }
.cv-fields .cx-value { min-width: 40px; }
.cv-stage .cx-cell.cx-in { align-items: flex-start; padding-top: 4px;
  box-shadow: inset -1px -1px 0 var(--cx-grid); }
.cv p.cv-hint { max-width: 310px; margin: 8px 0 0; font-size: 12px; color: var(--cx-soft); }
.cv-tiny .cx-cell { font-size: 11px; }
.cv .cx-cell.cx-at { box-shadow: inset 0 0 0 3px #000, inset 0 0 0 4px #fff; }
.cv .cx-cell:focus { outline: 3px solid var(--cv-frame); }
.cv .cv-out .cx-cell.cx-at { box-shadow: inset 0 0 0 3px var(--cv-frame); }
.cv-map { display: block; box-shadow: 0 0 0 1px var(--cx-line); cursor: crosshair;
  touch-action: none; }
.cv-map:focus-visible { outline: 2px solid var(--cx-ink); outline-offset: 2px; }
.cv-key { max-width: 340px; margin-top: 6px; }
.cv-band { height: 10px; border: 1px solid var(--cx-line); }
.cv-ends { display: flex; justify-content: space-between; font-size: 12px;
  font-variant-numeric: tabular-nums; color: var(--cx-soft); }
.cv-walk { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 18px; padding: 6px 0;
  border-top: 1px solid var(--cx-line); }
.cv-walk .cx-slider { flex: 1 1 320px; }
.cv-walk .cx-range { flex: 1; min-width: 120px; }
.cv-walk .cx-value { min-width: 86px; }
.cv-strip { display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: center;
  gap: 6px 10px; padding: 2px 0 6px; }
.cv-strip .cv-sign { padding-top: 18px; }
.cv-total { display: grid; grid-template-columns: auto auto; gap: 6px 14px; align-items: center;
  align-self: center; margin-top: 18px; padding: 8px 12px; border: 1px solid var(--cx-line);
  border-radius: 6px; font-variant-numeric: tabular-nums; }
.cv-total .cx-slider { display: contents; }
.cv-total .cx-wrong { grid-column: 1 / 3; }
.cv-total .cx-number { width: 70px; justify-self: end; text-align: right; }
.cv-total .cx-toggle { grid-column: 1 / 3; justify-content: space-between;
  flex-direction: row-reverse; }
.cv-amount { justify-self: end; font-weight: 600; }
.cv-result { justify-self: end; font-size: 20px; font-weight: 700; color: var(--cv-frame); }
.cx[data-theme="dark"] .cv-result { color: #f08ccb; }
.cv p.cv-sum { margin: 0; padding: 4px 0; line-height: 1.6;
  font-variant-numeric: tabular-nums; text-align: center; }
.cv-sum b { padding: 1px 3px; border-radius: 3px; outline: 2px solid var(--cx-ink); }
.cv-math { display: flex; flex-wrap: wrap; gap: 4px 26px; align-items: baseline;
  padding-top: 6px; border-top: 1px solid var(--cx-line); }
.cv-math code { font: 12.5px/1.5 var(--jp-code-font-family, ui-monospace, monospace);
  color: inherit; background: none; padding: 0; user-select: all; overflow-wrap: anywhere; }
.cv-math small { display: block; font-size: 12px; color: var(--cx-soft); }
.cv p.cv-words { margin: 6px 0 0; }
.cv p.cv-words:empty { display: none; }
.cv-none { padding: 24px; max-width: 220px; color: var(--cx-soft); line-height: 1.4; }
`;
