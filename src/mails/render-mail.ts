import type { Language, MailLink, MailSection, MailTable, MailText } from './mail-text';
import { oneLine } from './typed-text';

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

/**
 * Renders a mail's content as a text part and an HTML part with the same words. Everything is escaped here and only
 * here.
 */
export function renderMail({
  language,
  mail,
  sender,
}: {
  language: Language;
  mail: MailText;
  sender: string;
}): RenderedMail {
  return { subject: oneLine(mail.subject), text: textOf(mail, sender), html: htmlOf({ language, mail, sender }) };
}

function textOf({ greeting, paragraphs, sections = [], button, footnote, footlink }: MailText, sender: string): string {
  const blocks = [
    greeting,
    ...paragraphs,
    ...sections.flatMap(textOfSection),
    ...(button ? [textOfLink(button)] : []),
    ...(footnote ? [footnote] : []),
    ...(footlink ? [textOfLink(footlink)] : []),
    `-- \n${sender}`,
  ];
  return `${blocks.map((block) => block.replaceAll('\r', '')).join('\n\n')}\n`;
}

const textOfLink = ({ label, url }: MailLink): string => `${label}:\n${url}`;

const textOfSection = ({ title, notes, tables, links }: MailSection): string[] => [
  title,
  ...notes,
  ...tables.map(textOfTable),
  ...links.map(textOfLink),
];

/** Returns a table with its columns aligned, for readers of plain text. */
function textOfTable({ caption, head, rows }: MailTable): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const aligned = lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [caption, ...aligned.map((line) => line.trimEnd())].join('\n');
}

const FONT = 'font:16px/1.5 system-ui,sans-serif';
const SMALL = ' style="font-size:14px"';
const BUTTON =
  'display:inline-block;padding:12px 20px;border-radius:6px;background:#1a4fd6;color:#ffffff;text-decoration:none';

/**
 * Renders HTML that is readable with styles and images off, by screen readers, in dark mode and at any width: one
 * column of real paragraphs, the language named, tables for figures alone, and each link's address spelled out.
 */
function htmlOf({
  language,
  mail: { subject, greeting, paragraphs, sections = [], button, footnote, footlink },
  sender,
}: {
  language: Language;
  mail: MailText;
  sender: string;
}): string {
  const paragraph = (text: string, style = '') => `<p${style}>${escapeHtml(text).replaceAll('\n', '<br>')}</p>`;
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(oneLine(subject))}</title></head><body style="margin:0;padding:24px;${FONT}">`,
    '<main style="max-width:560px;margin:0 auto">',
    paragraph(greeting),
    ...paragraphs.map((text) => paragraph(text)),
    ...sections.flatMap(htmlOfSection),
    ...(button ? htmlOfButton(button) : []),
    ...(footnote ? [paragraph(footnote, SMALL)] : []),
    ...(footlink ? htmlOfLink(footlink, SMALL) : []),
    paragraph(sender, SMALL),
    '</main></body></html>',
  ].join('\n');
}

function htmlOfButton({ label, url }: MailLink): string[] {
  const href = `href="${escapeHtml(url)}"`;
  return [
    `<p><a ${href} style="${BUTTON}">${escapeHtml(label)}</a></p>`,
    `<p${SMALL}><a ${href}>${escapeHtml(url)}</a></p>`,
  ];
}

/** The address stands below its label, as for a button: a reader sees where a link leads. */
function htmlOfLink({ label, url }: MailLink, style = ''): string[] {
  const href = `href="${escapeHtml(url)}"`;
  return [`<p${style}><a ${href}>${escapeHtml(label)}</a></p>`, `<p${SMALL}><a ${href}>${escapeHtml(url)}</a></p>`];
}

const htmlOfSection = ({ title, notes, tables, links }: MailSection): string[] => [
  `<h2 style="font-size:18px">${escapeHtml(title)}</h2>`,
  ...notes.map((note) => `<p>${escapeHtml(note)}</p>`),
  ...tables.flatMap(htmlOfTable),
  ...links.flatMap((link) => htmlOfLink(link)),
];

const CELL = 'padding:4px 8px;border-bottom:1px solid #888;vertical-align:top';

/** Names stand on the left, figures on the right, with their digits below each other. */
function htmlOfTable({ caption, head, rows }: MailTable): string[] {
  const alignOf = (column: number): string => (column === 0 ? 'left' : 'right');
  const row = (cells: readonly string[], tag: 'th' | 'td'): string[] => [
    '<tr>',
    ...cells.map((cell, column) => {
      const scope = tag === 'th' ? ' scope="col"' : '';
      return `<${tag}${scope} style="${CELL};text-align:${alignOf(column)}">${escapeHtml(cell)}</${tag}>`;
    }),
    '</tr>',
  ];
  return [
    '<table style="border-collapse:collapse;width:100%;margin:16px 0">',
    `<caption style="text-align:left;font-weight:bold">${escapeHtml(caption)}</caption>`,
    ...row(head, 'th'),
    ...rows.flatMap((cells) => row(cells, 'td')),
    '</table>',
  ];
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
