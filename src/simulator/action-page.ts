import { isCurrency } from '../domain/currencies';
import { plainMoney } from '../domain/money-text';
import type { Authorisation } from './gateway-state';

/** Forbids loading and framing anything; the form may be sent only to the simulator. */
export const ACTION_PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const SETTLED: Partial<Record<Authorisation['state'], string>> = {
  authorised: 'You approved this payment. You can close this page.',
  captured: 'You approved this payment. You can close this page.',
  declined: 'You declined this payment. You can close this page.',
  voided: 'The shop has withdrawn this payment. There is nothing left to do.',
};

/** Returns the page on which a test customer stands in for a bank's 3-D Secure challenge. */
export function actionPage({ record, state }: Authorisation): string {
  const { amount, reference, description } = record;
  const settled = SETTLED[state];
  const fields = [
    ['Amount', isCurrency(amount.currency) ? plainMoney(amount) : `${amount.amountMinor} ${amount.currency}`],
    ['Reference', reference],
    ['Description', description],
  ];
  const list = fields.map(([name, value]) => (value ? `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>` : '')).join('');
  const buttons = `<form method="post">
<button name="decision" value="approve">Approve</button>
<button name="decision" value="decline">Decline</button>
</form>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Confirm your payment</title></head>
<body><main><h1>Confirm your payment</h1>
<p>This is a simulated bank. No money moves.</p>
<dl>${list}</dl>
${settled ? `<p role="status">${settled}</p>` : buttons}
</main></body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
