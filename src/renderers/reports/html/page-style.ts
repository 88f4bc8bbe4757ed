import type { ColumnKind } from '../../../domain/reports/report-type';
import type { ShownColumn } from '../page/shown-rows';

/** The colours of charts, as they stand in the SVG; the dark scheme replaces them by these very values. */
export const chartColors = { mark: '#1a56c4', label: '#5b6472', axis: '#9aa3b0', grid: '#e3e7ec' } as const;

const DARK_CHART_COLORS = { mark: '#7fb0ff', label: '#a3adba', axis: '#6b7686', grid: '#2c333d' } as const;

const chartRules = (colors: Record<keyof typeof chartColors, string>): string =>
  (Object.keys(chartColors) as (keyof typeof chartColors)[])
    .map((name) => {
      const at = chartColors[name];
      return `svg [fill="${at}"]{fill:${colors[name]}}svg [stroke="${at}"]{stroke:${colors[name]}}`;
    })
    .join('');

const BASE = `
:root { color-scheme: light dark; --ink: #17202b; --soft: #5b6472; --line: #d9dee5; --page: #f5f7f9; --card: #fff;
  --accent: #1a56c4; --warn: #8a4b00; --warn-page: #fff4e0; --warn-line: #e9b45c; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 32px 24px 48px; }
h1 { font-size: 30px; line-height: 1.2; margin: 4px 0; }
h2 { font-size: 19px; margin: 40px 0 12px; }
h3 { font-size: 15px; margin: 0 0 8px; }
p { margin: 0 0 8px; }
bdi, td, dd { overflow-wrap: anywhere; }
.partner { color: var(--soft); font-weight: 600; margin: 0; }
.mode { display: inline-block; margin-inline-start: 8px; padding: 0 8px; border-radius: 999px; font-size: 12px;
  font-weight: 600; color: var(--warn); background: var(--warn-page); border: 1px solid var(--warn-line); }
.window { font-size: 17px; margin: 0 0 4px; }
.soft { color: var(--soft); }
.notice { margin: 16px 0; padding: 12px 16px; border: 1px solid var(--warn-line); border-inline-start-width: 4px;
  border-radius: 8px; background: var(--warn-page); color: var(--warn); }
.notice p { margin: 0; }
.notice p + p { margin-top: 8px; }
.grid { display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); }
.wide { grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); align-items: start; }
.card { margin: 0; padding: 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--card);
  min-width: 0; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: start; font-weight: 600; padding-bottom: 8px; }
th, td { padding: 6px 8px; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
thead th { color: var(--soft); font-size: 13px; }
tbody th { font-weight: 400; }
tbody tr:last-child > * { border-bottom: 0; }
.number, .value { text-align: end; white-space: nowrap; }
.value { font-weight: 600; }
.part th { padding-inline-start: 24px; color: var(--soft); }
.part .value { font-weight: 400; }
svg { display: block; width: 100%; height: auto; }
details { margin-top: 8px; font-size: 13px; }
summary { cursor: pointer; color: var(--accent); }
.rows { padding: 0; overflow-x: auto; }
.rows table { font-size: 13px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 16px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
code { font: 0.92em ui-monospace, Menlo, Consolas, monospace; }
.definition dl { grid-template-columns: 72px minmax(0, 1fr); font-size: 14px; }
`;

const DARK = `:root { --ink: #e8ecf1; --soft: #a3adba; --line: #323a45; --page: #12161b; --card: #1a2027;
  --accent: #8db8ff; --warn: #ffd08a; --warn-page: #33260f; --warn-line: #7d5a1e; }`;

const PRINT = `
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --page: #fff; --card: #fff; --warn: #000;
    --warn-page: #fff; --warn-line: #000; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .grid { grid-template-columns: 1fr 1fr; }
  .wide { grid-template-columns: 1fr; }
  details { display: none; }
  thead { display: table-header-group; }
  tr, .card:not(.rows) { break-inside: avoid; }
  .rows { overflow: visible; }
  .rows table, .rows thead th { font-size: 6.5pt; }
  .rows :is(td, th):nth-child(n) { padding: 2px 3px; min-width: 0; }
  .rows th:nth-child(n) { overflow-wrap: normal; }
  .wide-page { page: wide; }
  .about { break-before: page; }
}
@page { size: A4; margin: 14mm; }
@page wide { size: A4 landscape; }`;

const WRAPPING = 'white-space: normal; overflow-wrap: anywhere;';
/** How cells of a kind are set; the other kinds keep to one line. */
const cellRules: Partial<Record<ColumnKind, string>> = {
  text: `${WRAPPING} min-width: 96px;`,
  id: `${WRAPPING} min-width: 112px;`,
  instant: 'white-space: normal; min-width: 112px;',
  money: 'text-align: end;',
  count: 'text-align: end;',
  share: 'text-align: end;',
};

/** Returns rules of the columns by their position: a class in each of 12,000 cells would be a third more bytes. */
const wide = (columns: readonly ShownColumn[]): string => {
  const rules = columns.map(({ kind }, index) => `  ${columnSelector(index)} { ${cellRules[kind] ?? ''} }`);
  return `
@media print, screen and (min-width: 761px) {
  .rows td { white-space: nowrap; }
${rules.join('\n')}
}`;
};

const columnSelector = (index: number): string => `.rows :is(td, th):nth-child(${index + 1})`;

/** Rows become blocks on a narrow screen, each cell with the title of its column before it. */
const narrow = (columns: readonly ShownColumn[]): string => {
  const titles = columns.map(
    ({ title }, index) => `  .rows td:nth-child(${index + 1})::before { content: ${cssText(title)}; }`,
  );
  return `
@media screen and (max-width: 760px) {
  main { padding: 20px 12px 32px; }
  h1 { font-size: 25px; }
  .card { padding: 12px; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 10px; }
  .compare thead { display: none; }
  .compare tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; padding: 6px 0;
    border-bottom: 1px solid var(--line); }
  .compare th, .compare td { border: 0; padding: 2px 4px; }
  .compare .before { grid-column: 1 / -1; text-align: end; color: var(--soft); font-size: 13px; }
  .compare .before::before { content: attr(data-title) ": "; }
  .compare .part th { padding-inline-start: 20px; }
  .compare tr:last-child { border-bottom: 0; }
  .rows { border: 0; background: none; padding: 0; }
  .rows thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .rows table, .rows tbody { display: block; }
  .rows tr { display: block; margin-bottom: 10px; padding: 8px 12px; border: 1px solid var(--line);
    border-radius: 10px; background: var(--card); }
  .rows td { display: grid; grid-template-columns: 38% minmax(0, 1fr); gap: 8px; padding: 2px 0; border: 0;
    text-align: start; }
  .rows td bdi { justify-self: start; }
  .rows td:empty { display: none; }
  .rows td::before { color: var(--soft); }
${titles.join('\n')}
}`;
};

/** Returns a title as a string of CSS; everything but letters, digits and spaces is escaped. */
const cssText = (text: string): string =>
  `"${text.replaceAll(/[^\p{L}\p{N} ]/gu, (character) => `\\${character.codePointAt(0)?.toString(16)} `)}"`;

/** Returns the style sheet of a report's page. */
export const pageStyle = (columns: readonly ShownColumn[]): string =>
  [
    BASE,
    `@media screen and (prefers-color-scheme: dark) { ${DARK}\n${chartRules(DARK_CHART_COLORS)} }`,
    wide(columns),
    narrow(columns),
    PRINT,
  ].join('\n');
