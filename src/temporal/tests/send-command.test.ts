import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { commandStep } from '../../contracts/commands';
import { paymentProcess } from '../../contracts/payments/process';
import { DomainError } from '../../domain/domain-error';
import { newId } from '../../domain/ids';
import { tenantIdOf } from '../../domain/tenant';
import { applyStep } from '../../services/apply-step';
import type { Database } from '../../models/database';
import { afterFirstRead } from '../../testing/faults/after-first-read';
import { seedCaptured } from '../../testing/worlds/seed-payment';
import { openTestDatabase } from '../../testing/servers/test-database';
import { sendCommand } from '../send-command';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });
const by = { kind: 'api_key', id: 'key_test' } as const;
const at = '2026-11-21T09:00:00.000Z';

/**
 * Every error with which Temporal reports an update whose workflow closed meanwhile; the first only at the deadline.
 */
const silences = {
  'no response': () => new WorkflowUpdateRPCTimeoutOrCancelledError('Deadline exceeded'),
  'a workflow that has ended': () => new WorkflowNotFoundError('workflow execution already completed', 'w', undefined),
  'a workflow that was cut off': () =>
    new WorkflowUpdateFailedError(
      'Workflow Update failed',
      ApplicationFailure.nonRetryable('', 'AcceptedUpdateCompletedWorkflow'),
    ),
};

interface Command {
  paymentId: string;
  commandId: string;
}

/** Sends a capture of a payment through a Temporal client whose updates call `executeUpdate`. */
const send = ({ paymentId, commandId }: Command, executeUpdate: () => Promise<never>) => {
  const client = {
    withDeadline: (_deadline: number, run: () => unknown) => run(),
    workflow: { getHandle: () => ({ executeUpdate }) },
  } as unknown as Client;
  return sendCommand(
    { client, database, starter: {} as never },
    {
      tenantId,
      process: paymentProcess,
      entityId: paymentId,
      update: 'capturePayment',
      input: { commandId, by },
      refusalOf: ({ state }) =>
        state === 'authorised' ? null : new DomainError('PAYMENT_NOT_CAPTURABLE', `The payment is ${state}`),
    },
  );
};
const newCommand = async (): Promise<Command> => ({
  paymentId: await seedCaptured({ api: { database }, tenantId, state: 'authorised' }),
  commandId: newId('event'),
});

/** Captures an authorised payment; `meanwhile` changes the payment before Temporal reports `silence`. */
async function capture(silence: () => Error, meanwhile: (command: Command) => Promise<unknown>) {
  const command = await newCommand();
  return send(command, async () => {
    await meanwhile(command);
    throw silence();
  });
}
const cancel = ({ paymentId }: Command) =>
  database.models.payments.updateOne({ _id: paymentId }, { $set: { state: 'cancelled' } });
const record = ({ paymentId, commandId }: Command) =>
  applyStep(database, {
    tenantId,
    entityType: 'payment',
    entityId: paymentId,
    step: commandStep(commandId),
    from: ['authorised'],
    to: 'capturing',
    at,
    by,
    event: { type: 'payment.capturing' },
  });

describe.each(Object.entries(silences))('a command that meets %s', (_name, silence) => {
  it('is refused for good when another command ended the payment meanwhile', async () => {
    await expect(capture(silence, cancel)).rejects.toMatchObject({ code: 'PAYMENT_NOT_CAPTURABLE' });
  });

  it('returns its outcome when that is recorded', async () => {
    await expect(capture(silence, record)).resolves.toEqual({ state: 'capturing', at });
    await expect(capture(silence, async (command) => [await record(command), await cancel(command)])).resolves.toEqual({
      state: 'capturing',
      at,
    });
  });

  it('has an unknown outcome while the payment goes on', async () => {
    await expect(capture(silence, async () => undefined)).rejects.toMatchObject({
      code: 'OUTCOME_PENDING',
      details: { retryAfterSeconds: 1 },
    });
  });
});

describe('a command that is repeated', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each(['payments', 'events'] as const)(
    'returns the first outcome, even if recorded between two reads (after that at %s)',
    async (model) => {
      const command = await newCommand();
      afterFirstRead(database.models[model] as typeof database.models.events, () => record(command));
      const outcome = send(command, async () => {
        throw silences['no response']();
      });
      await expect(outcome).resolves.toEqual({ state: 'capturing', at });
    },
  );

  it('returns its recorded outcome when the workflow was cut off afterwards and refuses', async () => {
    const refused = () =>
      new WorkflowUpdateFailedError(
        'Workflow Update failed',
        ApplicationFailure.nonRetryable('The payment is cancelled', 'ILLEGAL_STATE'),
      );
    await expect(capture(refused, record)).resolves.toEqual({ state: 'capturing', at });
    await expect(capture(refused, async () => undefined)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  });
});
