import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCurrency } from '../domain/currencies';
import { plainMoney } from '../domain/money-text';
import type { Chaos } from './chaos';
import type { Gateway } from './gateway';
import type { Authorisation } from './gateway-state';
import { readText } from './request-body';
import { RequestRefused } from './request-refused';

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

export interface PageRoutesInput {
  gateway: Gateway;
  chaos: () => Chaos;
  /** Aborted when the simulator closes: waits end without a response. */
  stopping: AbortSignal;
}

/**
 * Returns the handler of one HTTP request to the customers' pages, `/actions/{token}`, which throws RequestRefused for
 * a request that it does not accept. The token, which only the customer gets, opens the page of one authorisation.
 */
export function createPageRoutes({ gateway, chaos, stopping }: PageRoutesInput) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '' } = request;
    const token = /^\/actions\/([0-9a-f]{48})(?:\?|$)/.exec(request.url ?? '')?.[1] ?? '';
    const { latencyMs, down } = chaos();
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: stopping });
    if (down) throw new RequestRefused(503, 'unavailable', 'The gateway is down; nothing was done');
    const authorisation = gateway.state.authorisationByAction(token);
    if (!authorisation) throw new RequestRefused(404, 'unknown_action', 'There is nothing to confirm here');
    if (!['GET', 'HEAD', 'POST'].includes(method)) throw new RequestRefused(405, 'wrong_method', 'Use GET or POST');
    if (method === 'POST') {
      const decision = new URLSearchParams(await readText(request)).get('decision');
      if (decision !== 'approve' && decision !== 'decline')
        throw new RequestRefused(400, 'invalid_field', 'decision must be approve or decline');
      await gateway.act(authorisation, decision);
      response.writeHead(303, { location: `/actions/${token}` }).end();
      return;
    }
    await gateway.durable();
    response.writeHead(200, ACTION_PAGE_HEADERS).end(method === 'HEAD' ? undefined : actionPage(authorisation));
  };
}

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
