import { newId } from '../../../../domain/ids';
import { tenantIdOf } from '../../../../domain/tenant';
import { openTestDatabase } from '../../../../testing/servers/test-database';
import { subscribe } from '../subscriptions';

const ADDRESSES = 20;

it('mails that reach a new address at once share its unsubscribe link', async () => {
  const { database, drop } = await openTestDatabase();
  const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });
  for (let round = 0; round < ADDRESSES; round += 1) {
    const emailKey = `new-${round}@example.com`;
    const address = { database, secret: 'secret', tenantId, scope: 'payments', emailKey };
    const tokens = await Promise.all(Array.from({ length: 20 }, () => subscribe(address)));
    expect(new Set(tokens).size).toBe(1);
    const stored = await database.models.reportRecipients.find({ emailKey }, { tenantId: 1, _id: 0 }).lean();
    expect(stored).toEqual([{ tenantId }]);
  }
  await drop();
});
