import { onboardingProcess } from '../../contracts/users/process';
import { applyStep } from '../apply-step';
import { aboutItem, findStuck, restartOf, type RemedyDependencies, type StuckRemedy } from '../operator/stuck-remedy';
import { releaseAddress } from './held-address';
import { moveUser } from './move-user';
import { revokeEntitlement } from './revoke-entitlement';

const onboardingRemedy = ({ database, workflows }: RemedyDependencies): StuckRemedy => ({
  restart: restartOf(database, onboardingProcess),

  /** Entitlement, user and address are undone immediately: nothing of an onboarding is external. */
  async close({ reason, ...input }) {
    await workflows.terminate({ workflowId: input.item.subject, reason: 'Closed by an operator' });
    const { _id: onboardingId, tenantId, userId } = await findStuck({ database }, 'onboarding', input);
    const at = new Date(input.at);
    await applyStep(
      database,
      {
        ...aboutItem(input),
        step: `close/${input.item._id}`,
        from: onboardingProcess.openStates,
        to: 'cancelled',
        set: { since: at, until: null, undoing: { towards: 'cancelled', reason } },
        event: { type: 'onboarding.closed', data: { reason } },
        alongside: async (session) => {
          await revokeEntitlement({ database, session, tenantId, onboardingId, at });
          await moveUser({ database, session, tenantId, userId, to: 'cancelled', at });
          await releaseAddress({ database, session, tenantId, userId });
        },
      },
      input.session,
    );
  },
});

export const userRemedies = (dependencies: RemedyDependencies) => ({ onboarding: onboardingRemedy(dependencies) });
