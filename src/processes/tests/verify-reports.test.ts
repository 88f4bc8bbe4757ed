import { BUCKETS_FORM } from '../../services/reports/buckets/buckets-progress';
import { waitFor } from '../../testing/wait-for';
import { openPaymentWorld, type PaymentWorld } from '../../testing/worlds/payment-world';
import { quietTemporal } from '../../testing/servers/quiet-temporal';
import { createCountEvents } from '../../queue/inline/count-events';
import { verifyReports } from '../maintenance/verify-reports';

let world: PaymentWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld();
});
afterAll(() => world?.close());

async function verify(): Promise<{ agree: boolean; lines: string[] }> {
  const lines: string[] = [];
  const env = { MONGODB_URI: world.mongodbUri, OPERATOR_KEY: 'x'.repeat(32), TOKEN_SECRET: 'y'.repeat(32) };
  const agree = await verifyReports({ env, print: (line) => lines.push(line) });
  return { agree, lines };
}

/** Counts what the platform has done so far. */
async function countAll(): Promise<void> {
  const { database } = world;
  const open = () => database.models.outbox.find({ open: true, pending: 'analytics' }).lean();
  for (let rows = await open(); rows.length > 0; rows = await open()) await createCountEvents({ database })(rows);
}

it('names what of the buckets is not in the source, and the postings that no bucket has', async () => {
  const { reconcilerStates, reportBuckets, ledgerPostings } = world.database.models;
  const id = await world.pay();
  await world.until(id, 'captured');
  await waitFor(() => ledgerPostings.exists({ paymentId: id, event: 'capture' }), { what: 'the books' });
  expect((await verify()).lines).toContainEqual(expect.stringContaining('The buckets are not counted yet'));
  await reconcilerStates.updateOne(
    { _id: 'reconciler' },
    { $set: { buckets: { form: BUCKETS_FORM, built: true, after: null } }, $setOnInsert: { heldUntil: new Date(0) } },
    { upsert: true },
  );
  await countAll();
  const { agree, lines } = await verify();
  expect([agree, lines.at(-1)]).toEqual([true, 'The facts of the reports agree with their source.']);
  expect(lines).toContainEqual(expect.stringMatching(/: buckets of \d day\(s\), 0 difference\(s\)$/));

  const differing = async () => (await verify()).lines.filter((line) => line.startsWith('differs')).join('\n');
  const capture = (await reportBuckets.findOne({ source: 'posting', kind: 'capture' }).lean())!;
  await reportBuckets.updateOne({ _id: capture._id }, { $inc: { 'moved.captured': 5 } });
  expect(await differing()).toMatch(/capture\/EUR is 1, authorised -\d+.*, and the source has 1, authorised/);
  await reportBuckets.updateOne({ _id: capture._id }, { $inc: { 'moved.captured': -5 } });
  const posting = (await ledgerPostings.findOne({ paymentId: id, event: 'capture' }).lean())!;
  await ledgerPostings.insertMany([{ ...posting, _id: `${id}:unknown:1` }]);
  expect(await differing()).toMatch(/ capture EUR is 1, authorised.*, and the ledger has 2, authorised/);
});
