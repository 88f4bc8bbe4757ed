import type { Database } from '../../../../models/database';
import { acceptAdvance } from '../../../../temporal/commands/sandbox/sandbox-clock-commands';
import { openTestDatabase } from '../../../../testing/servers/test-database';
import { seedPartner } from '../../../../testing/worlds/seed-partner';
import { claimAdvance, findRunningAdvance } from '../../../sandbox/operation-progress';
import { acceptSweep, beginSweep } from '../sweep-operation';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const about = { correlationId: 'c-1', chain: 'run-by-hand' };
const by = { kind: 'operator', id: null } as const;
const operationOf = (operationId: string) => database.models.operations.findById(operationId).lean().orFail();

it('a sweep that was started by hand with the operation of an advance changes nothing', async () => {
  const { tenantId } = await seedPartner({ database });
  const advance = { database, tenantId, by: 'P1D', actor: by, realNow: new Date(), ...about };
  const { operation } = await database.inTransaction((session) => acceptAdvance({ ...advance, session }));
  const { _id: operationId } = operation;
  const begun = beginSweep({ database, tenantId, operationId, chain: about.chain, at: new Date() });
  await expect(begun).rejects.toMatchObject({ code: 'ENTITY_NOT_OURS' });
  expect(await operationOf(operationId)).toMatchObject({ chain: null, state: 'running', version: 1 });
});

it('an advance that was started by hand with the operation of a sweep changes nothing', async () => {
  const tenantId = 'operator';
  const order = { database, tenantId, partnerId: null, dryRun: false, by, at: new Date(), ...about };
  const { operation } = await database.inTransaction((session) => acceptSweep({ ...order, session }));
  const step = { database, tenantId, operationId: operation._id, chain: about.chain };
  await claimAdvance(step);
  await expect(findRunningAdvance(step)).rejects.toMatchObject({ code: 'ENTITY_NOT_OURS' });
  expect(await operationOf(operation._id)).toMatchObject({ chain: null, state: 'running', version: 1 });
});
