import { createRequire } from 'node:module';
import { inParallel } from '../until.mjs';

/** Payments that are accepted at a time, as many as the benchmark sends to the api. */
const PLACES = 10;

/** Returns the work of a payment, bundled from payment-work.ts. */
export function loadPaymentWork() {
  const { PAYMENT_WORK, GATEWAY_URL, GATEWAY_SECRET } = process.env;
  const { createPaymentWork } = createRequire(import.meta.url)(PAYMENT_WORK);
  return createPaymentWork({ gatewayUrl: GATEWAY_URL, secret: GATEWAY_SECRET });
}

/**
 * Serves the benchmark: makes the payments of each `{ pay: { ids, …payment } }` and replies with the seconds that they
 * took; replies to `{ query: 'rows' }` with the number of rows written.
 *
 * `accept` writes a payment and resolves to the promise of its end, in an object.
 */
export function servePayments({ accept, countRows }) {
  const pay = async ({ ids, ...payment }) => {
    const begun = performance.now();
    const ends = [];
    const at = new Date().toISOString();
    await inParallel({ count: ids.length, places: PLACES }, async (index) => {
      ends.push((await accept({ ...payment, id: ids[index], at })).ended);
    });
    await Promise.all(ends);
    process.send({ paid: { seconds: (performance.now() - begun) / 1000 } });
  };
  process.on('message', (message) => {
    // A rejection ends the process, and so the benchmark.
    if (message?.pay) void pay(message.pay);
    if (message?.query === 'rows') void countRows().then((rows) => process.send({ rows }));
  });
  process.send({ listening: true });
}
