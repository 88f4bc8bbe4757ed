import { newId } from '../../domain/ids';
import { tenantIdOf } from '../../domain/tenant';
import { openDatabase } from '../../models/database';
import type { Compensation } from '../../models/payments/compensation';
import { openStuckItem } from '../../services/operator/stuck-items';
import { waitFor } from '../wait-for';
import type { PartnerApp } from '../platform/partner-app';

const ENTRIES = 20;

export interface SeedOperatorsListsInput {
  mongodbUri: string;
  partnerId: string;
  app: PartnerApp;
}

/**
 * Puts entries on the operator's lists that no request can bring about within minutes: rows of the outbox that keep
 * failing, and undoings that keep failing.
 */
export async function seedOperatorsLists({ mongodbUri, partnerId, app }: SeedOperatorsListsInput): Promise<void> {
  const body = { amount: { amountMinor: 500, currency: 'EUR' }, paymentMethod: 'pm_ok' };
  const { id: entityId } = (await app.post<{ id: string }>('/payments', { body })).body;
  const read = async () => (await app.get<{ state: string }>(`/payments/${entityId}`)).body.state;
  await waitFor(async () => (await read()) === 'captured', { what: `${entityId} to be captured` });
  const database = openDatabase({ uri: mongodbUri, appName: 'test' });
  await database.connection.asPromise();
  const about = { tenantId: tenantIdOf({ partnerId, mode: 'sandbox' }), entityType: 'payment', entityId } as const;
  const at = new Date();
  const undoings = Array.from({ length: ENTRIES }, (_, index): Compensation => ({
    ...about,
    _id: newId('compensation'),
    key: `${entityId}:stuck:${index}`,
    effect: 'authorise',
    state: 'stuck',
    sent: true,
    sentAt: at,
    failures: 10,
    lastError: 'GatewayUnavailable',
    waived: null,
    createdAt: at,
    updatedAt: at,
  }));
  await database.models.compensations.insertMany(undoings);
  for (let index = 0; index < ENTRIES; index += 1)
    await openStuckItem({
      database,
      ...about,
      kind: 'outbox_failing',
      subject: newId('outboxRow'),
      detail: 'Its event has failed 20 times',
    });
  await database.close();
}
