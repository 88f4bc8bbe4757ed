import type { ClientSession } from 'mongoose';
import { consumersOf } from '../../contracts/events';
import { USER_ONBOARDING, userOnboardingId, type UserOnboardingInput } from '../../contracts/users/onboarding';
import { taskQueues } from '../../contracts/task-queues';
import type { Actor } from '../../domain/actor';
import { normaliseEmail, requireEmail } from '../../domain/email';
import { newId } from '../../domain/ids';
import type { Models } from '../../models/database';
import type { Event } from '../../models/event';
import { insertDocuments } from '../insert-documents';
import { newOutboxRow, OWN_SEND_MS } from '../new-outbox-row';
import type { Onboarding } from '../../models/users/onboarding';
import type { OutboxRow } from '../../models/outbox-row';
import type { User } from '../../models/users/user';

export interface AcceptOnboardingInput {
  tenantId: string;
  email: string;
  name: string;
  locale: string;
  timeZone: string;
  requiresApproval: boolean;
  metadata: Record<string, string>;
  correlationId: string;
  by: Actor;
  at: Date;
}

/** Everything that accepting an onboarding writes. */
export interface AcceptedOnboarding {
  user: User;
  onboarding: Onboarding;
  event: Event;
  startRow: OutboxRow;
  eventRow: OutboxRow;
}

/** Draws up a new onboarding with its pending user, its first event and its outbox rows. Writes nothing. */
export function acceptOnboarding({
  tenantId,
  requiresApproval,
  correlationId,
  by,
  at,
  ...person
}: AcceptOnboardingInput): AcceptedOnboarding {
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
  const user: User = { ...both, _id: userId, state: 'pending', onboardingId, holdsEmail: true, profile: null };
  const onboarding: Onboarding = {
    ...both,
    _id: onboardingId,
    state: 'accepted',
    since: at,
    until: null,
    userId,
    requiresApproval,
    verification: { generation: 0, expiresAt: null, resentAt: [], verifiedAt: null },
    undoing: null,
  };
  const event: Event = {
    _id: newId('event'),
    tenantId,
    entityType: 'onboarding',
    entityId: onboardingId,
    step: 'accept',
    type: 'onboarding.accepted',
    state: 'accepted',
    version: 1,
    at,
    by,
    data: {},
    correlationId,
  };
  const about = { tenantId, entityType: 'onboarding' as const, entityId: onboardingId, correlationId };
  const input: UserOnboardingInput = { tenantId, onboardingId, requiresApproval, correlationId };
  return {
    user,
    onboarding,
    event,
    startRow: newOutboxRow({
      ...about,
      start: {
        workflowType: USER_ONBOARDING,
        workflowId: userOnboardingId(onboardingId),
        taskQueue: taskQueues.users,
        input: { ...input },
      },
      pending: ['temporal'],
      delayMs: OWN_SEND_MS,
    }),
    eventRow: newOutboxRow({ ...about, eventId: event._id, pending: consumersOf(event.type) }),
  };
}

/** Writes an accepted onboarding; the unique index `one_user_per_address` refuses a taken address. */
export async function insertAccepted({
  models,
  accepted,
  session,
}: {
  models: Models;
  accepted: AcceptedOnboarding;
  session: ClientSession;
}): Promise<void> {
  const { user, onboarding, event, startRow, eventRow } = accepted;
  // The user first: what may be refused is tried before anything else is written.
  await insertDocuments({ model: models.users, documents: [user], session });
  await insertDocuments({ model: models.onboardings, documents: [onboarding], session });
  await insertDocuments({ model: models.events, documents: [event], session });
  await insertDocuments({ model: models.outbox, documents: [startRow, eventRow], session });
}
