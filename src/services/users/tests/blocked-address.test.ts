import mongoose from 'mongoose';
import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import { people } from '../../../testing/queue-test-bed';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { acceptOnboarding } from '../../../testing/worlds/accept-onboarding';
import { listBlockedAddress } from '../blocked-address';
import { findHolder } from '../held-address';

const tenantId = 'ptn_1:live';
let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const list = (email: string) => listBlockedAddress({ database, tenantId, email });
const items = () => database.models.stuckItems.find({ kind: 'address_blocked' }).lean();

it('an address that is free, or that a user holds, is not listed, and stays as it was', async () => {
  expect(await list('free@example.com')).toBe(false);
  const accept = () => acceptOnboarding({ database, tenantId, requiresApproval: false, email: 'free@example.com' });
  await accept();
  expect(await list('Free@Example.com')).toBe(false);
  await expect(accept()).rejects.toThrow('one_user_per_address');
  expect(await items()).toEqual([]);
});

it('an address that is refused although no user holds it is listed once, with its last user', async () => {
  const email = 'blocked@example.com';
  const { user } = people({ user: { tenantId, email, emailKey: email, state: 'cancelled' } });
  await database.models.users.insertMany([user]);
  const orphan = { _id: newId('user'), tenantId, emailKey: email };
  await database.models.heldAddresses.insertMany([orphan]);
  for (let time = 0; time < 2; time++) expect(await list(email)).toBe(true);
  const [item, ...others] = await items();
  expect(item).toMatchObject({ tenantId, entityType: 'user', entityId: user._id, state: 'open' });
  expect(item?.detail).toContain(`The document ${orphan._id} of held_addresses`);
  expect(others).toEqual([]);
});

it('an address that the index refuses, although no document has it, is listed with the index', async () => {
  const email = 'kept@example.com';
  // Stands for an index that has kept a key.
  const refusal = new mongoose.mongo.MongoServerError({ message: 'E11000 index: one_user_per_address', code: 11000 });
  const insert = jest.spyOn(database.models.heldAddresses.collection, 'insertOne').mockRejectedValue(refusal);
  expect(await list(email)).toBe(true);
  insert.mockRestore();
  expect(await items()).toContainEqual(
    expect.objectContaining({ detail: expect.stringContaining('index one_user_per_address of held_addresses') }),
  );
});

it('the holder of an address is read as it is on the primary, whatever the majority has confirmed', async () => {
  const concerns: unknown[] = [];
  database.connection.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'find') concerns.push([command.find, command.readConcern?.level]);
  });
  const email = 'held@example.com';
  await acceptOnboarding({ database, tenantId, requiresApproval: false, email });
  concerns.length = 0;
  expect(await findHolder({ database, tenantId, email })).toMatchObject({ email });
  expect(concerns).toEqual([
    ['held_addresses', 'local'],
    ['users', 'local'],
  ]);
});
