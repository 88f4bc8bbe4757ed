import { randomInt } from 'node:crypto';
import type { ActivityDependencies } from '../dependencies';
import type { OnboardingStepInput } from '../../src/contracts/users/onboarding-activities';
import { newId } from '../../src/domain/ids';
import { applyStep } from '../../src/services/apply-step';
import { findEntity } from '../../src/services/find-entity';
import { insertDocuments } from '../../src/services/insert-documents';
import { revokeEntitlement } from '../../src/services/users/revoke-entitlement';
import { onboardingStep } from './onboarding-step';

/** Letters and digits that readers do not mistake for one another. */
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const newCode = () =>
  `WELCOME-${Array.from({ length: 10 }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('')}`;

/**
 * The welcome package: an entitlement with a code, granted once per onboarding and revoked when the onboarding is
 * undone.
 */
export const createWelcomePackageActivities = ({ database }: ActivityDependencies) => {
  const { models } = database;
  return {
    async sendWelcomePackage(input: OnboardingStepInput): Promise<void> {
      const { tenantId, onboardingId, at } = input;
      const onboarding = await findEntity({ database, tenantId, entityType: 'onboarding', entityId: onboardingId });
      const entitlement = {
        _id: newId('entitlement'),
        tenantId,
        state: 'active',
        version: 1,
        chain: null,
        correlationId: onboarding.correlationId,
        createdAt: new Date(at),
        updatedAt: new Date(at),
        userId: onboarding.userId,
        onboardingId,
        code: newCode(),
      } as const;
      await applyStep(database, {
        ...onboardingStep(input),
        from: ['activating'],
        event: { type: 'onboarding.welcome_package_granted', data: { entitlementId: entitlement._id } },
        alongside: async (session) => {
          await insertDocuments({ model: models.entitlements, documents: [entitlement], session });
        },
      });
    },

    /** Revokes the package; does and records nothing where none was granted. */
    async revokeWelcomePackage(input: OnboardingStepInput): Promise<void> {
      const { tenantId, onboardingId, at } = input;
      const granted = await models.entitlements.exists({ tenantId, onboardingId });
      if (!granted) return;
      await applyStep(database, {
        ...onboardingStep(input),
        from: ['compensating'],
        event: { type: 'onboarding.welcome_package_revoked' },
        alongside: async (session) => {
          await revokeEntitlement({ database, session, tenantId, onboardingId, at: new Date(at) });
        },
      });
    },
  };
};
