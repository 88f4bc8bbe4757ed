/** The mails about an onboarding. */
export const userMailTemplates = [
  'verification',
  'verificationReminder',
  'profileReminder',
  'approvalRequest',
  'approvalEscalation',
  'rejection',
  'welcome',
] as const;
export type UserMailTemplate = (typeof userMailTemplates)[number];
