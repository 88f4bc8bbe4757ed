import { createFaultySteps, type Cell, type Mode } from '../../../src/testing/faults/faulty-steps';
import { inBatches } from '../../../src/testing/in-batches';
import { casesOf } from '../../../src/testing/long-form';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

/** The faults of a worker that dies, and of a call whose response is lost: each step takes effect, and is repeated. */
const modes: readonly Mode[] = [
  'fails once after its effect',
  'times out after its effect',
  'is killed after any of its effects',
];

let world: SubscriptionWorld;
let better: string;
const faulty = createFaultySteps();
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrap: (activities) => faulty.wrap(activities),
    wrapGateway: (gateway) => faulty.wrapGateway(gateway),
  });
  faulty.attach(world);
  better = await world.plan({ name: 'Better', amount: { amountMinor: 300_000, currency: 'EUR' } });
});
afterAll(() => world?.close());

/** Returns a paid subscription that orders another plan with the given fault. */
async function ordered({ cell, paymentMethod = 'pm_ok' }: { cell?: Cell; paymentMethod?: string }): Promise<string> {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.untilSettled(id);
  await world.payWith(id, paymentMethod);
  if (cell) faulty.set(id, cell);
  // The sender of a command whose step is lost learns its outcome later.
  await world.command(id, 'changePlan', { planId: better, when: 'now' }).catch(() => undefined);
  return id;
}

const untilNoChange = (id: string) =>
  waitFor(async () => (await world.read(id)).pendingChange === null, { what: `the change of ${id} to be settled` });

async function paid(cell?: Cell): Promise<string> {
  const id = await ordered({ cell });
  await waitFor(async () => (await world.timeline(id)).includes('plan_changed'), { what: `${id} to have its plan` });
  await untilNoChange(id);
  return id;
}

async function withdrawn(cell?: Cell): Promise<string> {
  const id = await ordered({ paymentMethod: 'pm_requires_action' });
  await waitFor(async () => (await world.read(id)).pendingChange?.actionUrl, { what: 'the page of the bank' });
  if (cell) faulty.set(id, cell);
  await world.command(id, 'undoSubscriptionChange', {}).catch(() => undefined);
  await untilNoChange(id);
  await waitFor(async () => (await world.timeline(id)).includes('undone'), { what: `the undo of ${id}` });
  return id;
}

async function standing(id: string) {
  const { state, item, withdrawnCharges } = await world.read(id);
  const timeline = await world.timeline(id);
  return {
    state,
    isBetter: item.planId === better,
    invoices: (await world.invoices(id)).map((invoice) => [invoice.kind, invoice.state]),
    once: ['change_ordered', 'plan_changed', 'change_failed', 'undone'].map(
      (type) => timeline.filter((other) => other === type).length,
    ),
    bank: await world.bankBalance(id),
    underWay: withdrawnCharges,
    outstanding: faulty.outstanding(id),
  };
}

describe.each([
  {
    what: 'paid',
    play: paid,
    steps: ['changePlan', 'getSubscriptionDetails', 'createInvoice', 'updateSubscription'],
    end: { isBetter: true, once: [1, 1, 0, 0] },
  },
  {
    what: 'withdrawn',
    play: withdrawn,
    // Behind a lost result the next query of the payment comes a minute later, in real time.
    steps: casesOf({
      short: ['withdrawPlanChange', 'undoSubscriptionChange'],
      long: ['withdrawPlanChange', 'undoSubscriptionChange', 'updateSubscription'],
    }),
    end: { isBetter: false, once: [1, 0, 1, 1] },
  },
])('a change of plan that is $what', ({ play, steps, end }) => {
  it('ends the same way, and once, whichever of its steps is lost after its effect', async () => {
    const undisturbed = await play();
    const like = await standing(undisturbed);
    expect(like).toMatchObject({ state: 'active', ...end, underWay: [], outstanding: [] });
    const cells = modes.flatMap((mode) => faulty.cells({ mode, steps, like: undisturbed }));
    expect(new Set(cells.map(({ step }) => step))).toEqual(new Set(steps));
    const outcomes = await inBatches(
      cells,
      async (cell) => [`${cell.name} ${cell.mode}`, await standing(await play(cell))] as const,
    );
    const { captured } = like.bank;
    for (const [, { bank }] of outcomes) expect(Math.abs(bank.captured - captured)).toBeLessThanOrEqual(captured / 100);
    const comparable = ({ bank: { refunded, authorisations }, ...rest }: Awaited<ReturnType<typeof standing>>) => ({
      ...rest,
      refunded,
      authorisations,
    });
    expect(outcomes.map(([name, outcome]) => [name, comparable(outcome)])).toEqual(
      outcomes.map(([name]) => [name, comparable(like)]),
    );
  });
});
