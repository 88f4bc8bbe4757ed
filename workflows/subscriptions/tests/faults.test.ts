import type { Activities } from '../../../activities';
import { GatewayOutcomeUnknown, GatewayUnavailable } from '../../../src/clients/gateways/gateway-errors';
import type { PaymentGateway } from '../../../src/clients/gateways/payment-gateway';
import { createFaultySteps, modes, type Cell } from '../../../src/testing/faults/faulty-steps';
import { inBatches } from '../../../src/testing/in-batches';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { restartByOperator } from '../../../src/testing/worlds/restart-by-operator';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const steps = ['getSubscriptionDetails', 'createInvoice', 'updateSubscription'];

let world: SubscriptionWorld;
const faulty = createFaultySteps();
/** A subscription without faults. */
let undisturbed: string;
/** While true, charges are made without an answer, and look-ups fail. */
let silent = false;
const silenced = (gateway: PaymentGateway): PaymentGateway => ({
  ...gateway,
  async authorise(input) {
    const answer = await gateway.authorise(input);
    if (silent)
      throw new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey: input.idempotencyKey, reason: 'silence' });
    return answer;
  },
  async lookUp(input) {
    if (silent) throw new GatewayUnavailable({ call: 'lookUp', reason: 'silence' });
    return gateway.lookUp(input);
  },
});
/** The faults of the next payments, one each. */
const nextPayments: Cell[] = [];
/** The payments that got a fault. */
const hit = new Map<string, Cell>();
const arming = (activities: Activities): Activities => ({
  ...activities,
  async validatePayment(input) {
    const cell = hit.has(input.paymentId) ? undefined : nextPayments.shift();
    if (cell) {
      hit.set(input.paymentId, cell);
      faulty.set(input.paymentId, cell);
    }
    return activities.validatePayment(input);
  },
});

beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrap: (activities) => faulty.wrap(arming(activities)),
    wrapGateway: (gateway) => faulty.wrapGateway(silenced(gateway)),
  });
  faulty.attach(world);
  undisturbed = await renewed();
});
afterAll(() => world?.close());

/** Returns a subscription whose trial has ended, and whose first charge had the given fault. */
async function renewed(cell?: Cell): Promise<string> {
  const id = await world.subscribe({ planId: await world.plan({ trialDays: 14 }) });
  await world.until(id, 'trialing');
  if (cell) faulty.set(id, cell);
  const charged = async () => {
    const { charge, state } = await world.read(id);
    return state !== 'trialing' && (charge === null || charge.status === 'failed');
  };
  const hasFailed = async () => (await world.handle(id).describe()).status.name === 'FAILED';
  await world.advance(id, 14.5 * DAY).catch(() => undefined);
  await waitFor(async () => (await charged()) || (await hasFailed()), {
    what: `${id} to be charged, or its process to fail`,
  });
  if (await hasFailed()) {
    await restartByOperator(world, { entityType: 'subscription', entityId: id });
    // The new process starts in real time, as every process does outside a sandbox.
    await world.advance(id, 14.5 * DAY);
    await waitFor(charged, { what: `${id} to be charged by its new process` });
  }
  if ((await world.read(id)).charge?.status === 'failed') {
    // The first retry of the dunning schedule.
    await world.advance(id, DAY);
    await waitFor(async () => (await world.read(id)).charge === null, { what: `${id} to be charged again` });
  }
  return id;
}

async function standing(id: string) {
  const { state } = await world.read(id);
  const invoices = (await world.invoices(id)).map((invoice) => [
    invoice.state,
    invoice.total.amountMinor,
    invoice.attempts.map((attempt) => attempt.state),
  ]);
  return { state, invoices, bank: await world.bankBalance(id), outstanding: faulty.outstanding(id) };
}

describe('the charge of a period whose step', () => {
  it('goes wrong in any way is made once, and its invoice is correct', async () => {
    const cells = modes.flatMap((mode) => faulty.cells({ mode, steps, like: undisturbed }));
    const outcomes = await inBatches(
      cells,
      async (cell) => [`${cell.name} ${cell.mode}`, await standing(await renewed(cell))] as const,
    );
    const bank = { captured: 1000, refunded: 0, authorisations: 1 };
    const ends = ({ step, mode }: Cell) => {
      // A cancel of the charge itself withdraws the payment; the next retry charges again.
      const attempts = mode.startsWith('is cancelled') && step !== 'updateSubscription' ? ['failed', 'paid'] : ['paid'];
      return { state: 'active', invoices: [['paid', 1000, attempts]], bank, outstanding: [] };
    };
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(cells.map((cell) => [`${cell.name} ${cell.mode}`, ends(cell)])),
    );
  });
});

describe('an unanswered charge whose payment goes wrong as it is released', () => {
  /** Returns a subscription whose charge got no answer; the next query comes an hour later. */
  const unanswered = async () => {
    const id = await world.subscribe({ planId: await world.plan() });
    const [payment] = await waitFor(
      async () => {
        const payments = await world.payments(id);
        return payments[0]?.state === 'unknown' && payments;
      },
      { what: `${id} to be charged without an answer` },
    );
    await waitFor(async () => (await world.paymentHandle(payment!._id).describe()).status.name !== 'RUNNING', {
      what: 'the process of the payment to end',
    });
    return { id, paymentId: payment!._id };
  };
  const queriedAgain = async (id: string) => {
    await world.advance(id, 2 * HOUR);
    await world.untilSettled(id);
  };

  it('is made once', async () => {
    silent = true;
    const { id: like, paymentId } = await unanswered();
    const cells = modes.flatMap((mode) => faulty.cells({ mode, steps: ['releasePayment'], like: paymentId }));
    nextPayments.push(...cells);
    const subjects = await inBatches(cells, unanswered);
    silent = false;
    for (const { id } of subjects)
      if ((await world.handle(id).describe()).status.name === 'FAILED')
        await restartByOperator(world, { entityType: 'subscription', entityId: id });
    await inBatches([like, ...subjects.map(({ id }) => id)], queriedAgain);
    const outcomes = await inBatches(subjects, async (subject) => [
      hit.get(subject.paymentId)!,
      await standing(subject.id),
      faulty.outstanding(subject.paymentId),
    ]);
    const expected = {
      state: 'active',
      invoices: [['paid', 1000, ['paid']]],
      bank: { captured: 1000, refunded: 0, authorisations: 1 },
      outstanding: [],
    };
    expect(outcomes).toEqual(outcomes.map(([cell]) => [cell, expected, []]));
    expect(outcomes).toHaveLength(cells.length);
  });
});

describe('the charge of a period', () => {
  it('whose payment loses its process is made once by the process that an operator starts', async () => {
    await world.chaos({ down: true });
    const id = await world.subscribe({ planId: await world.plan() });
    const [payment] = await waitFor(
      async () => {
        const payments = await world.payments(id);
        return payments[0]?.chain && payments;
      },
      { what: 'the payment to have a process' },
    );
    await world.paymentHandle(payment!._id).terminate('from outside');
    await expect(world.handle(id).result()).rejects.toThrow();
    await world.chaos({ down: false });
    await restartByOperator(world, { entityType: 'subscription', entityId: id });
    await world.untilSettled(id);
    expect(await standing(id)).toMatchObject({
      state: 'active',
      invoices: [['paid', 1000, ['paid']]],
      bank: { captured: 1000, authorisations: 1 },
    });
  });
});
