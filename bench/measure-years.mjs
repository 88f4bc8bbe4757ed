import { setTimeout as sleep } from 'node:timers/promises';
import { spread } from './measure-requests.mjs';

const ROUNDS = 5;
const MONTHS = 12;
const AMOUNT = { amountMinor: 1900, currency: 'EUR' };
const WITHIN_MS = 300_000;
const POLL_EVERY_MS = 20;

/**
 * Measures a year of a monthly subscription that a sandbox's clock is moved through, beside twelve payments one after
 * another in real time: the same number of charges without the clock, the invoices and the renewals.
 */
export async function measureYears({ startRole, createTenant }) {
  const roles = [];
  try {
    for (const role of ['sandbox', 'worker', 'api']) roles.push(await startRole(role));
    const { url } = roles.at(-1);
    const cpuSeconds = async () => {
      const usages = await Promise.all(roles.map((role) => role.query('usage')));
      return usages.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / 1e6;
    };
    const measure = async (work) => {
      const [cpuBefore, begun] = [await cpuSeconds(), performance.now()];
      await work();
      return { seconds: (performance.now() - begun) / 1000, cpuSeconds: (await cpuSeconds()) - cpuBefore };
    };
    const rounds = [];
    // The first round finds everything cold and is not counted.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const client = await createTenant({ url, mode: 'sandbox' });
      const payments = await measure(() => payMonthly(client));
      const { id } = await subscribe(client);
      const year = await measure(() => advanceYear(client));
      await checkInvoices(client, id);
      if (round > 0) rounds.push({ payments, year });
    }
    const of = (figure) => spread(rounds.map(figure));
    return {
      rounds: rounds.length,
      seconds: of(({ year }) => year.seconds),
      secondsOverPayments: of(({ year, payments }) => year.seconds / payments.seconds),
      cpuSeconds: of(({ year }) => year.cpuSeconds),
      cpuOverPayments: of(({ year, payments }) => year.cpuSeconds / payments.cpuSeconds),
    };
  } finally {
    for (const role of roles.toReversed()) await role.end();
  }
}

async function payMonthly({ get, post }) {
  for (let month = 0; month < MONTHS; month += 1) {
    const { id } = await post('/payments', { amount: AMOUNT, paymentMethod: 'pm_ok' });
    await until(async () => (await get(`/payments/${id}`)).state === 'captured', `${id} to be captured`);
  }
}

async function subscribe({ get, post }) {
  const plan = await post('/plans', { name: 'Monthly', amount: AMOUNT, interval: 'month' });
  const body = { customerId: 'cust 1', planId: plan.id, paymentMethod: 'pm_ok' };
  const { id } = await post('/subscriptions', body);
  await until(async () => (await get(`/subscriptions/${id}`)).state === 'active', `${id} to be active`);
  return { id };
}

async function advanceYear({ get, post }) {
  const { id } = await post('/sandbox/clock/advance', { by: 'P1Y' });
  await until(async () => {
    const { state, failure } = await get(`/operations/${id}`);
    if (state === 'failed') throw new Error(`The advance failed: ${JSON.stringify(failure)}`);
    return state === 'completed';
  }, 'the advance to end');
}

async function checkInvoices({ get }, id) {
  const { items } = await get(`/subscriptions/${id}/invoices?limit=100`);
  const paid = items.filter(({ state }) => state === 'paid').length;
  if (paid !== items.length || paid < MONTHS + 1) throw new Error(`${paid} of ${items.length} invoices are paid`);
}

async function until(isTrue, what) {
  const deadline = performance.now() + WITHIN_MS;
  while (performance.now() < deadline) {
    if (await isTrue()) return;
    await sleep(POLL_EVERY_MS);
  }
  throw new Error(`Waited ${WITHIN_MS / 1000} s for ${what}`);
}
