import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { spread } from '../measure-requests.mjs';
import { stagesOf } from './payment-stages.mjs';
import { waits } from '../until.mjs';

const SAMPLES = 100;
/** Samples before the first that counts: V8 continues to optimise. */
const WARM_UP = 50;
/** Time after a payment for the end of its workflow and its events, before the next sample. */
const GAP_MS = 100;
/** No worker polls it: the start alone is measured. */
const TASK_QUEUE = 'nobody';
const PAYMENT = {
  amount: { amountMinor: 1900, currency: 'EUR' },
  paymentMethod: 'pm_ok',
  description: 'Invoice 2026-117',
  metadata: { order: 'A 117' },
};
const { untilCaptured } = waits({ withinMs: 60_000, everyMs: 10 });

/**
 * Measures the time until the first response to `POST /payments`, and until the payment is captured, over that of one
 * bare call to Temporal that starts a workflow, and the stages of the payment by its workflow's history. The samples
 * take turns, one at a time.
 */
export async function measureLatency({ startRole, createTenant, temporalAddress }) {
  const roles = [];
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    for (const role of ['sandbox', 'worker', 'api']) roles.push(await startRole(role));
    const { get, post } = await createTenant({ url: roles.at(-1).url, mode: 'sandbox' });
    const { workflow } = new Client({ connection });
    const samples = [];
    for (let sample = 0; sample < WARM_UP + SAMPLES; sample += 1) {
      const beforeStart = performance.now();
      await workflow.start('empty', { workflowId: `bench/${randomUUID()}`, taskQueue: TASK_QUEUE });
      const [beforeRequest, requestedAtMs] = [performance.now(), Date.now()];
      const { id } = await post('/payments', PAYMENT);
      const answered = performance.now();
      await untilCaptured({ get, id });
      const captured = performance.now();
      await sleep(GAP_MS);
      if (sample < WARM_UP) continue;
      const { events } = await workflow.getHandle(`processPayment/${id}`).fetchHistory();
      samples.push({
        start: beforeRequest - beforeStart,
        firstResponse: answered - beforeRequest,
        captured: captured - beforeRequest,
        stages: stagesOf(events, { requestedAtMs }),
      });
    }
    return { samples: SAMPLES, rows: rowsOf(samples) };
  } finally {
    await connection.close();
    for (const role of roles.toReversed()) await role.end();
  }
}

/** Returns the spread of each time, and its median over that of a bare start. */
function rowsOf(samples) {
  const times = (key) => spread(samples.map((sample) => sample[key]));
  const start = times('start');
  return [
    { name: 'a bare start of a workflow', key: 'start' },
    { name: 'POST /payments, first response', key: 'firstResponse' },
    { name: 'POST /payments, until captured', key: 'captured' },
    ...Object.keys(samples[0].stages).map((stage) => ({ name: `  ${stage}`, stage })),
  ].map(({ name, key, stage }) => {
    const ms = stage ? spread(samples.map(({ stages }) => stages[stage])) : times(key);
    return { name, ms, overStart: ms.median / start.median };
  });
}
