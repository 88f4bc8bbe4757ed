import { setTimeout } from 'node:timers/promises';
import { connectTemporal, pingTemporal } from './connect-temporal';

/** Nothing listens there. */
const NOWHERE = '127.0.0.1:9';

it('closes while calls wait to be tried again, and none of them meets the closed connection', async () => {
  for (const momentMs of [300, 350, 400, 450, 500]) {
    const client = connectTemporal({ address: NOWHERE, namespace: 'default', tls: false, apiKey: undefined });
    const calls = Array.from({ length: 5 }, () => pingTemporal({ client, timeoutMs: 5000 }));
    const ended = Promise.allSettled(calls);
    await setTimeout(momentMs);
    await client.connection.close();
    // What is thrown in a timer is nobody's to catch, and fails the test by itself.
    for (const { status } of await ended) expect(status).toBe('rejected');
  }
});
