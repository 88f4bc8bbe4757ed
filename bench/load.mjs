import { randomBytes, randomUUID } from 'node:crypto';
import autocannon from 'autocannon';

const CONNECTIONS = 10;
const LONGEST_SLICE_MS = 30_000;

/**
 * Sends `amount` requests over a few kept-alive connections, the same to every server; each onboarding has a key and an address of its own.
 * @throws unless every answer is what it has to be.
 */
export async function runSlice({ url, operation, amount, echoes, key, userId }) {
  const created = new Set();
  const faults = [];
  const check = echoes ? checkEcho : checks[operation];
  const load = autocannon({
    url,
    amount,
    connections: CONNECTIONS,
    timeout: 10,
    // It notices its end at a sample only.
    sampleInt: 25,
    requests: [{
      ...requestOf({ operation, key, userId }),
      onResponse(status, body, context, headers) {
        if (!check({ status, body, context, headers, operation, userId, created })) faults.push(`${status} ${body.slice(0, 300)}`);
      },
    }],
  });
  const tooLong = setTimeout(() => load.stop(), LONGEST_SLICE_MS);
  const { errors, requests: { total } } = await load;
  clearTimeout(tooLong);
  if (errors > 0 || total !== amount) faults.push(`${total} answers to ${amount} requests, ${errors} errors`);
  if (!echoes && operation === 'createOnboarding' && created.size !== amount) faults.push(`${created.size} onboardings of ${amount} requests`);
  if (faults.length > 0) throw new Error(`${operation} at ${url}: ${faults.length} faults\n  ${faults.slice(0, 3).join('\n  ')}`);
}

function requestOf({ operation, key, userId }) {
  const headers = { authorization: `Bearer ${key}`, accept: 'application/json' };
  if (operation === 'getUser') return { method: 'GET', path: `/api/v1/users/${userId}`, headers };
  return {
    method: 'POST',
    path: '/api/v1/onboardings',
    setupRequest(request, context) {
      context.email = `${randomBytes(12).toString('hex')}@example.com`;
      context.body = JSON.stringify({ email: context.email, name: 'Ada Lovelace', metadata: { crmId: 'C-1042' } });
      return { ...request, headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() }, body: context.body };
    },
  };
}

const checkEcho = ({ status, body, context, operation }) => status === 200 && body === (operation === 'getUser' ? '{"ok":true}' : context.body);

const checks = {
  getUser: ({ status, body, userId }) => status === 200 && JSON.parse(body).id === userId,
  createOnboarding({ status, body, context, headers, created }) {
    if (status !== 202 || headers['Idempotent-Replayed'] !== undefined) return false;
    const { id, email } = JSON.parse(body);
    created.add(id);
    return email === context.email;
  },
};
