import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import type { OutboxRow } from '../../../models/outbox-row';
import { newOutboxRow } from '../../../services/new-outbox-row';
import { markDone } from '../../../services/outbox';
import { eventually, silent } from '../../../testing/queue-test-bed';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { consumeRow } from '../../relay/consume-row';
import { createCountEvent } from '../count-event';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const rowById = async (id: string) => (await database.models.outbox.findById(id).lean()) as OutboxRow;

test('one of many racing callers records a consumer as done; the last consumer closes the row', async () => {
  const row = newOutboxRow({
    tenantId: 'ptn_1:live',
    entityType: 'onboarding',
    entityId: 'onb',
    correlationId: 'c',
    pending: ['mail', 'analytics'],
  });
  await database.models.outbox.insertMany([row]);
  const race = (consumer: 'mail' | 'analytics') =>
    Promise.all(Array.from({ length: 20 }, () => markDone({ database, rowId: row._id, consumer })));
  expect((await race('mail')).filter(Boolean)).toHaveLength(1);
  expect(await rowById(row._id)).toMatchObject({ open: true, pending: ['analytics'], doneAt: null });
  expect((await race('analytics')).filter(Boolean)).toHaveLength(1);
  expect(await rowById(row._id)).toMatchObject({ pending: [], lease: null, doneAt: expect.any(Date) });
});

const at = new Date('2026-03-01T23:59:59Z');

/** Writes an event with the row of the outbox that has it counted. */
async function newEvent(tenantId: string): Promise<OutboxRow> {
  const eventId = newId('event');
  const about = { tenantId, entityType: 'onboarding', entityId: newId('onboarding'), correlationId: 'c' } as const;
  await database.models.events.insertMany([
    {
      ...about,
      _id: eventId,
      step: 's',
      type: 'onboarding.verified',
      state: 'x',
      version: 1,
      at,
      by: { kind: 'workflow', id: null },
      data: {},
    },
  ]);
  const row = newOutboxRow({ ...about, pending: ['analytics'], eventId });
  await database.models.outbox.insertMany([row]);
  return row;
}

test('an event whose count could not be written is still to be counted', async () => {
  const tenantId = `${newId('partner')}:live`;
  const row = await newEvent(tenantId);
  const away = new Error('MongoDB is away');
  const updateOne = jest.spyOn(database.models.dailyCounts, 'updateOne').mockImplementation(() => {
    throw away;
  });
  await expect(createCountEvent({ database })(row)).rejects.toBe(away);
  updateOne.mockRestore();
  expect(await rowById(row._id)).toMatchObject({ open: true, pending: ['analytics'] });
});

test('an event is counted once for its day however often its job runs', async () => {
  const tenantId = `${newId('partner')}:live`;
  const rows = await Promise.all(Array.from({ length: 10 }, () => newEvent(tenantId)));
  const act = createCountEvent({ database });
  const { signal } = new AbortController();
  const consume = ({ _id: rowId }: OutboxRow) =>
    consumeRow({ database, rowId, consumer: 'analytics', act, signal, logger: silent });
  await Promise.all([...rows, ...rows].map(consume));
  await eventually(async () => expect(await database.models.outbox.countDocuments({ tenantId, open: true })).toBe(0));
  const counts = await database.models.dailyCounts.find({ tenantId }).lean();
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(10);
  const [day, type] = ['2026-03-01', 'onboarding.verified'];
  for (const count of counts)
    expect(count).toEqual({
      _id: expect.stringMatching(`^${tenantId}/${day}/${type}/\\d+$`),
      tenantId,
      day,
      type,
      count: expect.any(Number),
    });
});
