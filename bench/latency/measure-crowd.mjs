import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { spread } from '../measure-requests.mjs';

const ROUNDS = 3;
const FEW = 8;
const CROWD = 500;
const SECONDS = 20;
const REPEAT_AFTER_MS = 500;

/**
 * Measures how many payments the api accepts a second from a few callers, and from a crowd that sends more than the api
 * can do and repeats what it refuses. Work that is given up half-done would let the crowd's number fall to nothing.
 */
export async function measureCrowd({ startRole, createTenant }) {
  const api = await startRole('api');
  try {
    const { key } = await createTenant({ url: api.url, mode: 'sandbox' });
    const pay = (callers, seconds = SECONDS) => accepted({ url: api.url, key, callers, seconds });
    // Finds everything cold and is not counted.
    await pay(FEW, 3);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push({ few: await pay(FEW), crowd: await pay(CROWD) });
    return {
      rounds: ROUNDS,
      few: spread(rounds.map(({ few }) => few)),
      crowd: spread(rounds.map(({ crowd }) => crowd)),
      crowdOverFew: spread(rounds.map(({ few, crowd }) => crowd / few)),
    };
  } finally {
    await api.end();
  }
}

/** Resolves to the number of payments accepted a second. */
async function accepted({ url, key, callers, seconds }) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ amount: { amountMinor: 1900, currency: 'EUR' }, paymentMethod: 'pm_ok' });
  const endsAt = performance.now() + seconds * 1000;
  let count = 0;
  const callOn = async () => {
    let idempotencyKey = randomUUID();
    while (performance.now() < endsAt) {
      const init = { method: 'POST', body, headers: { ...headers, 'idempotency-key': idempotencyKey } };
      const response = await fetch(`${url}/api/v1/payments`, init);
      await response.text();
      if (response.status === 202) {
        count += 1;
        idempotencyKey = randomUUID();
      } else if (response.status >= 500) await sleep(REPEAT_AFTER_MS);
      else throw new Error(`A payment was refused with ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: callers }, callOn));
  return count / seconds;
}
