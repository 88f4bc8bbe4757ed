import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import { DomainError } from '../../domain/domain-error';
import { normaliseEmail, requireEmail } from '../../domain/values/email';
import { applyStep, type StepInput, type StepResult } from '../apply-step';
import { holdAddress, isTakenAddress, releaseAddress } from './held-address';
import { retireLinkMails } from './verification-mail';

export interface MoveAddressInput {
  database: Database;
  onboarding: Onboarding;
  email: string;
  /** The onboarding's step, without the address. */
  step: StepInput;
}

/**
 * Applies a step that gives an onboarding and its user another address. The user's claim to the old address moves to
 * the new one in the same transaction.
 *
 * @throws DomainError as `applyStep`, and `EMAIL_TAKEN` where another user holds the address; then nothing changes.
 */
export async function moveAddress({ database, onboarding, email, step }: MoveAddressInput): Promise<StepResult> {
  const { _id: onboardingId, tenantId, userId } = onboarding;
  const address = { email: requireEmail(email), emailKey: normaliseEmail(email) };
  try {
    return await applyStep(database, {
      ...step,
      set: { ...step.set, ...address },
      alongside: async (session, at) => {
        await releaseAddress({ database, session, tenantId, userId });
        await holdAddress({ database, session, tenantId, userId, email });
        await database.models.users.updateOne(
          { _id: userId, tenantId },
          { $set: address, $max: { updatedAt: at }, $inc: { version: 1 } },
          { session },
        );
        await retireLinkMails({ database, session, tenantId, onboardingId });
      },
    });
  } catch (error) {
    if (!isTakenAddress(error)) throw error;
    throw new DomainError('EMAIL_TAKEN', 'The address belongs to another user. Use another address.');
  }
}
