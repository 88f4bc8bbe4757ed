import type { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { TENANT_SLOTS_TAKEN } from '../src/contracts/tenant-slots';
import { deferred } from '../src/testing/deferred';
import { shareSlots } from './share-slots';

/** Opens a worker with so many slots, in which activities run until `finish`. */
function open(slots: number) {
  const seen = { putOff: 0, finish: [] as (() => Promise<void>)[] };
  const factory = shareSlots({ slots, onPutOff: () => (seen.putOff += 1) });
  const execute = async (fairnessKey: string | undefined, attempt: number, run: () => Promise<unknown>) => {
    const { inbound } = factory({ info: { priority: { fairnessKey }, attempt } } as Context);
    return inbound!.execute!({ args: [], headers: {} }, run);
  };
  /** Returns the number of these activities that began. */
  const begin = async (tenant: string | undefined, count = 1) => {
    let begun = 0;
    for (let index = 0; index < count; index += 1) {
      const { promise, resolve } = deferred();
      const running = execute(tenant, 1, () => {
        begun += 1;
        return promise;
      });
      seen.finish.push(async () => {
        resolve();
        await running;
      });
      running.catch(() => seen.finish.pop());
      await Promise.race([running, Promise.resolve()]).catch(() => undefined);
    }
    return begun;
  };
  const putOff = (attempt: number): Promise<ApplicationFailure> =>
    execute('a', attempt, async () => undefined).then(
      () => Promise.reject(new Error('It was not put off')),
      (error: ApplicationFailure) => error,
    );
  return { seen, begin, execute, putOff };
}

test('one tenant holds half of the slots at most, and each further one half of the rest', async () => {
  const { seen, begin } = open(100);
  expect(await begin('a', 300)).toBe(50);
  expect(await begin('b', 300)).toBe(25);
  expect(await begin('c', 300)).toBe(13);
  expect([seen.putOff, await begin('d')]).toEqual([250 + 275 + 287, 1]);
});

test('a slot that becomes free is the next one to be taken', async () => {
  const { seen, begin } = open(4);
  expect(await begin('a', 3)).toBe(2);
  await seen.finish.shift()!();
  expect(await begin('a', 2)).toBe(1);
});

test('a failed activity gives its slot back', async () => {
  const { begin, execute } = open(2);
  await expect(execute('a', 1, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await begin('a')).toBe(1);
});

test.each([1, 2, 3])('a worker with %i slots still runs an activity of a tenant', async (slots) => {
  expect(await open(slots).begin('a')).toBe(1);
});

test('an activity of no tenant is never put off', async () => {
  expect(await open(2).begin(undefined, 5)).toBe(5);
});

test('an attempt that is put off is repeated after 1 to 5 s, however many came before it', async () => {
  const { begin, putOff } = open(2);
  await begin('a');
  const pauses: number[] = [];
  for (const attempt of [...Array<number>(50).fill(1), ...Array<number>(50).fill(40)]) {
    const { type, nonRetryable, nextRetryDelay } = await putOff(attempt);
    expect([type, nonRetryable]).toEqual([TENANT_SLOTS_TAKEN, false]);
    pauses.push(Number(nextRetryDelay));
  }
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(5000);
  expect(new Set(pauses).size).toBeGreaterThan(50);
});
