import { Account } from './account';
import type { Grant, SharedCount, TakeInput } from './shared-count';

const WINDOW_MS = 60_000;

/** Defaults to a reply from the window `w1`, in which everything owed was counted. */
type Reply = Pick<Grant, 'granted' | 'left' | 'endsInMs'> & Partial<Grant>;

/** A shared count whose replies the test gives. */
function openAccount(limit: number) {
  const calls: (TakeInput & { reply: (grant: Reply | null) => Promise<void> })[] = [];
  const take = (input: TakeInput): Promise<Grant | null> =>
    new Promise((resolve) => {
      const reply = async (grant: Reply | null): Promise<void> => {
        resolve(grant && { paid: input.owed, window: 'w1', ...grant });
        await jest.advanceTimersByTimeAsync(0);
      };
      calls.push({ ...input, reply });
    });
  const count = { isAway: false, mayCall: () => true, take };
  const account = new Account({ count: count as unknown as SharedCount, key: 'acme', limit, windowMs: WINDOW_MS });
  const decided: boolean[] = [];
  return {
    count,
    calls,
    decided,
    account,
    request: (times = 1) => {
      for (let number = 0; number < times; number += 1) account.take((passes) => void decided.push(passes));
    },
  };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('spends a lease without a call, and gives up the rest of it when the window ends', async () => {
  const { account, calls, decided, request } = openAccount(600);
  request();
  expect(calls).toMatchObject([{ owed: 0, wanted: 12 }]);
  await calls[0]?.reply({ granted: 12, left: 588, endsInMs: 30_000 });
  request(4);
  expect([decided, account.remaining, calls.length]).toEqual([[true, true, true, true, true], 595, 1]);
  jest.advanceTimersByTime(30_000);
  request();
  expect([decided.length, calls.length]).toEqual([5, 2]);
});

it('counts the window from the call, not from its late reply', async () => {
  const { calls, decided, request } = openAccount(600);
  request();
  jest.advanceTimersByTime(400);
  await calls[0]?.reply({ granted: 12, left: 588, endsInMs: 1000 });
  jest.advanceTimersByTime(599);
  request();
  expect(decided).toEqual([true, true]);
  jest.advanceTimersByTime(1);
  request();
  expect([decided.length, calls.length]).toEqual([2, 2]);
});

it('refuses without a call until the window ends, once the limit is used up', async () => {
  const { calls, decided, request } = openAccount(600);
  request(3);
  await calls[0]?.reply({ granted: 2, left: 0, endsInMs: 1000 });
  jest.advanceTimersByTime(999);
  request();
  expect([decided, calls.length]).toEqual([[true, true, false, false], 1]);
  jest.advanceTimersByTime(1);
  request();
  expect([decided.length, calls.length]).toEqual([4, 2]);
});

it('asks for all that wait, in the order of their arrival', async () => {
  const { calls, decided, request } = openAccount(600);
  request(40);
  await calls[0]?.reply({ granted: 12, left: 588, endsInMs: 1000 });
  expect([decided.length, calls[1]?.wanted]).toEqual([12, 28]);
  await calls[1]?.reply({ granted: 20, left: 0, endsInMs: 900 });
  expect(decided).toEqual([...Array.from({ length: 32 }, () => true), ...Array.from({ length: 8 }, () => false)]);
});

it('lets 0.5 % of the limit pass while a reply is late, and takes it off the lease', async () => {
  const { account, calls, decided, request } = openAccount(600);
  request(5);
  calls[0]?.onSilence();
  expect(decided).toEqual([true, true, true]);
  await calls[0]?.reply({ granted: 12, left: 588, endsInMs: 1000 });
  expect([decided.length, account.remaining, calls.length]).toEqual([5, 595, 1]);
});

it('lets everything pass while Redis is away, and has the next call count it', async () => {
  const { count, calls, decided, request } = openAccount(5);
  request(2);
  count.isAway = true;
  calls[0]?.onSilence();
  request(8);
  expect(decided).toEqual(Array.from({ length: 10 }, () => true));
  await calls[0]?.reply(null);
  request();
  count.isAway = false;
  expect(calls[1]).toMatchObject({ owed: 0, wanted: 1 });
  await calls[1]?.reply({ granted: 1, left: 4, endsInMs: 1000 });
  request();
  expect(calls[2]).toMatchObject({ owed: 10, owedIn: 'w1', wanted: 1 });
  await calls[2]?.reply({ granted: 0, left: 0, endsInMs: 1000 });
  expect([decided.length, decided.at(-1)]).toEqual([12, false]);
});

it('lets a debt lapse with its window, even while a call hangs', async () => {
  const { count, calls, decided, request } = openAccount(5);
  request();
  await calls[0]?.reply({ granted: 1, left: 4, endsInMs: 30_000 });
  request();
  count.isAway = true;
  calls[1]?.onSilence();
  request(8);
  jest.advanceTimersByTime(30_000);
  request(2);
  count.isAway = false;
  await calls[1]?.reply({ paid: 0, granted: 1, left: 4, endsInMs: 60_000, window: 'w2' });
  request();
  expect(calls[2]).toMatchObject({ owed: 1, owedIn: 'w2' });
  await calls[2]?.reply({ granted: 1, left: 2, endsInMs: 29_000, window: 'w2' });
  expect(decided).toEqual(Array.from({ length: 13 }, () => true));
});

it('is not paid back a debt that lapsed while its call was under way', async () => {
  const { count, calls, account, request } = openAccount(1000);
  request();
  jest.advanceTimersByTime(400);
  await calls[0]?.reply({ granted: 1, left: 999, endsInMs: 1000 });
  count.isAway = true;
  request(3);
  await calls[1]?.reply(null);
  jest.advanceTimersByTime(590);
  request();
  expect(calls[2]).toMatchObject({ owed: 4, wanted: 20 });
  jest.advanceTimersByTime(15);
  request();
  await calls[2]?.reply({ granted: 20, left: 976, endsInMs: 408 });
  expect(account.remaining).toBe(976 + 20 - 1);
});

it('has a window that Redis lost end when this process expects it, not a minute after an outage', async () => {
  const { count, calls, request } = openAccount(5);
  count.isAway = true;
  request();
  expect(calls[0]).toMatchObject({ windowMs: 60_000, owed: 0, owedIn: null });
  await calls[0]?.reply(null);
  jest.advanceTimersByTime(45_000);
  request();
  expect(calls[1]).toMatchObject({ windowMs: 15_000, owed: 0 });
});
