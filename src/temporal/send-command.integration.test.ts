import { WorkflowNotFoundError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { commandStep } from '../contracts/commands';
import { processPaymentId } from '../contracts/payment';
import { DomainError } from '../domain/domain-error';
import { newId } from '../domain/ids';
import { tenantIdOf } from '../domain/tenant';
import { applyStep } from '../models/apply-step';
import type { Database } from '../models/database';
import { seedCaptured } from '../testing/seed-payment';
import { openTestDatabase } from '../testing/test-database';
import { sendCommand } from './send-command';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });
const by = { kind: 'api_key', id: 'key_test' } as const;
const at = '2026-11-21T09:00:00.000Z';

/** Everything that Temporal says of an update whose process closed meanwhile; the first only when the time to answer is over. */
const silences = {
  'no answer': () => new WorkflowUpdateRPCTimeoutOrCancelledError('Deadline exceeded'),
  'a process that has ended': () => new WorkflowNotFoundError('workflow execution already completed', 'w', undefined),
  'a process that was cut off': () => new WorkflowUpdateFailedError('Workflow Update failed', ApplicationFailure.nonRetryable('', 'AcceptedUpdateCompletedWorkflow')),
};

/** A capture of an authorised payment; `meanwhile` is what becomes of the payment before Temporal says `silence`. */
async function capture(silence: () => Error, meanwhile: (input: { paymentId: string; commandId: string }) => Promise<unknown>) {
  const paymentId = await seedCaptured({ api: { database }, tenantId, state: 'authorised' });
  const commandId = newId('event');
  const executeUpdate = async () => {
    await meanwhile({ paymentId, commandId });
    throw silence();
  };
  const client = { withDeadline: (_deadline: number, run: () => unknown) => run(), workflow: { getHandle: () => ({ executeUpdate }) } } as unknown as Client;
  return sendCommand({ client, database, starter: {} as never }, {
    tenantId, entityType: 'payment', entityId: paymentId, workflowId: processPaymentId(paymentId), update: 'capturePayment', input: { commandId, by },
    refusalOf: ({ state }) => (state === 'cancelled' ? new DomainError('PAYMENT_NOT_CAPTURABLE', 'The payment is cancelled') : null),
  });
}
const cancel = ({ paymentId }: { paymentId: string }) => database.models.payments.updateOne({ _id: paymentId }, { $set: { state: 'cancelled' } });
const record = ({ paymentId, commandId }: { paymentId: string; commandId: string }) =>
  applyStep(database, { tenantId, entityType: 'payment', entityId: paymentId, step: commandStep(commandId), from: ['authorised'], to: 'capturing', at, by, event: { type: 'payment.capturing' } });

describe.each(Object.entries(silences))('a command that meets %s', (_name, silence) => {
  it('is refused for good when another one ended the payment meanwhile', async () => {
    await expect(capture(silence, cancel)).rejects.toMatchObject({ code: 'PAYMENT_NOT_CAPTURABLE' });
  });

  it('is answered with what it did, where that is recorded', async () => {
    await expect(capture(silence, record)).resolves.toEqual({ state: 'capturing', at });
    await expect(capture(silence, async (command) => [await record(command), await cancel(command)])).resolves.toEqual({ state: 'capturing', at });
  });

  it('is an open question while the payment goes on', async () => {
    await expect(capture(silence, async () => undefined)).rejects.toMatchObject({ code: 'OUTCOME_PENDING', details: { retryAfterSeconds: 1 } });
  });
});
