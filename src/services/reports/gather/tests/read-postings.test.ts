import type { QueryFilter } from 'mongoose';
import { ledgerPostingSchema, type LedgerPosting } from '../../../../models/payments/ledger-posting';
import type { GatherScope } from '../gatherer';
import { countPostings } from '../read-postings';

it('counts postings by fields of one index, so that no posting is fetched', async () => {
  const filters: QueryFilter<LedgerPosting>[] = [];
  const countDocuments = async (filter: QueryFilter<LedgerPosting>) => filters.push(filter);
  const scope = {
    database: { models: { ledgerPostings: { countDocuments } } },
    tenantId: 'ptn_1:live',
    asOf: new Date(1),
    filters: { currency: 'EUR' },
  } as unknown as GatherScope;
  await countPostings({ scope, from: new Date(0), to: new Date(1) });
  const fields = filters.flatMap((filter) => Object.keys(filter));
  expect(fields).toContain('recordedAt');
  const covering = ledgerPostingSchema.indexes().filter(([keys]) => fields.every((field) => field in keys));
  expect(covering).toHaveLength(1);
});
