import mongoose from 'mongoose';
import { judgeQuery, servingIndex } from '../../../../scripts/checks/queries/judge-query';
import { defineModels } from '../../../models/define-models';
import { indexesOf } from '../../../testing/servers/record-queries';
import { dueFilter, type Due } from './due-listings';

const indexes = indexesOf({ models: defineModels(mongoose.createConnection()) } as never);
const queryOf = (due: Due, tenantId: string | null) => ({
  place: 'src/services/listings/sweep/due-listings.ts',
  collection: 'listings',
  filter: dueFilter(due, { tenantId }, { until: new Date() }) as Record<string, unknown>,
  sort: { [due]: 1, _id: 1 } as const,
  isLimited: true,
  hint: null,
});

it.each<[Due, string | null, string]>([
  ['expiresAt', null, 'ends_of_live'],
  ['nextNoticeAt', null, 'planned_notices'],
  ['expiresAt', 'ptn_1:sandbox', 'tenantId_1_state_1_expiresAt_-1__id_-1'],
  ['nextNoticeAt', 'ptn_1:sandbox', 'planned_notices_of_tenant'],
])('a page of what is due by %s, for tenant %s, is read from its index and nothing else', (due, tenantId, index) => {
  const query = queryOf(due, tenantId);
  expect(judgeQuery(query, indexes)).toBeNull();
  // What the bounds do not narrow would be read although it is not due.
  expect(servingIndex(query, indexes)).toMatchObject({ index, left: [] });
});
