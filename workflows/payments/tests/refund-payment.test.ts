import {
  GatewayOutcomeUnknown,
  GatewayRequestRefused,
  GatewayUnavailable,
} from '../../../src/clients/gateways/gateway-errors';
import type { PaymentGateway } from '../../../src/clients/gateways/payment-gateway';
import { ledgerProblems, totalsProblems } from '../../../src/domain/payments/ledger-check';
import { balanceOf } from '../../../src/domain/payments/ledger';
import { ledgerBalance } from '../../../src/services/payments/ledger-balance';
import { postingOf } from '../../../src/models/payments/ledger-posting';
import { differences } from '../../../src/testing/expect-books';
import { gatewayReported } from '../../../src/contracts/payments/payment';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;
const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

let world: PaymentWorld;
/** Refunds that are made without an answer, once. */
const silent = new Set<string>();
/** Refunds whose calls and look-ups are never answered. */
const unanswered = new Set<string>();
/** Number of look-ups without an answer. */
let unansweredLookUps = 0;
/** Refunds that fail with an error which the gateway keeps under their key; taken out, the key is forgotten. */
const keptError = new Set<string>();
/** Refunds that are made without an answer, before the gateway refuses every call, as with a replaced key. */
const lockedOut = new Map<string, 'done' | 'refused'>();
const refuseLockedOut = ({ idempotencyKey }: { idempotencyKey: string }, call: 'refund' | 'lookUp') => {
  if (lockedOut.get(idempotencyKey.split(':')[0]!) === 'refused')
    throw new GatewayRequestRefused({ call, idempotencyKey, reason: '401' });
};
const refundOf = ({ idempotencyKey }: { idempotencyKey: string }) => idempotencyKey.split(':')[0]!;
const wrapGateway = (gateway: PaymentGateway): PaymentGateway => ({
  ...gateway,
  async refund(input) {
    refuseLockedOut(input, 'refund');
    if (keptError.has(refundOf(input)))
      throw new GatewayOutcomeUnknown({ call: 'refund', idempotencyKey: input.idempotencyKey, reason: '500' });
    const answer = await gateway.refund(input);
    if (silent.delete(refundOf(input)) || unanswered.has(refundOf(input)))
      throw new GatewayOutcomeUnknown({ call: 'refund', idempotencyKey: input.idempotencyKey, reason: 'no answer' });
    if (lockedOut.has(refundOf(input))) {
      lockedOut.set(refundOf(input), 'refused');
      throw new GatewayOutcomeUnknown({ call: 'refund', idempotencyKey: input.idempotencyKey, reason: 'no answer' });
    }
    return answer;
  },
  async lookUp(input) {
    refuseLockedOut(input, 'lookUp');
    if (unanswered.has(refundOf(input))) {
      unansweredLookUps += 1;
      throw new GatewayUnavailable({ call: 'lookUp', reason: 'away' });
    }
    return gateway.lookUp(input);
  },
});

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrapGateway });
});
afterAll(() => world?.close());

const captured = async (paymentMethod = 'pm_ok') => {
  const id = await world.pay({ paymentMethod });
  await world.handle(id).result();
  return id;
};
const settled = async (paymentId: string) => {
  const { problems, bank } = await differences(world, paymentId);
  expect(problems).toEqual([]);
  const { state, refundedMinor, pendingRefundMinor } = await world.read(paymentId);
  expect(refundedMinor).toBe(bank.refunded);
  return { state, refundedMinor, pendingRefundMinor };
};

describe('refundPayment', () => {
  it('refunds all that is left, and the payment is refunded', async () => {
    const id = await captured();
    const refund = await world.refund(id);
    expect(await world.refundHandle(refund).result()).toBe('succeeded');
    await recordHistory('payment-refund-succeeded', world.refundHandle(refund));
    expect(await settled(id)).toEqual({ state: 'refunded', refundedMinor: 5000, pendingRefundMinor: 0 });
    expect(await world.timeline(refund)).toEqual(['accepted', 'started', 'succeeded']);
    expect((await world.timeline(id)).slice(-2)).toEqual(['refund_requested', 'refund_succeeded']);
  });

  it('refunds in parts, never more than was captured', async () => {
    const id = await captured();
    await world.refundHandle(await world.refund(id, eur(2000))).result();
    expect(await settled(id)).toMatchObject({ state: 'partially_refunded', refundedMinor: 2000 });
    await expect(world.refund(id, eur(3001))).rejects.toMatchObject({ code: 'REFUND_EXCEEDS_CAPTURED' });
    await expect(world.refund(id, { amountMinor: 1, currency: 'USD' })).rejects.toMatchObject({
      code: 'CURRENCY_MISMATCH',
    });
    await world.refundHandle(await world.refund(id, eur(3000))).result();
    expect(await settled(id)).toMatchObject({ state: 'refunded', refundedMinor: 5000 });
    await expect(world.refund(id)).rejects.toMatchObject({ code: 'PAYMENT_NOT_REFUNDABLE' });
  });

  it("refuses to refund an uncaptured payment and another tenant's", async () => {
    const id = await world.pay({ capture: 'manual' });
    await world.until(id, 'authorised');
    await expect(world.refund(id)).rejects.toMatchObject({ code: 'PAYMENT_NOT_REFUNDABLE' });
    await expect(world.refund('pay_01h00000000000000000000000')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('releases the reservation of a refund that the gateway refuses', async () => {
    const id = await captured('pm_refund_fails');
    const refund = await world.refund(id, eur(500));
    expect(await world.refundHandle(refund).result()).toBe('failed');
    await recordHistory('payment-refund-failed', world.refundHandle(refund));
    expect(await settled(id)).toEqual({ state: 'captured', refundedMinor: 0, pendingRefundMinor: 0 });
    expect(await world.readRefund(refund)).toMatchObject({ state: 'failed', failure: 'refund_failed' });
  });

  it('is made once when the first call gets no answer', async () => {
    const id = await captured();
    const { refund, row } = await world.acceptRefund(id, eur(700));
    silent.add(refund._id);
    await world.starter.start(row);
    expect(await world.refundHandle(refund._id).result()).toBe('succeeded');
    await recordHistory('payment-refund-unknown', world.refundHandle(refund._id));
    expect(await settled(id)).toMatchObject({ state: 'partially_refunded', refundedMinor: 700 });
    expect((await world.bankItems(id)).filter(({ outcome }) => outcome === 'refunded')).toHaveLength(1);
  });

  it("is on the operator's list after 24 hours of silence, stays reserved, and settles", async () => {
    const id = await captured();
    const { refund, row } = await world.acceptRefund(id, eur(900));
    unanswered.add(refund._id);
    await world.starter.start(row);
    await world.advanceRefund(refund._id, 26 * HOUR);
    expect(await world.database.models.stuckItems.find({ entityId: refund._id, open: true }).lean()).toMatchObject([
      { kind: 'outcome_unknown' },
    ]);
    expect((await world.read(id)).pendingRefundMinor).toBe(900);
    unanswered.delete(refund._id);
    await world.advanceRefund(refund._id, 2 * HOUR);
    expect(await world.refundHandle(refund._id).result()).toBe('succeeded');
    expect(await settled(id)).toMatchObject({ refundedMinor: 900, pendingRefundMinor: 0 });
  });

  it('is never sent again 24 hours after its first attempt, and is still looked up', async () => {
    const id = await captured();
    const { refund, row } = await world.acceptRefund(id, eur(700));
    keptError.add(refund._id);
    await world.starter.start(row);
    await world.advanceRefund(refund._id, 26 * HOUR);
    expect(await world.database.models.stuckItems.find({ entityId: refund._id, open: true }).lean()).toHaveLength(1);
    keptError.delete(refund._id);
    await world.advanceRefund(refund._id, 3 * HOUR);
    expect((await world.readRefund(refund._id)).state).toBe('pending');
    expect(await world.bankItems(refund._id)).toEqual([]);
  });

  it('is looked up again within seconds where a report after half a day finds no answer yet', async () => {
    const id = await captured();
    const { refund, row } = await world.acceptRefund(id, eur(400));
    unanswered.add(refund._id);
    await world.starter.start(row);
    await world.advanceRefund(refund._id, 12 * HOUR);
    const before = unansweredLookUps;
    await world.refundHandle(refund._id).signal(gatewayReported);
    await waitFor(() => unansweredLookUps > before, { what: 'the look-up that the report brings forward' });
    unanswered.delete(refund._id);
    expect(await world.refundHandle(refund._id).result()).toBe('succeeded');
  });

  it('keeps all books of a tenant balanced', async () => {
    const totals = (await ledgerBalance({ database: world.database, tenantId: world.tenantId })).get('EUR')!;
    expect(totalsProblems({ totals, of: 'the tenant' })).toEqual([]);
    expect(balanceOf(totals, 'refunded')).toBe(5000 + 5000 + 700 + 900 + 400);
    const all = await world.database.models.ledgerPostings.find({ tenantId: world.tenantId }).lean();
    expect(ledgerProblems(all.map(postingOf))).toEqual([]);
  });

  it('does not fail when its look-up is refused, and its amount stays reserved', async () => {
    const id = await captured();
    const {
      refund: { _id: refund },
      row,
    } = await world.acceptRefund(id, eur(2000));
    lockedOut.set(refund, 'done');
    await world.starter.start(row);
    await waitFor(() => lockedOut.get(refund) === 'refused', { what: 'the silence' });
    await world.advanceRefund(refund, 60_000);
    expect((await world.readRefund(refund)).state).toBe('pending');
    expect((await world.read(id)).pendingRefundMinor).toBe(2000);
    lockedOut.delete(refund);
    await world.advanceRefund(refund, HOUR);
    expect(await world.refundHandle(refund).result()).toBe('succeeded');
    expect(await settled(id)).toEqual({ state: 'partially_refunded', refundedMinor: 2000, pendingRefundMinor: 0 });
  });
});
