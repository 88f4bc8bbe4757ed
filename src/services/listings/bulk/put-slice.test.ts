import type { Database } from '../../../models/database';
import { turnsDuring } from '../../../testing/faults/turns-during';
import { putSlice, type BatchItem, type PutSliceInput } from './put-slice';

/** Two owners: the item is refused before anything is read for it. */
const items = Array.from({ length: 50 }, (_, index): BatchItem => ({
  index,
  content: { title: 'A fine car', description: 'Never driven', category: 'cars' },
  ref: null,
  ownerUserId: 'usr_1',
  ownerRef: 'owner-1',
}));

const slice = {
  // What was carried out is recorded, which is nothing.
  database: { models: { idempotency: {} } } as Database,
  batch: { tenantId: 'ptn_1:live', commandId: 'command-1', fingerprint: '' },
  mode: 'create',
  submit: false,
  items,
  correlationId: 'correlation-1',
  by: { kind: 'api_key', id: 'key_1' },
  at: new Date('2026-03-29T10:00:00Z'),
} as unknown as PutSliceInput;

it('lets other work of the process run between the items of a slice, whose texts may be long', async () => {
  let results: unknown;
  const turns = await turnsDuring(async () => (results = await putSlice(slice)));
  expect(turns).toBeGreaterThanOrEqual(items.length - 1);
  expect(results).toMatchObject(items.map(({ index }) => ({ index, error: { code: 'OWNER_INVALID' } })));
});
