import { createSilentGateway } from '../../../src/testing/faults/silent-gateway';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { waitFor } from '../../../src/testing/wait-for';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const HOUR = 3_600_000;
/** A year that has not begun when the last test starts. */
const YEAR = new Date(Date.now() + 24 * HOUR).getUTCFullYear() + 1;
const START = `${YEAR}-01-01T00:00:00.000Z`;

let world: SubscriptionWorld;
const bank = createSilentGateway('capture');
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({ wrapGateway: bank.wrap });
});
afterEach(() => {
  bank.silent = false;
});
afterAll(() => world?.close());

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const unchanged = { state: 'active', pendingChange: null, withdrawnCharges: [], charge: null };
const refunded = (id: string, amountMinor: number) =>
  waitFor(
    async () => {
      await world.relay();
      return (await world.bankBalance(id)).refunded === amountMinor;
    },
    { what: `${amountMinor} to be refunded` },
  );

describe('a change whose payment has an unknown outcome', () => {
  /** Orders a change an hour before the end of the first month; its capture gets no answer. */
  const unknown = async () => {
    const [planId, next] = [await world.plan(), await world.plan({ name: 'Better', amount: eur(300_000) })];
    const id = await world.subscribe({ planId, startAt: START });
    await world.advanceTo(id, new Date(`${YEAR}-01-31T23:00:00.000Z`));
    await world.untilSettled(id);
    bank.silent = true;
    await world.command(id, 'changePlan', { planId: next, when: 'now' });
    await waitFor(async () => (await world.payments(id))[1]?.state === 'unknown', { what: 'an unknown payment' });
    return { id, planId, next };
  };

  it('falls at the end of the period; the renewal goes on, and a late capture is refunded', async () => {
    const { id, planId } = await unknown();
    await world.advance(id, 2 * HOUR, HOUR);
    await waitFor(async () => (await world.invoices(id)).length === 3, { what: 'the renewal' });
    expect(await world.read(id)).toMatchObject({ item: { planId }, pendingChange: null, withdrawnCharges: [{}] });
    bank.silent = false;
    await world.advance(id, 2 * HOUR);
    await waitFor(async () => (await world.read(id)).withdrawnCharges.length === 0, { what: 'the outcome' });
    await world.untilSettled(id);
    const [, change, renewal] = await world.invoices(id);
    expect([change!.state, renewal!.state, renewal!.total]).toEqual(['void', 'paid', eur(1000)]);
    expect(await world.timeline(id)).toContain('change_paid_late');
    await refunded(id, change!.total.amountMinor);
    expect(await world.read(id)).toMatchObject({ ...unchanged, item: { planId } });
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    await world.handle(id).result();
    await recordHistory('subscription-change-paid-late', world.handle(id));
  });

  it('decides about a pause: captured, the pause finds the new plan', async () => {
    const { id, next } = await unknown();
    const pause = world.command(id, 'pauseSubscription', {}, { attempts: 60 });
    await waitFor(async () => (await world.read(id)).pendingChange?.isWithdrawn, { what: 'the withdrawal' });
    bank.silent = false;
    await world.advance(id, HOUR / 2);
    await pause;
    expect(await world.read(id)).toMatchObject({ ...unchanged, state: 'paused', item: { planId: next } });
  });
});
