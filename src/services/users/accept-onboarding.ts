import type { ClientSession } from 'mongoose';
import { onboardingProcess } from '../../contracts/users/process';
import type { Actor } from '../../domain/actor';
import { normaliseEmail, requireEmail } from '../../domain/values/email';
import { newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import type { User } from '../../models/users/user';
import { acceptEntity, type AcceptedEntity } from '../accept-entity';
import { insertDocuments } from '../insert-documents';
import { holdAddress } from './held-address';

export interface AcceptOnboardingInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  email: string;
  name: string;
  locale: string;
  timeZone: string;
  requiresApproval: boolean;
  metadata: Record<string, string>;
  correlationId: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
  startDelayMs?: number;
}

/**
 * Writes an accepted onboarding with its pending user, its first event and the start of its process, inside the
 * caller's transaction. Returns the start's row, to be sent once the transaction has committed.
 * @throws MongoError for which `isTakenAddress` returns true, where another user holds the address.
 */
export async function acceptOnboarding({
  database,
  session,
  tenantId,
  requiresApproval,
  correlationId,
  by,
  at,
  startDelayMs,
  ...person
}: AcceptOnboardingInput): Promise<{ onboarding: Onboarding } & AcceptedEntity> {
  const userId = newId('user');
  const onboardingId = newId('onboarding');
  const both = {
    tenantId,
    ...person,
    email: requireEmail(person.email),
    emailKey: normaliseEmail(person.email),
    version: 1,
    chain: null,
    correlationId,
    createdAt: at,
    updatedAt: at,
  };
  const user: User = { ...both, _id: userId, state: 'pending', onboardingId, profile: null };
  const onboarding: Onboarding = {
    ...both,
    _id: onboardingId,
    state: 'accepted',
    since: at,
    until: null,
    userId,
    requiresApproval,
    verification: { generation: 0, expiresAt: null, resentAt: [], correctedAt: [], verifiedAt: null, mail: null },
    undoing: null,
    stepTimes: { accepted: at },
  };
  // The address comes first: where it is taken, nothing else is written.
  await holdAddress({ database, session, tenantId, userId, email: user.email });
  await insertDocuments({ model: database.models.users, documents: [user], session });
  const accepted = await acceptEntity({
    database,
    session,
    process: onboardingProcess,
    entity: onboarding,
    event: { type: 'onboarding.accepted' },
    by,
    startDelayMs,
  });
  return { onboarding, ...accepted };
}
