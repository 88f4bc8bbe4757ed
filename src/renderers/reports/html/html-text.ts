import { plainText } from '../text/plain-text';

/** Markup that is safe to put into a page. */
export interface Html {
  html: string;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');

/** Builds markup: every value is escaped unless it is markup itself. */
export function markup(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const texts = values.map((value) => {
    if (typeof value === 'string') return escapeHtml(value);
    return 'html' in value ? value.html : value.map((each) => each.html).join('');
  });
  return { html: String.raw({ raw: parts }, ...texts) };
}

export const nothing: Html = { html: '' };

/** Isolates a text from outside, so that its direction of writing does not reach what stands beside it. */
export const foreign = (text: string): Html => markup`<bdi>${plainText(text)}</bdi>`;

/** Returns an own text with the names between backticks set as code, as Markdown does. */
export const withCode = (text: string): readonly Html[] =>
  text.split('`').map((part, index) => (index % 2 === 0 ? markup`${part}` : markup`<code>${part}</code>`));
