import type { DeliveredReport } from '../../contracts/reports/delivery';
import { figureTables, type FigureTable } from '../../renderers/reports/page/figure-tables';
import type { Language, MailSection } from '../mail-text';
import { oneLine, withoutLinks } from '../typed-text';
import { windowName } from './window-name';

/** The figures that a mail shows at most; those of further reports are in their files. */
export const MAX_FIGURES = 300;
const MAX_PART_LENGTH = 80;

const words = {
  en: {
    figure: 'Figure',
    value: 'Value',
    before: 'Before',
    change: 'Change',
    open: (format: string) => `Open as ${format}`,
    incomplete: 'The window was not over when this report was made: what happened later is not in it.',
    none: 'Nothing happened in this window.',
    inFiles: 'The figures are in the files.',
  },
  de: {
    figure: 'Kennzahl',
    value: 'Wert',
    before: 'Davor',
    change: 'Änderung',
    open: (format: string) => `Als ${format} öffnen`,
    incomplete: 'Der Zeitraum war noch nicht zu Ende, als dieser Bericht entstand: Was später geschah, fehlt darin.',
    none: 'In diesem Zeitraum ist nichts geschehen.',
    inFiles: 'Die Werte stehen in den Dateien.',
  },
} as const;

/** Returns a section for each report: its figures as tables, and the links to its files. */
export function sectionsOf(reports: readonly DeliveredReport[], language: Language): MailSection[] {
  let left = MAX_FIGURES;
  return reports.map((report) => {
    const { type, window, complete, figures, warnings, links } = report;
    const text = words[language];
    const fits = figures.length <= left;
    if (fits) left -= figures.length;
    const tables = fits ? figureTables({ definitions: type.figures, figures }) : [];
    const notes = [
      ...(complete ? [] : [text.incomplete]),
      ...(fits ? [] : [text.inFiles]),
      ...(figures.length === 0 ? [text.none] : []),
      ...warnings.map(oneLine),
    ];
    return {
      title: `${type.title}: ${windowName(window, language)}`,
      notes,
      tables: tables.map((table) => tableOf(table, language)),
      links: links.map(({ format, url }) => ({ label: text.open(format.toUpperCase()), url })),
    };
  });
}

function tableOf({ title, compares, rows }: FigureTable, language: Language): MailSection['tables'][number] {
  const { figure, value, before, change } = words[language];
  return {
    caption: title,
    head: [figure, value, ...(compares ? [before, change] : [])],
    rows: rows.map((row) => [
      row.by === null ? row.title : `${row.title}: ${partText(row.by)}`,
      row.value ?? '–',
      ...(compares ? [row.before ?? '–', row.change ?? '–'] : []),
    ]),
  };
}

/** A text from outside, such as the name of a plan. */
function partText(by: string): string {
  const characters = Array.from(withoutLinks(by));
  return characters.length > MAX_PART_LENGTH
    ? `${characters.slice(0, MAX_PART_LENGTH).join('')}…`
    : characters.join('');
}
