import type { ReportFormat } from '../../../domain/reports/report-type';
import type { ReportPage } from '../page/report-page';
import type { PrintableTexts } from './printable-text';

/** Returns the page with every text fit for a PDF, and the warnings about those that are not shown in full. */
export function printablePage({
  page,
  texts,
  formats,
}: {
  page: ReportPage;
  texts: PrintableTexts;
  formats: readonly ReportFormat[];
}): { page: ReportPage; warnings: readonly string[] } {
  const { print } = texts;
  const printed: ReportPage = {
    ...page,
    title: print(page.title),
    sentence: print(page.sentence),
    partnerName: print(page.partnerName),
    noMovements: page.noMovements === null ? null : print(page.noMovements),
    figureTables: page.figureTables.map((table) => ({
      ...table,
      rows: table.rows.map((row) => ({ ...row, title: print(row.title), by: row.by === null ? null : print(row.by) })),
    })),
    charts: page.charts.map((chart) => ({ ...chart, title: print(chart.title) })),
    rowsTitle: print(page.rowsTitle),
    shown: {
      ...page.shown,
      columns: page.shown.columns.map((column) => ({ ...column, title: print(column.title) })),
      rows: page.shown.rows.map((row) =>
        row.map((cell, index) => (page.shown.columns[index]?.isForeign === true ? print(cell) : cell)),
      ),
    },
    facts: page.facts.map((fact) => ({ ...fact, text: print(fact.text) })),
    definitions: page.definitions.map(({ title, sentence, formula, example, ...others }) => ({
      ...others,
      title: print(title),
      sentence: print(sentence),
      // Names of code stand between backticks, which only Markdown and HTML set in another font.
      formula: print(formula.replaceAll('`', '')),
      example: { given: print(example.given), value: print(example.value) },
    })),
    notices: page.notices.map(print),
  };
  const warnings = markWarnings(texts, formats);
  return { page: { ...printed, notices: [...printed.notices, ...warnings] }, warnings };
}

function markWarnings({ marked }: PrintableTexts, formats: readonly ReportFormat[]): string[] {
  const { texts, kinds } = marked();
  if (texts === 0) return [];
  const marks = kinds.map((kind) => `[${kind}]`).join(', ');
  const count = texts === 1 ? '1 text has' : `${texts} texts have`;
  const remedy = formats.includes('html') ? 'shown in the HTML' : 'shown in the HTML, if the report is made as one';
  return [`${count} characters that this PDF cannot set. They are marked as ${marks}, and ${remedy}.`];
}
