import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { MailRequest } from '../contracts/outbox';
import { newId } from '../domain/ids';
import type { OutboxRow } from '../models/outbox-row';
import type { Onboarding } from '../models/users/onboarding';
import type { Partner } from '../models/partners/partner';
import type { User } from '../models/users/user';
import { newOutboxRow } from '../services/new-outbox-row';

/** A logger that discards everything. */
export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The settings of mails for tests of other things: everything is delivered, and no limit is reached. */
export const deliverAll = {
  sandboxMail: 'deliver',
  operatorEmail: 'operator@platform.example',
  limits: { perPerson: 1000, perReviewer: 1000, perTenant: 1_000_000 },
  logger: silent,
  // No mail of theirs has a file.
  fileStore: undefined as never,
} as const;

/** For mails of which none is about reports. */
export const noReportMails = { deliveryOf: async () => null, unsubscribeUrlOf: async () => null };

/** Returns a prefix for keys in Redis that no other test uses. */
export const ownPrefix = () => `{test-${randomUUID()}}`;

export function testRedisUrl(): string {
  const url = process.env.TEST_REDIS_URL;
  if (!url) throw new Error('TEST_REDIS_URL is not set: run this in the integration project');
  return url;
}

/**
 * Repeats `check` until the expectations hold. Throws the last failure after `withinMs`: by default long enough for a
 * machine that stands still for a while, and less than the minute after which a relay sends every row again.
 */
export async function eventually<T>(check: () => Promise<T> | T, withinMs = 40_000): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await setTimeout(25);
    }
  }
}

export interface People {
  partner: Partner;
  user: User;
  onboarding: Onboarding;
}

/** Returns a partner with a user whose onboarding waits for verification. */
export function people(
  changes: { user?: Partial<User>; partner?: Partial<Partner>; onboarding?: Partial<Onboarding> } = {},
): People {
  const at = new Date(Date.now() - 3_600_000);
  const partner: Partner = {
    _id: newId('partner'),
    name: 'Fähre & Söhne',
    timeZone: 'Europe/Berlin',
    locale: 'de-DE',
    reviewers: [],
    metadata: {},
    version: 1,
    createdAt: at,
    updatedAt: at,
    ...changes.partner,
  };
  const tenantId = `${partner._id}:live`;
  const shared = {
    tenantId,
    version: 1,
    chain: null,
    correlationId: 'corr-1',
    createdAt: at,
    updatedAt: at,
    metadata: {},
    locale: 'en-GB',
    timeZone: 'Europe/London',
  };
  const userId = newId('user');
  const onboardingId = newId('onboarding');
  const person = { email: `${userId}@example.com`, emailKey: `${userId}@example.com`, name: 'Ada <b>Lovelace</b>' };
  const user: User = {
    ...shared,
    ...person,
    _id: userId,
    state: 'pending',
    onboardingId,
    profile: null,
    ...changes.user,
  };
  const onboarding: Onboarding = {
    ...shared,
    ...person,
    _id: onboardingId,
    state: 'awaiting_verification',
    touchedAt: at,
    since: at,
    until: null,
    userId,
    requiresApproval: false,
    verification: {
      generation: 1,
      expiresAt: new Date('2026-07-01T10:00:00Z'),
      resentAt: [],
      correctedAt: [],
      verifiedAt: null,
      mail: null,
    },
    undoing: null,
    stepTimes: { accepted: at },
    ...changes.onboarding,
  };
  return { partner, user, onboarding };
}

/** Returns the row of a mail about an onboarding, by default the one that verifies its address. */
export const mailRowFor = ({ _id: entityId, tenantId }: Onboarding, mail: Partial<MailRequest> = {}): OutboxRow =>
  newOutboxRow({
    tenantId,
    entityType: 'onboarding',
    entityId,
    correlationId: 'corr-1',
    pending: ['mail'],
    mail: {
      template: 'verification',
      key: `${entityId}/sendVerification`,
      audience: 'person',
      to: null,
      data: { generation: 1 },
      ...mail,
    },
  });
