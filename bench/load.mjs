import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

const CONNECTIONS = 10;
const MAX_SLICE_MS = 30_000;

/**
 * Sends `amount` requests: evenly, `perSecond`, or else over ten connections as fast as responses arrive. Each
 * onboarding has its own key and address.
 *
 * @throws unless every response is correct.
 */
export async function runSlice({ url, operation, amount, perSecond, echoes, key, userId }) {
  const created = new Set();
  const faults = [];
  const check = echoes ? checkEcho : checks[operation];
  const see = ({ status, body, context }) => {
    if (!check({ status, body, context, operation, userId, created })) faults.push(`${status} ${body.slice(0, 300)}`);
  };
  const request = requestOf({ operation, key, userId });
  const received = await (perSecond === undefined
    ? sendFast({ url, amount, request, see })
    : sendEvenly({ url, amount, perSecond, request, see }));
  if (received !== amount) faults.push(`${received} responses to ${amount} requests`);
  if (!echoes && operation === 'createOnboarding' && created.size !== amount)
    faults.push(`${created.size} onboardings of ${amount} requests`);
  if (faults.length > 0)
    throw new Error(`${operation} at ${url}: ${faults.length} faults\n  ${faults.slice(0, 3).join('\n  ')}`);
}

async function sendFast({ url, amount, request, see }) {
  const onResponse = (status, body, context) => see({ status, body, context });
  // autocannon detects its end only at a sample.
  const load = autocannon({
    url,
    amount,
    connections: CONNECTIONS,
    timeout: 10,
    sampleInt: 25,
    requests: [{ ...request, onResponse }],
  });
  const timeout = setTimeout(() => load.stop(), MAX_SLICE_MS);
  const { requests } = await load;
  clearTimeout(timeout);
  return requests.total;
}

async function sendEvenly({ url, amount, perSecond, request, see }) {
  const begun = performance.now();
  const send = async () => {
    const context = {};
    const { path, ...init } = request.setupRequest(request, context);
    const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(MAX_SLICE_MS) });
    see({ status: response.status, body: await response.text(), context });
  };
  const sent = [];
  for (; sent.length < amount; sent.push(send()))
    await sleep(Math.max(0, begun + (sent.length * 1000) / perSecond - performance.now()));
  await Promise.all(sent);
  return sent.length;
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
      return {
        ...request,
        headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: context.body,
      };
    },
  };
}

const checkEcho = ({ status, body, context, operation }) =>
  status === 200 && body === (operation === 'getUser' ? '{"ok":true}' : context.body);

const checks = {
  getUser: ({ status, body, userId }) => status === 200 && JSON.parse(body).id === userId,
  createOnboarding({ status, body, context, created }) {
    if (status !== 202) return false;
    const { id, email } = JSON.parse(body);
    created.add(id);
    return email === context.email;
  },
};
