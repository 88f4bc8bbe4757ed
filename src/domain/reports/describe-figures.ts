import { reportTypes } from './report-types';
import type { ReportType } from './report-type';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** Returns the definition of every figure with its example as tables, one for each type, for docs/reports.md. */
export const figuresToMarkdown = (): string =>
  Object.values<ReportType>(reportTypes)
    .map(({ type, sentence, rows, figures }) =>
      [
        `### \`${type}\``,
        '',
        `${sentence} ${rows.replace(/\.$/, '')}.`,
        '',
        '| figure | what is counted | how | example |',
        '|---|---|---|---|',
        ...figures.map((figure) => {
          const { given, value } = figure.example;
          const cells = [`\`${figure.id}\` ${figure.title}`, figure.sentence, figure.formula, `${given} → ${value}`];
          return `| ${cells.map(cell).join(' | ')} |`;
        }),
      ].join('\n'),
    )
    .join('\n\n');
