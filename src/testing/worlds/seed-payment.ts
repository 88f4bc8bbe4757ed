import { newId } from '../../domain/ids';
import { acceptPayment } from '../../services/payments/accept-payment';
import { acceptRefund } from '../../services/payments/accept-refund';
import type { PaymentState } from '../../domain/payments/payment';
import type { TestApi } from '../test-api';

const at = '2026-11-21T09:00:00.000Z';
const by = { kind: 'api_key', id: 'key_test' } as const;

/** Writes a captured payment as its process leaves it. Returns the id. */
export async function seedCaptured({
  api: { database },
  tenantId,
  amountMinor = 500,
  currency = 'EUR',
  state = 'captured',
}: {
  api: Pick<TestApi, 'database'>;
  tenantId: string;
  amountMinor?: number;
  currency?: string;
  state?: PaymentState;
}): Promise<string> {
  const { payment } = await database.inTransaction((session) =>
    acceptPayment({
      database,
      session,
      tenantId,
      amount: { amountMinor, currency },
      paymentMethod: 'pm_ok',
      correlationId: 'test',
      by,
      at,
    }),
  );
  await database.models.payments.updateOne(
    { _id: payment._id },
    { $set: { state, authorisedMinor: amountMinor, capturedMinor: amountMinor, authorisationId: 'auth_1' } },
  );
  return payment._id;
}

/**
 * Writes one entity of each kind: a payment, a partial refund, a stuck compensation and an operation. Returns the ids.
 */
export async function seedPayment({
  api,
  tenantId,
}: {
  api: Pick<TestApi, 'database'>;
  tenantId: string;
}): Promise<Record<'paymentId' | 'refundId' | 'compensationId' | 'operationId', string>> {
  const { database } = api;
  const paymentId = await seedCaptured({ api, tenantId });
  const { refund } = await database.inTransaction((session) =>
    acceptRefund({
      database,
      session,
      tenantId,
      paymentId,
      amount: { amountMinor: 100, currency: 'EUR' },
      correlationId: 'test',
      by,
      at,
    }),
  );
  const [compensationId, operationId, now] = [newId('compensation'), newId('operation'), new Date(at)];
  await database.models.compensations.insertMany([
    {
      _id: compensationId,
      tenantId,
      key: `${paymentId}:authorise:1`,
      entityType: 'payment',
      entityId: paymentId,
      effect: 'authorise',
      state: 'stuck',
      sent: true,
      failures: 10,
      lastError: 'GatewayUnavailable',
      waived: null,
      createdAt: now,
      updatedAt: now,
    },
  ]);
  await database.models.operations.insertMany([
    {
      _id: operationId,
      tenantId,
      type: 'advance_clock',
      state: 'completed',
      version: 1,
      chain: null,
      correlationId: 'test',
      createdAt: now,
      updatedAt: now,
      from: now,
      target: now,
      reached: now,
      offsets: { fromMs: 0, targetMs: 0, reachedMs: 0 },
      hops: { done: 1, total: 1 },
      fired: [{ type: 'payment.captured', count: 1 }],
      failure: null,
      by,
    },
  ]);
  return { paymentId, refundId: refund._id, compensationId, operationId };
}
