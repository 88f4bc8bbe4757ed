import { setImmediate as otherWork } from 'node:timers/promises';
import type { FigureDefinition } from '../../../domain/reports/report-type';
import { reportPage, type ReportChart, type ReportPage } from '../page/report-page';
import type { RenderedFile, RenderInput } from '../../../domain/reports/render-input';
import { chartSvg } from './chart-svg';
import { figureTableHtml } from './figure-table-html';
import { foreign, markup, nothing, withCode, type Html } from './html-text';
import { pageStyle } from './page-style';
import { rowTableHtml } from './row-table-html';

/** The page's own policy: no scripts and nothing from elsewhere, also when it is opened from a disk. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * Renders one page without scripts or further files: figures as tables, series as charts, at most 1,000 rows, and the
 * definitions of the figures. It is the form for texts in every script.
 */
export const renderHtml = (input: RenderInput): RenderedFile => ({
  mediaType: 'text/html; charset=utf-8',
  bytes: htmlBytes(input),
  warnings: () => [],
});

async function* htmlBytes(input: RenderInput): AsyncGenerator<Uint8Array> {
  const page = await reportPage(input);
  const charts: Html[] = [];
  for (const chart of page.charts) {
    // A chart takes tens of milliseconds, and a year in every currency has hundreds of them.
    await otherWork();
    charts.push(chartHtml({ chart, svg: await chartSvg(chart) }));
  }
  yield Buffer.from(documentHtml({ page, charts }).html);
}

const documentHtml = ({ page, charts }: { page: ReportPage; charts: readonly Html[] }): Html => markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${page.title}, ${page.windowText}</title>
<style>${{ html: pageStyle(page.shown.columns) }}</style>
</head>
<body>
<main>
${headerHtml(page)}
${figuresHtml(page)}
${chartsHtml({ page, charts })}
<section class="wide-page">
<h2>Rows</h2>
<p class="soft">${page.rowsTitle} ${page.shown.cutOff ?? ''}</p>
${rowTableHtml(page.shown)}
</section>
${aboutHtml(page)}
</main>
</body>
</html>
`;

function headerHtml({ partnerName, isSandbox, title, windowText, sentence, notices }: ReportPage): Html {
  const mode = isSandbox ? markup`<span class="mode">Sandbox</span>` : nothing;
  const lines = notices.map((notice) => markup`<p>${notice}</p>`);
  return markup`<header>
<p class="partner">${foreign(partnerName)}${mode}</p>
<h1>${title}</h1>
<p class="window">${windowText}</p>
<p class="soft">${sentence}</p>
${lines.length === 0 ? nothing : markup`<div class="notice" role="note">${lines}</div>`}
</header>`;
}

function figuresHtml({ figureTables }: ReportPage): Html {
  if (figureTables.length === 0) return nothing;
  return markup`<section>
<h2>Figures</h2>
<div class="grid wide">${figureTables.map(figureTableHtml)}</div>
</section>`;
}

function chartsHtml({ page, charts }: { page: ReportPage; charts: readonly Html[] }): Html {
  if (charts.length === 0 && page.noMovements === null) return nothing;
  return markup`<section>
<h2>Over time</h2>
${page.noMovements === null ? nothing : markup`<p class="soft">${page.noMovements}</p>`}
<div class="grid">${charts}</div>
</section>`;
}

function chartHtml({ chart, svg }: { chart: ReportChart; svg: string }): Html {
  const points = chart.points.map(
    ({ label, text }) => markup`<tr><th scope="row">${label}</th><td class="number">${text}</td></tr>`,
  );
  return markup`<figure class="card chart">
<h3>${chart.title}</h3>
${{ html: svg }}
<details><summary>As a table</summary><table>
<thead><tr><th scope="col">Local time</th><th scope="col" class="number">${chart.title}</th></tr></thead>
<tbody>${points}</tbody>
</table></details>
</figure>`;
}

function aboutHtml({ facts, definitions }: ReportPage): Html {
  const entries = facts.map(
    ({ label, text, isForeign }) => markup`<dt>${label}</dt><dd>${isForeign ? foreign(text) : text}</dd>`,
  );
  return markup`<section class="about">
<h2>About this report</h2>
<div class="card"><dl>${entries}</dl></div>
<h2>Definitions of the figures</h2>
<div class="grid wide">${definitions.map(definitionHtml)}</div>
</section>`;
}

const definitionHtml = ({ title, sentence, formula, example }: FigureDefinition): Html => markup`
<article class="card definition">
<h3>${title}</h3>
<p>${sentence}</p>
<dl><dt>Formula</dt><dd>${withCode(formula)}</dd>
<dt>Example</dt><dd>${example.given} Result: ${example.value}</dd></dl>
</article>`;
