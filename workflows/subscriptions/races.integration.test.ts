import { quietTemporal } from '../../src/testing/quiet-temporal';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../src/testing/subscription-world';
import { waitFor } from '../../src/testing/wait-for';

const DAY = 86_400_000;

type Step = 'createInvoice';
/** Steps that are held back: each counts who arrives, and lets nobody through until it is released. */
const gates = new Map<Step, { arrived: number; open: Promise<void>; release: () => void }>();
const hold = (step: Step) => {
  let release = () => {};
  const open = new Promise<void>((resolve) => { release = resolve; });
  const gate = { arrived: 0, open, release };
  gates.set(step, gate);
  return gate;
};
const pass = async (step: Step): Promise<void> => {
  const gate = gates.get(step);
  if (!gate) return;
  gate.arrived++;
  await gate.open;
};

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrap: (activities) => ({
      ...activities,
      async createInvoice(input) {
        await pass('createInvoice');
        return activities.createInvoice(input);
      },
    }),
  });
});
afterEach(() => {
  for (const { release } of gates.values()) release();
  gates.clear();
});
afterAll(() => world?.close());

const active = async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.until(id, 'active');
  await world.untilSettled(id);
  return id;
};
describe('a cancel at the period’s end that comes between the renewal and its invoice', () => {
  it('ends the subscription there, and no further period is charged', async () => {
    const id = await active();
    const gate = hold('createInvoice');
    const { nextPeriodAt } = await world.read(id);
    const moving = world.advance(id, 32 * DAY).catch(() => undefined);
    await waitFor(() => gate.arrived > 0, { what: 'the renewal to begin' });
    expect(await world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' })).toMatchObject({ state: 'active' });
    const { data } = (await world.events(id)).at(-1)!;
    expect(data.effectiveAt).toBe(nextPeriodAt.toISOString());
    gate.release();
    await moving;
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await world.invoices(id)).toHaveLength(1);
    expect(await world.bankBalance(id)).toEqual({ captured: 1000, refunded: 0, authorisations: 1 });
    expect((await world.timeline(id)).slice(-2)).toEqual(['cancel_waiting', 'cancelled']);
  });
});
