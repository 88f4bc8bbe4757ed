import { newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import { acceptOnboarding as acceptOnboardingInSession } from '../../services/users/accept-onboarding';
import { tester } from './base-world';

export interface AcceptOnboardingInput {
  database: Database;
  tenantId: string;
  requiresApproval: boolean;
  /** Business time of the acceptance. Defaults to now. */
  at?: Date;
}

/** Accepts an onboarding as the api does, in its own transaction. */
export function acceptOnboarding({ database, tenantId, requiresApproval, at = new Date() }: AcceptOnboardingInput) {
  return database.inTransaction((session) =>
    acceptOnboardingInSession({
      database,
      session,
      tenantId,
      email: `${newId('user')}@example.com`,
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
