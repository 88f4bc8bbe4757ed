import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { GatewayUnavailable } from '../src/clients/gateways/gateway-errors';
import { DomainError } from '../src/domain/domain-error';
import { translateErrors } from './translate-errors';

/** Runs an activity that throws the error. Returns what Temporal receives, and the lines of the worker's log. */
async function translated(thrown: Error): Promise<{ failure: ApplicationFailure; logged: unknown[] }> {
  const logged: unknown[] = [];
  const keep = (message: string, fields?: object) => void logged.push({ message, ...fields });
  const logger = { log: () => undefined, trace: keep, debug: keep, info: keep, warn: keep, error: keep };
  const environment = new MockActivityEnvironment(undefined, { logger });
  const execute = translateErrors().inbound!.execute!;
  const failure = await environment
    .run(() => execute({ args: [], headers: {} }, () => Promise.reject(thrown)))
    .catch((error: unknown) => error as ApplicationFailure);
  return { failure: failure as ApplicationFailure, logged };
}

it('a broken business rule is not retried, and keeps its sentence', async () => {
  const { failure } = await translated(new DomainError('EMAIL_TAKEN', 'Use another address.'));
  expect(failure).toMatchObject({ message: 'Use another address.', type: 'EMAIL_TAKEN', nonRetryable: true });
});

it('an unexpected error is retried without its text and causes, which only the log has', async () => {
  const cause = new Error('ada@example.com was refused');
  const thrown = Object.assign(new Error('dup key: { emailKey: "ada@example.com" }', { cause }), {
    name: 'MongoServerError',
    code: 11000,
  });
  const { failure, logged } = await translated(thrown);
  expect(failure).toMatchObject({ type: 'MongoServerError', nonRetryable: false, cause: undefined });
  expect(failure.message).toBe("MongoServerError 11000: see the worker's log");
  expect(failure.stack).not.toContain('ada@');
  expect(logged).toContainEqual(expect.objectContaining({ error: thrown }));
});

it("a gateway's error keeps its message of codes, without the gateway's own words", async () => {
  const cause = new Error('Your card ending 4242 was declined, Ada');
  const call = { call: 'authorise', idempotencyKey: 'pay_1:authorise:1', reason: 'StripeConnectionError' } as const;
  const { failure } = await translated(new GatewayUnavailable({ ...call, cause }));
  expect(failure).toMatchObject({ type: 'GatewayUnavailable', nonRetryable: false, cause: undefined });
  expect(failure.message).toContain('pay_1:authorise:1');
});

it('a cancellation and a failure of Temporal pass unchanged', async () => {
  for (const thrown of [new CancelledFailure('WORKER_SHUTDOWN'), ApplicationFailure.nonRetryable('No', 'NO')])
    expect((await translated(thrown)).failure).toBe(thrown);
});
