import type { RequestHandler } from 'express';
import type { Reply } from '../pipeline/request-context';
import { pageText, type PageKind } from './page-texts';

/** Pages for people run no script, and send their only form to their own origin. */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export interface PageInput {
  kind: PageKind;
  locale: string;
  /** Target of the button's form, for a page with a button. */
  action?: string;
  status: number;
  headers?: Record<string, string>;
}

/** Returns a plain page with a title, a short text and at most one button. */
export function page({ kind, locale, action, status, headers = {} }: PageInput): Reply {
  const { language, title, text, button } = pageText(kind, locale);
  const form =
    button && action
      ? `\n  <form method="post" action="${escapeHtml(action)}">` +
        `<button type="submit">${escapeHtml(button)}</button></form>`
      : '';
  return {
    status,
    headers: {
      ...headers,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': POLICY,
      'X-Robots-Tag': 'noindex, nofollow',
      'Content-Language': language,
    },
    body: `<!doctype html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <title>${escapeHtml(title)}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/assets/page.css">
</head>
<body>
<main>
  <h1>${escapeHtml(title)}</h1>
  <p>${escapeHtml(text)}</p>${form}
</main>
</body>
</html>
`,
  };
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');

const STYLESHEET = `:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 32rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
button { font: inherit; padding: 0.7rem 1.4rem; border: 0; border-radius: 0.4rem; cursor: pointer; }
button { color: #fff; background: #0b5cad; }
button:hover { background: #094b8d; }
button:focus-visible { outline: 3px solid #f2a900; outline-offset: 2px; }
`;

export const pageStylesheet: RequestHandler = (_request, response) => {
  response
    .setHeader('Content-Type', 'text/css; charset=utf-8')
    .setHeader('Cache-Control', 'public, max-age=3600')
    .end(STYLESHEET);
};
