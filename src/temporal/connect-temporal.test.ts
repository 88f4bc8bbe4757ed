import { setTimeout } from 'node:timers/promises';
import { connectTemporal, pingTemporal } from './connect-temporal';

/** Nothing listens on this port. */
const NOWHERE = '127.0.0.1:9';

it('closes while calls wait for a retry, and no retry uses the closed connection', async () => {
  for (const momentMs of [300, 350, 400, 450, 500]) {
    const client = connectTemporal({ address: NOWHERE, namespace: 'default', tls: false, apiKey: undefined });
    const calls = Array.from({ length: 5 }, () => pingTemporal({ client, timeoutMs: 5000 }));
    const ended = Promise.allSettled(calls);
    await setTimeout(momentMs);
    await client.connection.close();
    // An error thrown in a timer cannot be caught and fails the test by itself.
    for (const { status } of await ended) expect(status).toBe('rejected');
  }
});
