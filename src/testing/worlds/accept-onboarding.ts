import { newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import { acceptOnboarding as acceptOnboardingInSession } from '../../services/users/accept-onboarding';
import { tester } from './base-world';

export interface AcceptOnboardingInput {
  database: Database;
  tenantId: string;
  requiresApproval: boolean;
  /** Defaults to an address of its own. */
  email?: string;
  /** Business time of the acceptance. Defaults to now. */
  at?: Date;
}

/** Accepts an onboarding as the api does, in its own transaction. */
export function acceptOnboarding({
  database,
  tenantId,
  requiresApproval,
  email = `${newId('user')}@example.com`,
  at = new Date(),
}: AcceptOnboardingInput) {
  return database.inTransaction((session) =>
    acceptOnboardingInSession({
      database,
      session,
      tenantId,
      email,
      name: 'Ada',
      locale: 'en',
      timeZone: 'UTC',
      requiresApproval,
      metadata: {},
      correlationId: 'test',
      by: tester,
      at,
    }),
  );
}
