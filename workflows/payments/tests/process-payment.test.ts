import { endedPayment } from '../../../src/testing/expect-books';
import { openPaymentWorld, testActor, testParent, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BIG = { amountMinor: 2_000_000, currency: 'EUR' };

let world: PaymentWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld();
});
afterAll(() => world?.close());

const ended = (id: string, historyName?: string) => endedPayment(world, id, historyName);

describe('processPayment', () => {
  it('takes an automatic payment from checks to captured money, each step recorded once', async () => {
    const id = await world.pay({ customerId: 'c-1', description: 'A book' });
    const { result, bank } = await ended(id, 'captured');
    expect(result).toEqual({ state: 'captured', unknownCall: null, reason: null });
    expect(bank).toMatchObject({ captured: 5000, authorisations: 1, captures: 1 });
    const timeline = await world.timeline(id);
    expect(timeline.slice(2, 4).sort()).toEqual(['card_checked', 'fraud_checked']);
    expect([...timeline.slice(0, 2), ...timeline.slice(4)]).toEqual([
      'accepted',
      'validating',
      'authorising',
      'authorised',
      'capturing',
      'captured',
      'notified',
    ]);
    expect((await world.postings(id)).map(({ _id }) => _id)).toEqual([`${id}:authorise:1`, `${id}:capture:1`]);
    expect(await world.effects(id)).toEqual({ authorise: 'done', capture: 'done' });
  });

  it.each([
    ['pm_declined', 'card_declined', 'declined'],
    ['pm_insufficient_funds', 'insufficient_funds', 'insufficient-funds'],
    ['pm_fraud', 'fraud', 'declined-as-fraud'],
    ['pm_nonsense', 'card_invalid', 'card-invalid'],
  ])('ends declined with %s, as a result, after one call', async (paymentMethod, reason, name) => {
    const id = await world.pay({ paymentMethod });
    const { result } = await ended(id, name);
    expect(result).toEqual({ state: 'declined', unknownCall: null, reason });
    expect((await world.bankItems(id)).length).toBe(paymentMethod === 'pm_nonsense' ? 0 : 1);
    expect(await world.postings(id)).toEqual([]);
  });

  it.each(['cust 17', 'Müller & Söhne', '客户'])('accepts any customer id of the partner: %s', async (customerId) => {
    expect(
      (await world.handle(await world.pay({ customerId, paymentMethod: 'pm_expires_next_month' })).result()).state,
    ).toBe('captured');
  });

  it('counts the payments of a customer, not the charges of subscriptions', async () => {
    const customerId = `many-${Date.now()}`;
    const { database, tenantId } = world;
    for (let n = 0; n < 25; n += 1) await world.accept({ customerId, parent: testParent, purpose: 'renewal' });
    const amongRenewals = await world.pay({ customerId });
    expect((await world.handle(amongRenewals).result()).state).toBe('captured');
    expect((await world.read(amongRenewals)).fraud?.reasons).toEqual([]);
    await database.models.payments.updateMany({ tenantId, customerId }, { $set: { parent: null } });
    const renewal = (await world.accept({ customerId, parent: testParent, purpose: 'renewal' })).payment._id;
    expect((await world.runRenewal(renewal)).state).toBe('captured');
    const oneMore = await world.pay({ customerId });
    await world.until(oneMore, 'review');
    expect((await world.read(oneMore)).fraud?.reasons).toMatchObject([{ rule: 'payments_per_hour' }]);
  });

  it('is denied by the fraud rules without a call to the gateway', async () => {
    const id = await world.pay({ amount: { amountMinor: 20_000_000, currency: 'EUR' } });
    expect((await ended(id, 'fraud-denied')).result).toMatchObject({ state: 'declined', reason: 'fraud_detected' });
    expect((await world.read(id)).fraud).toMatchObject({ decision: 'deny', reasons: [{ rule: 'amount' }] });
    expect(await world.bankItems(id)).toEqual([]);
  });

  it('continues once a reviewer approves, and records the reviewer and the note', async () => {
    const id = await world.pay({ amount: BIG });
    await world.until(id, 'review');
    expect(
      await world.command(id, 'reviewPayment', { decision: 'approve', payload: { note: 'Known customer' } }),
    ).toMatchObject({ state: 'authorising' });
    expect((await ended(id, 'review-approved')).result.state).toBe('captured');
    expect((await world.read(id)).review).toMatchObject({ decision: 'approve', note: 'Known customer' });
    const approval = await world.database.models.events.findOne({ entityId: id, type: 'payment.authorising' }).lean();
    expect(approval).toMatchObject({ by: testActor, data: { decision: 'approve', note: 'Known customer' } });
  });

  it('is declined by a reviewer, and takes no more commands afterwards', async () => {
    const id = await world.pay({ amount: BIG });
    await world.until(id, 'review');
    await expect(world.command(id, 'capturePayment')).rejects.toMatchObject({ code: 'PAYMENT_NOT_CAPTURABLE' });
    await world.command(id, 'reviewPayment', { decision: 'decline' });
    expect((await ended(id, 'review-declined')).result).toMatchObject({ state: 'declined', reason: 'review_declined' });
    await expect(world.command(id, 'reviewPayment', { decision: 'approve' })).rejects.toMatchObject({
      code: 'PAYMENT_NOT_IN_REVIEW',
    });
    await expect(world.command(id, 'cancelPayment')).rejects.toMatchObject({ code: 'PAYMENT_ALREADY_ENDED' });
  });

  it('waits 24 hours for a reviewer and is then declined', async () => {
    const id = await world.pay({ amount: BIG });
    await world.until(id, 'review');
    await world.advance(id, DAY - HOUR);
    expect((await world.read(id)).state).toBe('review');
    await world.advance(id, 2 * HOUR);
    expect((await ended(id, 'review-timed-out')).result).toMatchObject({
      state: 'declined',
      reason: 'review_timed_out',
    });
  });

  it('is cancelled in review without a call to the gateway', async () => {
    const id = await world.pay({ amount: BIG });
    await world.until(id, 'review');
    expect(await world.command(id, 'cancelPayment')).toMatchObject({ state: 'cancelled' });
    await ended(id, 'cancelled-in-review');
    expect((await world.read(id)).review).toMatchObject({ decision: 'cancel', note: null });
    expect(await world.bankItems(id)).toEqual([]);
  });

  it('continues when the customer confirms and is declined when the customer refuses', async () => {
    const [yes, no] = await Promise.all([
      world.pay({ paymentMethod: 'pm_requires_action' }),
      world.pay({ paymentMethod: 'pm_requires_action' }),
    ]);
    await Promise.all([world.until(yes, 'requires_action'), world.until(no, 'requires_action')]);
    await Promise.all([world.act(yes, 'approve'), world.act(no, 'decline')]);
    expect((await ended(yes, 'action-done')).result.state).toBe('captured');
    expect((await ended(no, 'action-declined')).result).toMatchObject({
      state: 'declined',
      reason: 'authentication_failed',
    });
  });

  it('gives the customer an hour to confirm, then cancels the payment', async () => {
    const id = await world.pay({ paymentMethod: 'pm_requires_action' });
    await world.until(id, 'requires_action');
    await world.advance(id, HOUR - 60_000);
    expect((await world.read(id)).state).toBe('requires_action');
    await world.advance(id, 120_000);
    expect((await ended(id, 'action-timed-out')).result).toMatchObject({
      state: 'cancelled',
      reason: 'customer_did_not_act',
    });
    expect((await world.bankItems(id)).map(({ outcome }) => outcome)).toEqual(['requires_action', 'voided']);
  });

  it.each(['pm_timeout_after_charge', 'pm_timeout_after_capture'])(
    'is unknown after %s and settles captured, charged exactly once',
    async (paymentMethod) => {
      const id = await world.pay({ paymentMethod });
      await world.until(id, 'captured');
      const { result, bank } = await ended(id, paymentMethod.replace('pm_', 'unknown-').replaceAll('_', '-'));
      expect(result.state).toBe('captured');
      expect(await world.timeline(id)).toContain('unknown');
      expect(bank).toMatchObject({ captured: 5000, authorisations: 1, captures: 1 });
    },
  );

  it('is denied by the fraud rules while the gateway is away', async () => {
    await world.chaos({ down: true });
    const id = await world.pay({ amount: { amountMinor: 20_000_000, currency: 'EUR' } });
    await world.until(id, 'declined');
    await world.chaos({ down: false });
    expect((await ended(id)).result).toMatchObject({ state: 'declined', reason: 'fraud_detected' });
    expect(await world.timeline(id)).not.toContain('card_checked');
  });

  it('waits for a gateway that is away, and does not fail', async () => {
    const id = await world.pay({ paymentMethod: 'pm_flaky' });
    const { result, bank } = await ended(id, 'flaky');
    expect(result.state).toBe('captured');
    expect(bank).toMatchObject({ captures: 1 });
  });

  it('leaves a payment alone that another run owns', async () => {
    const { payment } = await world.accept();
    await world.database.models.payments.updateOne({ _id: payment._id }, { $set: { chain: 'another' } });
    const handle = await world.client.workflow.start('processPayment', {
      workflowId: `ghost/${payment._id}`,
      taskQueue: 'payments',
      args: [{ tenantId: world.tenantId, paymentId: payment._id, correlationId: 'x' }],
    });
    await expect(handle.result()).rejects.toMatchObject({ cause: { cause: { type: 'ENTITY_NOT_OURS' } } });
    expect((await world.read(payment._id)).state).toBe('accepted');
  });
});
