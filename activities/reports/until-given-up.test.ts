import type { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DomainError } from '../../src/domain/domain-error';
import { StorageUnavailable } from '../../src/domain/reports/file-store';
import { failureOf } from '../../src/domain/reports/report-failure';
import { GIVE_UP_MS, LAST_ATTEMPT_MS, untilGivenUp } from './until-given-up';

const quiet = () => undefined;
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Runs an attempt that is scheduled so long after the first one. Returns what it throws, and whether it worked. */
async function attemptAfter(triedMs: number, work: () => Promise<void>) {
  const times = { scheduledTimestampMs: 1_000_000, currentAttemptScheduledTimestampMs: 1_000_000 + triedMs };
  let hasWorked = false;
  const environment = new MockActivityEnvironment({ ...times, attempt: 2 }, { logger });
  const attempt = () =>
    untilGivenUp(async () => {
      hasWorked = true;
      await work();
    });
  const thrown = await environment.run(attempt).then(
    () => null,
    (error: unknown) => error,
  );
  return { thrown, hasWorked };
}

const refuse = () => Promise.reject(new StorageUnavailable('away'));
const succeed = () => Promise.resolve();

it('a storage that is away is tried again for an hour', async () => {
  const { thrown } = await attemptAfter(GIVE_UP_MS, refuse);
  expect(thrown).toBeInstanceOf(StorageUnavailable);
});

it('a storage that is away for longer than an hour fails the report as STORAGE_UNAVAILABLE', async () => {
  const { thrown } = await attemptAfter(GIVE_UP_MS + 1, refuse);
  expect(thrown).toMatchObject({ nonRetryable: true });
  expect(failureOf((thrown as ApplicationFailure).type!)).toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
});

it('attempts that ran out of time for an hour fail the report as TIMED_OUT, without another one', async () => {
  const { thrown, hasWorked } = await attemptAfter(GIVE_UP_MS + LAST_ATTEMPT_MS + 1, succeed);
  expect(thrown).toMatchObject({ nonRetryable: true });
  expect(failureOf((thrown as ApplicationFailure).type!)).toMatchObject({ code: 'TIMED_OUT' });
  expect(hasWorked).toBe(false);
});

it('a broken rule keeps its own code after an hour', async () => {
  const { thrown } = await attemptAfter(GIVE_UP_MS + 1, () =>
    Promise.reject(new DomainError('FILE_DAMAGED', 'It is.')),
  );
  expect(thrown).toMatchObject({ code: 'FILE_DAMAGED' });
});

it('an attempt within the last minutes may still succeed', async () => {
  expect(await attemptAfter(GIVE_UP_MS + LAST_ATTEMPT_MS, succeed)).toEqual({ thrown: null, hasWorked: true });
});
