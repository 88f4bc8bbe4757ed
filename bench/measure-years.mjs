import { spread } from './measure-requests.mjs';
import { waits } from './until.mjs';

const ROUNDS = 5;
const MONTHS = 12;
const DAILY_REPORTS = 3;
const AMOUNT = { amountMinor: 1900, currency: 'EUR' };
const { until, untilCaptured } = waits({ withinMs: 300_000 });

/**
 * Measures a year of a monthly subscription that a sandbox's clock is moved through, beside twelve payments one after
 * another in real time: the same number of charges without the clock, the invoices and the renewals; and beside the
 * year of another tenant with three daily reports. With the programs of another checkout it measures their years too,
 * in turns with ours.
 */
export async function measureYears(programs, others) {
  const systems = [];
  try {
    for (const each of [programs, others].filter(Boolean)) systems.push(await startSystem(each));
    const rounds = [];
    // The first round finds everything cold and is not counted.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [ours, theirs] = [await measureRound(systems[0]), systems[1] && (await measureRound(systems[1]))];
      if (round > 0) rounds.push({ ...ours, theirs });
    }
    const of = (figure) => spread(rounds.map(figure));
    return {
      rounds: rounds.length,
      seconds: of(({ year }) => year.seconds),
      secondsOverPayments: of(({ year, payments }) => year.seconds / payments.seconds),
      cpuSeconds: of(({ year }) => year.cpuSeconds),
      cpuOverPayments: of(({ year, payments }) => year.cpuSeconds / payments.cpuSeconds),
      secondsReportedOver: of(({ year, reported }) => reported.seconds / year.seconds),
      ...(others && {
        against: {
          checkout: others.checkout,
          seconds: of(({ theirs }) => theirs.year.seconds),
          secondsOver: of(({ year, theirs }) => year.seconds / theirs.year.seconds),
          cpuSeconds: of(({ theirs }) => theirs.year.cpuSeconds),
          cpuOver: of(({ year, theirs }) => year.cpuSeconds / theirs.year.cpuSeconds),
        },
      }),
    };
  } finally {
    for (const { roles } of systems) for (const role of roles.toReversed()) await role.end();
  }
}

async function startSystem({ startRole, createTenant }) {
  const roles = [];
  for (const role of ['sandbox', 'worker', 'api']) roles.push(await startRole(role));
  return { roles, createTenant };
}

/** Measures twelve payments and a year of a new tenant, and the year of another one with three daily reports. */
async function measureRound({ roles, createTenant }) {
  const newTenant = () => createTenant({ url: roles.at(-1).url, mode: 'sandbox' });
  const client = await newTenant();
  const payments = await measure(roles, () => payMonthly(client));
  const year = await measureYear(roles, client);
  const other = await newTenant();
  const daily = { type: 'summary', period: 'day', at: '06:00', timeZone: 'UTC', formats: ['json', 'csv'] };
  for (let made = 0; made < DAILY_REPORTS; made += 1) await other.post('/report-schedules', daily);
  return { payments, year, reported: await measureYear(roles, other) };
}

async function measureYear(roles, client) {
  const { id } = await subscribe(client);
  const year = await measure(roles, () => advanceYear(client));
  await checkInvoices(client, id);
  return year;
}

async function measure(roles, work) {
  const cpuSeconds = async () => {
    const usages = await Promise.all(roles.map((role) => role.query('usage')));
    return usages.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / 1e6;
  };
  const [cpuBefore, begun] = [await cpuSeconds(), performance.now()];
  await work();
  return { seconds: (performance.now() - begun) / 1000, cpuSeconds: (await cpuSeconds()) - cpuBefore };
}

async function payMonthly({ get, post }) {
  for (let month = 0; month < MONTHS; month += 1) {
    const { id } = await post('/payments', { amount: AMOUNT, paymentMethod: 'pm_ok' });
    await untilCaptured({ get, id });
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
