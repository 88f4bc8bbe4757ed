import { randomInt } from 'node:crypto';
import type { ActivityDependencies } from '..';
import type { OnboardingStepInput, StepApplied } from '../../src/contracts/users/onboarding-activities';
import { DomainError } from '../../src/domain/domain-error';
import { newId } from '../../src/domain/ids';

/** Letters and digits that cannot be mistaken for one another. */
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const newCode = () =>
  `WELCOME-${Array.from({ length: 10 }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('')}`;

/**
 * The welcome package: an entitlement with a code, granted once per onboarding and revoked when the onboarding is
 * undone.
 */
export const createWelcomePackageActivities = ({ database, applyStep, insertDocuments }: ActivityDependencies) => {
  const { models } = database;
  return {
    async sendWelcomePackage({ tenantId, onboardingId, chain, step, at }: OnboardingStepInput): Promise<StepApplied> {
      const onboarding = await models.onboardings.findOne({ _id: onboardingId, tenantId }).lean();
      if (!onboarding) throw new DomainError('NOT_FOUND', `There is no onboarding ${onboardingId}`);
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
      return applyStep(database, {
        tenantId,
        entityType: 'onboarding',
        entityId: onboardingId,
        chain,
        step,
        at,
        by: { kind: 'workflow', id: null },
        from: ['activating'],
        event: { type: 'onboarding.welcome_package_granted', data: { entitlementId: entitlement._id } },
        alongside: async (session) => {
          await insertDocuments({ model: models.entitlements, documents: [entitlement], session });
        },
      });
    },

    /** Does nothing, and records nothing, where no package was granted. */
    async revokeWelcomePackage({ tenantId, onboardingId, chain, step, at }: OnboardingStepInput): Promise<void> {
      const granted = await models.entitlements.exists({ tenantId, onboardingId });
      if (!granted) return;
      await applyStep(database, {
        tenantId,
        entityType: 'onboarding',
        entityId: onboardingId,
        chain,
        step,
        at,
        by: { kind: 'workflow', id: null },
        from: ['compensating'],
        event: { type: 'onboarding.welcome_package_revoked' },
        alongside: async (session) => {
          await models.entitlements.updateOne(
            { tenantId, onboardingId, state: 'active' },
            { $set: { state: 'revoked', updatedAt: new Date(at) }, $inc: { version: 1 } },
            { session },
          );
        },
      });
    },
  };
};
