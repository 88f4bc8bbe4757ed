import { createFaultySteps, modes, type Cell } from '../../src/testing/faulty-steps';
import { quietTemporal } from '../../src/testing/quiet-temporal';
import { restartByOperator } from '../../src/testing/restart-by-operator';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../src/testing/subscription-world';
import { waitFor } from '../../src/testing/wait-for';

const DAY = 86_400_000;
const steps = ['getSubscriptionDetails', 'createInvoice', 'updateSubscription'];

let world: SubscriptionWorld;
const faulty = createFaultySteps();
/** Nothing goes wrong with it. */
let undisturbed: string;

beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({ wrap: faulty.wrap, wrapGateway: faulty.wrapGateway });
  faulty.attach(world);
  undisturbed = await renewed();
});
afterAll(() => world?.close());

/** A subscription whose trial ends, and whose first charge goes wrong in the named way. */
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
  await waitFor(async () => (await charged()) || (await hasFailed()), { what: `${id} to be charged, or its process to fail` });
  if (await hasFailed()) {
    await restartByOperator(world, { entityType: 'subscription', entityId: id });
    // It begins in real time, as every process does outside a sandbox.
    await world.advance(id, 14.5 * DAY);
    await waitFor(charged, { what: `${id} to be charged by its new process` });
  }
  if ((await world.read(id)).charge?.status === 'failed') {
    // The first rung of the ladder.
    await world.advance(id, DAY);
    await waitFor(async () => (await world.read(id)).charge === null, { what: `${id} to be charged again` });
  }
  return id;
}

async function standing(id: string) {
  const { state } = await world.read(id);
  const invoices = (await world.invoices(id)).map((invoice) => [invoice.state, invoice.total.amountMinor, invoice.attempts.map((attempt) => attempt.state)]);
  return { state, invoices, bank: await world.bankBalance(id), outstanding: faulty.outstanding(id) };
}

describe('the charge of a period whose step', () => {
  it('goes wrong in whatever way is made once, and its invoice is true', async () => {
    const cells = modes.flatMap((mode) => faulty.cells({ mode, steps, like: undisturbed }));
    const outcomes = await Promise.all(cells.map(async (cell) => [`${cell.name} ${cell.mode}`, await standing(await renewed(cell))] as const));
    const bank = { captured: 1000, refunded: 0, authorisations: 1 };
    const ends = ({ step, mode }: Cell) => {
      // Whoever cancels the charge itself withdraws its payment; the next rung of the ladder charges anew.
      const attempts = mode.startsWith('is cancelled') && step !== 'updateSubscription' ? ['failed', 'paid'] : ['paid'];
      return { state: 'active', invoices: [['paid', 1000, attempts]], bank, outstanding: [] };
    };
    expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(cells.map((cell) => [`${cell.name} ${cell.mode}`, ends(cell)])));
  });
});

describe('the charge of a period', () => {
  it('whose payment loses its process is made once by the process that an operator starts', async () => {
    await world.chaos({ down: true });
    const id = await world.subscribe({ planId: await world.plan() });
    const [payment] = await waitFor(async () => {
      const payments = await world.payments(id);
      return payments[0]?.chain && payments;
    }, { what: 'the payment to have a process' });
    await world.paymentHandle(payment!._id).terminate('from outside');
    await expect(world.handle(id).result()).rejects.toThrow();
    await world.chaos({ down: false });
    await restartByOperator(world, { entityType: 'subscription', entityId: id });
    await world.untilSettled(id);
    expect(await standing(id)).toMatchObject({ state: 'active', invoices: [['paid', 1000, ['paid']]], bank: { captured: 1000, authorisations: 1 } });
  });
});
