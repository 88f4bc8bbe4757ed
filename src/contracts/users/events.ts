import type { EventData, EventSentence } from '../event-sentence';

/** Every event of an onboarding or a user by its wire name, with its sentence. */
export const userEvents = {
  'onboarding.accepted': () => 'The onboarding was accepted and its user created as pending.',
  'onboarding.started': () => 'The process started.',
  'onboarding.verification_sent': ({ generation }: EventData) =>
    `A verification mail was sent (link ${String(generation)}, valid for 24 hours).`,
  'onboarding.verification_reminded': ({ generation }: EventData) =>
    `A reminder with a fresh link was sent (link ${String(generation)}).`,
  'onboarding.verification_resent': ({ generation }: EventData) =>
    `A fresh link was asked for and sent (link ${String(generation)}); earlier links are dead.`,
  'onboarding.verified': () => 'The address was verified.',
  'onboarding.profile_reminded': () => 'A reminder to complete the profile was sent.',
  'onboarding.profile_submitted': () => 'The profile was completed.',
  'onboarding.profile_skipped': () => 'No profile came within 14 days; the onboarding went on without one.',
  'onboarding.approval_requested': ({ audience }: EventData) =>
    `An approval was asked for; the ${String(audience)} will be told.`,
  'onboarding.approval_escalated': () => 'No decision within 24 hours; it was escalated to the operator.',
  'onboarding.notification_processed': ({ recipients }: EventData) =>
    `The notification was addressed to ${String(recipients)} recipient(s).`,
  'onboarding.approved': () => 'The onboarding was approved.',
  'onboarding.activating': () => 'The welcome package and the activation began.',
  'onboarding.welcome_package_granted': () => 'The welcome package was granted.',
  'onboarding.user_activated': () => 'The user became active.',
  'onboarding.welcome_sent': () => 'The welcome mail was sent.',
  'onboarding.rejection_sent': () => 'The person was told of the rejection by mail.',
  'onboarding.undoing': ({ towards, reason }: EventData) =>
    `It will end ${String(towards)}: what was done is being undone${typeof reason === 'string' ? ` (${reason})` : ''}.`,
  'onboarding.welcome_package_revoked': () => 'The welcome package was revoked.',
  'onboarding.user_cancelled': () => 'The user was cancelled.',
  'onboarding.address_released': () => 'The e-mail address is free again.',
  'onboarding.completed': () => 'The onboarding is complete.',
  'onboarding.expired': () => 'The onboarding expired.',
  'onboarding.rejected': () => 'The onboarding ended rejected.',
  'onboarding.cancelled': () => 'The onboarding ended cancelled.',
  'onboarding.failed': () => 'The onboarding failed.',
  'onboarding.restarted': () => 'An operator restarted the process from the state it was in.',
  'onboarding.closed': () => 'An operator closed the process.',
  'user.suspended': () => 'The user was suspended.',
  'user.reactivated': () => 'The user was reactivated.',
  'user.updated': ({ fields }: EventData) =>
    `The user was changed${Array.isArray(fields) ? ` (${fields.join(', ')})` : ''}.`,
  'user.email_released': () => 'The e-mail address is free again.',
} as const satisfies Record<string, EventSentence>;
