import { spread } from './measure-requests.mjs';
import { inParallel, waits } from './until.mjs';

const ROUNDS = 2;
const PAYMENTS = 20;
const SUBSCRIPTIONS = 40;
const SLOW_CARDS = 300;
const IN_PARALLEL = 10;
const AMOUNT = { amountMinor: 1900, currency: 'EUR' };
const { until, untilCaptured } = waits({ withinMs: 600_000 });

/**
 * Measures the time of one tenant's payments, one after another from the request until it is captured: alone, beside
 * another tenant's advance of 40 subscriptions, and beside another tenant's 300 payments with a slow card. Beside an
 * advance that ends early there are fewer payments; `payments` says how many.
 */
export async function measureNeighbours({ startRole, createTenant }) {
  const roles = [];
  try {
    for (const role of ['sandbox', 'worker', 'api']) roles.push(await startRole(role));
    const { url } = roles.at(-1);
    const client = await createTenant({ url, mode: 'sandbox' });
    // Finds everything cold and is not counted.
    await payOneByOne(client);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const alone = await payOneByOne(client);
      const besideAdvance = await payBesideAdvance({ client, neighbour: await createTenant({ url, mode: 'sandbox' }) });
      const besideSlowCards = await payBesideSlow({ client, neighbour: await createTenant({ url, mode: 'sandbox' }) });
      rounds.push({ alone, besideAdvance, besideSlowCards });
    }
    const rowOf = (name, key) => ({
      name,
      payments: spread(rounds.map((round) => round[key].payments)),
      p50: spread(rounds.map((round) => round[key].p50)),
      p95: spread(rounds.map((round) => round[key].p95)),
      p95OverAlone: spread(rounds.map((round) => round[key].p95 / round.alone.p95)),
    });
    return {
      rounds: ROUNDS,
      advanceSeconds: spread(rounds.map(({ besideAdvance }) => besideAdvance.advanceSeconds)),
      rows: [
        rowOf('alone', 'alone'),
        rowOf(`beside an advance of ${SUBSCRIPTIONS} subscriptions`, 'besideAdvance'),
        rowOf(`beside ${SLOW_CARDS} slow cards`, 'besideSlowCards'),
      ],
    };
  } finally {
    for (const role of roles.toReversed()) await role.end();
  }
}

async function payBesideAdvance({ client, neighbour }) {
  const { get, post } = neighbour;
  const { id: planId } = await post('/plans', { name: 'Monthly', amount: AMOUNT, interval: 'month' });
  const body = { planId, paymentMethod: 'pm_ok' };
  await inParallel({ count: SUBSCRIPTIONS, places: IN_PARALLEL }, async (index) => {
    const { id } = await post('/subscriptions', { ...body, customerId: `cust ${index}` });
    await until(async () => (await get(`/subscriptions/${id}`)).state === 'active', `${id} to be active`);
  });
  const begun = performance.now();
  const { id: operationId } = await post('/sandbox/clock/advance', { by: 'P3M' });
  const stateOfAdvance = async () => (await get(`/operations/${operationId}`)).state;
  const found = await payOneByOne(client, { while: async () => (await stateOfAdvance()) === 'running' });
  await until(async () => {
    const state = await stateOfAdvance();
    if (state === 'failed') throw new Error('The advance failed');
    return state === 'completed';
  }, 'the advance to end');
  return { ...found, advanceSeconds: (performance.now() - begun) / 1000 };
}

async function payBesideSlow({ client, neighbour }) {
  const { get, post } = neighbour;
  const ids = [];
  await inParallel({ count: SLOW_CARDS, places: IN_PARALLEL }, async () => {
    ids.push((await post('/payments', { amount: AMOUNT, paymentMethod: 'pm_slow' })).id);
  });
  const found = await payOneByOne(client);
  for (const id of ids) await untilCaptured({ get, id });
  return found;
}

/**
 * Returns the number of payments, one at least, and the median and the 95th percentile of their times, in seconds.
 */
async function payOneByOne({ get, post }, { while: mayContinue = async () => true } = {}) {
  const seconds = [];
  do {
    const begun = performance.now();
    const { id } = await post('/payments', { amount: AMOUNT, paymentMethod: 'pm_ok' });
    await untilCaptured({ get, id });
    seconds.push((performance.now() - begun) / 1000);
  } while (seconds.length < PAYMENTS && (await mayContinue()));
  seconds.sort((a, b) => a - b);
  const at = (share) => seconds[Math.ceil(seconds.length * share) - 1];
  return { payments: seconds.length, p50: at(0.5), p95: at(0.95) };
}
