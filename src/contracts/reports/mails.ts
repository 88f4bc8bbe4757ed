/** The mails about reports and their schedules. */
export const reportMailTemplates = ['reportReady', 'reportSchedulePaused'] as const;
export type ReportMailTemplate = (typeof reportMailTemplates)[number];
