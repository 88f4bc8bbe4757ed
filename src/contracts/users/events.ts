import type { EventData, EventSentence } from '../event-sentence';
import { mailEvents } from '../mail-events';

/** Every event of an onboarding or a user by its wire name, with its sentence. */
export const userEvents = {
  ...mailEvents('onboarding'),
  'onboarding.accepted': () => 'The onboarding was accepted and its user created as pending.',
  'onboarding.started': () => 'The process started.',
  'onboarding.verification_sent': ({ generation }: EventData) =>
    `A verification mail is being sent (link ${String(generation)}, valid for 24 hours).`,
  'onboarding.verification_reminded': ({ generation }: EventData) =>
    `A reminder with a new link is being sent (link ${String(generation)}).`,
  'onboarding.verification_resent': ({ generation }: EventData) =>
    `A new link was requested and is being sent (link ${String(generation)}); earlier links no longer work.`,
  'onboarding.email_updated': ({ generation }: EventData) =>
    `The address was corrected; a new link is being sent there (link ${String(generation)}), and earlier links no ` +
    'longer work.',
  'onboarding.verified': () => 'The address was verified.',
  'onboarding.profile_reminded': () => 'A reminder to complete the profile is being sent.',
  'onboarding.profile_submitted': () => 'The profile was completed.',
  'onboarding.profile_skipped': () => 'No profile was submitted within 14 days; the onboarding continued without one.',
  'onboarding.approval_requested': ({ audience }: EventData) =>
    `An approval was requested; the ${String(audience)} will be notified.`,
  'onboarding.approval_escalated': () =>
    'No decision was made within 24 hours; the approval was escalated to the operator.',
  'onboarding.notification_processed': ({ recipients }: EventData) =>
    `The notification is being sent to ${String(recipients)} recipient(s).`,
  'onboarding.approved': () => 'The onboarding was approved.',
  'onboarding.activating': () => 'The welcome package is being granted and the user activated.',
  'onboarding.welcome_package_granted': () => 'The welcome package was granted.',
  'onboarding.user_activated': () => 'The user became active.',
  'onboarding.welcome_sent': () => 'The welcome mail is being sent.',
  'onboarding.rejection_sent': () => 'A mail about the rejection is being sent to the person.',
  'onboarding.undoing': ({ towards, reason }: EventData) => {
    const because = typeof reason === 'string' ? ` (${reason})` : '';
    return `The onboarding is being undone and will end ${String(towards)}${because}.`;
  },
  'onboarding.welcome_package_revoked': () => 'The welcome package was revoked.',
  'onboarding.user_cancelled': () => 'The user was cancelled.',
  'onboarding.address_released': () => 'The e-mail address was released.',
  'onboarding.completed': () => 'The onboarding is complete.',
  'onboarding.expired': () => 'The onboarding expired.',
  'onboarding.rejected': () => 'The onboarding ended rejected.',
  'onboarding.cancelled': () => 'The onboarding ended cancelled.',
  'onboarding.failed': () => 'The onboarding failed.',
  'onboarding.restarted': () => 'An operator restarted the process from the recorded state.',
  'onboarding.closed': () => 'An operator closed the process.',
  'user.suspended': () => 'The user was suspended.',
  'user.reactivated': () => 'The user was reactivated.',
  'user.updated': ({ fields }: EventData) =>
    `The user was changed${Array.isArray(fields) ? ` (${fields.join(', ')})` : ''}.`,
  'user.email_released': () => 'The e-mail address was released.',
} as const satisfies Record<string, EventSentence>;
