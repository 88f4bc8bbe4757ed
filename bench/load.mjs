import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import bodies from './bodies.json' with { type: 'json' };

const CONNECTIONS = 10;
const MAX_SLICE_MS = 30_000;
/** Evenly sent requests that may wait for their responses; a machine that is busy gets fewer a second. */
const MAX_IN_FLIGHT = 10;
/** A 503 asks for the same request again. */
const MAX_ATTEMPTS = 30;
const REPEAT_AFTER_MS = 1000;
/** Items of a page of a list. */
export const PAGE = 100;

/**
 * Sends `amount` requests: evenly, at most `perSecond`, or else over ten connections as fast as responses arrive. Each
 * onboarding has its own key and address. Resolves to the number of requests that had to be repeated after a 503.
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
  const { received, repeated } = await (perSecond === undefined
    ? sendFast({ url, amount, request, see })
    : sendEvenly({ url, amount, perSecond, request, see }));
  if (received !== amount) faults.push(`${received} responses to ${amount} requests`);
  if (!echoes && operation === 'createOnboarding' && created.size !== amount)
    faults.push(`${created.size} onboardings of ${amount} requests`);
  if (faults.length > 0)
    throw new Error(`${operation} at ${url}: ${faults.length} faults\n  ${faults.slice(0, 3).join('\n  ')}`);
  return repeated;
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
  return { received: requests.total, repeated: 0 };
}

async function sendEvenly({ url, amount, perSecond, request, see }) {
  let repeated = 0;
  const send = async () => {
    const context = {};
    const { path, ...init } = request.setupRequest(request, context);
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(MAX_SLICE_MS) });
      const body = await response.text();
      if (response.status !== 503 || attempt === MAX_ATTEMPTS) return see({ status: response.status, body, context });
      repeated += 1;
      await sleep(REPEAT_AFTER_MS);
    }
  };
  const inFlight = new Set();
  for (let sent = 0; sent < amount; sent += 1) {
    const sending = send().finally(() => inFlight.delete(sending));
    inFlight.add(sending);
    await sleep(1000 / perSecond);
    while (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  return { received: amount, repeated };
}

function requestOf({ operation, key, userId }) {
  const headers = { authorization: `Bearer ${key}`, accept: 'application/json' };
  if (operation === 'listUsers') return { method: 'GET', path: `/api/v1/users?limit=${PAGE}`, headers };
  if (operation === 'getUser') return { method: 'GET', path: `/api/v1/users/${userId}`, headers };
  return {
    method: 'POST',
    path: '/api/v1/onboardings',
    setupRequest(request, context) {
      context.email = `${randomBytes(12).toString('hex')}@example.com`;
      context.body = JSON.stringify({ ...bodies.createOnboarding, email: context.email });
      return {
        ...request,
        headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: context.body,
      };
    },
  };
}

const NOTHING = '{"ok":true}';
const checkEcho = ({ status, body, context, operation }) =>
  status === 200 &&
  (operation === 'createOnboarding' ? body === context.body : body === NOTHING || JSON.parse(body).length === PAGE);

const checks = {
  getUser: ({ status, body, userId }) => status === 200 && JSON.parse(body).id === userId,
  listUsers: ({ status, body }) => status === 200 && JSON.parse(body).items.length === PAGE,
  createOnboarding({ status, body, context, created }) {
    if (status !== 202) return false;
    const { id, email } = JSON.parse(body);
    created.add(id);
    return email === context.email;
  },
};
