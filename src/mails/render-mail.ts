import type { Language, MailText } from './mail-text';
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

function textOf({ greeting, paragraphs, button, footnote }: MailText, sender: string): string {
  const blocks = [
    greeting,
    ...paragraphs,
    ...(button ? [`${button.label}:\n${button.url}`] : []),
    ...(footnote ? [footnote] : []),
    `-- \n${sender}`,
  ];
  return `${blocks.map((block) => block.replaceAll('\r', '')).join('\n\n')}\n`;
}

const FONT = 'font:16px/1.5 system-ui,sans-serif';
const SMALL = ' style="font-size:14px"';
const BUTTON =
  'display:inline-block;padding:12px 20px;border-radius:6px;background:#1a4fd6;color:#ffffff;text-decoration:none';

/**
 * Renders HTML that is readable with styles and images off, by screen readers, in dark mode and at any width: one
 * column of real paragraphs, the language named, no layout tables, and the button's address spelled out below it.
 */
function htmlOf({
  language,
  mail: { subject, greeting, paragraphs, button, footnote },
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
    ...(button ? htmlOfButton(button) : []),
    ...(footnote ? [paragraph(footnote, SMALL)] : []),
    paragraph(sender, SMALL),
    '</main></body></html>',
  ].join('\n');
}

function htmlOfButton({ label, url }: { label: string; url: string }): string[] {
  const href = `href="${escapeHtml(url)}"`;
  return [
    `<p><a ${href} style="${BUTTON}">${escapeHtml(label)}</a></p>`,
    `<p${SMALL}><a ${href}>${escapeHtml(url)}</a></p>`,
  ];
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
