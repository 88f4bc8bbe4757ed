import type { ActivityDependencies } from '../dependencies';
import type { ProcessNotificationInput, SendNotificationInput } from '../../src/contracts/users/onboarding-activities';
import { DomainError } from '../../src/domain/domain-error';
import { newId } from '../../src/domain/ids';
import { tenantOf } from '../../src/domain/tenant';
import type { Notification } from '../../src/models/users/notification';
import { applyStep } from '../../src/services/apply-step';
import { insertDocuments } from '../../src/services/insert-documents';
import { onboardingStep } from './onboarding-step';

/**
 * Notifies people other than the user: one step records the notification, the next addresses it to each of them in a
 * mail of their own.
 */
export const createNotificationActivities = ({ database, operatorEmail }: ActivityDependencies) => {
  const { models } = database;
  return {
    /** Records the notification. The audience is the partner's reviewers, or the operator when it is escalated. */
    async sendNotification(input: SendNotificationInput): Promise<{ notificationId: string }> {
      const { tenantId, onboardingId, at, kind } = input;
      const audience = kind === 'approvalRequest' ? 'reviewers' : 'operator';
      const notificationId = newId('notification');
      const { data } = await applyStep(database, {
        ...onboardingStep(input),
        from: ['awaiting_approval'],
        event: {
          type: kind === 'approvalRequest' ? 'onboarding.approval_requested' : 'onboarding.approval_escalated',
          data: { audience, notificationId },
        },
        alongside: async (session) => {
          const createdAt = new Date(at);
          const notification: Notification = {
            _id: notificationId,
            tenantId,
            onboardingId,
            kind,
            audience,
            state: 'recorded',
            createdAt,
            updatedAt: createdAt,
          };
          await insertDocuments({ model: models.notifications, documents: [notification], session });
        },
      });
      return { notificationId: String(data.notificationId) };
    },

    /**
     * Addresses a recorded notification: one mail per recipient, so that a full mailbox delays nobody else. Without
     * reviewers the operator receives it.
     */
    async processNotification(input: ProcessNotificationInput): Promise<void> {
      const { tenantId, at, notificationId } = input;
      const notification = await models.notifications.findOne({ _id: notificationId, tenantId }).lean();
      if (!notification) throw new DomainError('NOT_FOUND', `There is no notification ${notificationId}`);
      const partner = await models.partners.findById(tenantOf(tenantId).partnerId).lean();
      const reviewers = notification.audience === 'reviewers' ? (partner?.reviewers ?? []) : [];
      const recipients = reviewers.length > 0 ? reviewers : [operatorEmail];
      await applyStep(database, {
        ...onboardingStep(input),
        from: ['awaiting_approval'],
        event: { type: 'onboarding.notification_processed', data: { notificationId, recipients: recipients.length } },
        mails: recipients.map((to, index) => ({
          template: notification.kind,
          key: `${notificationId}/${index}`,
          audience: reviewers.length > 0 ? 'reviewer' : 'operator',
          to,
          data: { recipient: reviewers.length > 0 ? `reviewer ${index + 1}` : 'the operator' },
        })),
        alongside: async (session) => {
          await models.notifications.updateOne(
            { _id: notificationId, tenantId },
            { $set: { state: 'processed', updatedAt: new Date(at) } },
            { session },
          );
        },
      });
    },
  };
};
