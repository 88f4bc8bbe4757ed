import { funnelFigures } from '../figures/funnel-figures';
import { reportPeriods, type ReportType } from '../report-type';

/** The onboardings accepted in a window, and how far each came by its end. */
export const onboardingFunnelReport = {
  type: 'onboarding_funnel',
  title: 'Onboarding funnel',
  sentence: 'The onboardings that were accepted in the window, what each reached by its end, and how long that took.',
  periods: reportPeriods,
  filters: [],
  figures: funnelFigures,
  columns: [
    { id: 'onboardingId', title: 'Onboarding', kind: 'id' },
    { id: 'acceptedAt', title: 'Accepted', kind: 'instant' },
    { id: 'verifiedAt', title: 'Verified', kind: 'instant' },
    { id: 'profileAt', title: 'Past the profile', kind: 'instant' },
    { id: 'approvalRequestedAt', title: 'Approval requested', kind: 'instant' },
    { id: 'approvedAt', title: 'Approved', kind: 'instant' },
    { id: 'endedAt', title: 'Ended', kind: 'instant' },
    { id: 'outcome', title: 'Outcome', kind: 'code' },
  ],
  rows: 'One row per onboarding that was accepted in the window',
  sections: ['onboardings'],
} as const satisfies ReportType;
