import type { FigureDefinition } from '../report-type';

const counts = [
  {
    id: 'funnel_accepted',
    title: 'Onboardings followed',
    unit: 'count',
    sentence: 'The onboardings that were accepted in the window. The report follows these to the end of the window.',
    formula: 'The onboardings with `onboarding.accepted` dated in the window.',
    example: { given: 'Three onboardings are accepted, and two of them are verified.', value: '3' },
  },
  {
    id: 'funnel_verified',
    title: 'Verified',
    unit: 'count',
    sentence: 'Of those followed, the onboardings whose address was verified by the end of the window.',
    formula: 'Those followed with `onboarding.verified` dated before the end.',
    example: { given: 'Three onboardings are accepted, and two of them are verified.', value: '2' },
  },
  {
    id: 'funnel_profile',
    title: 'Past the profile',
    unit: 'count',
    sentence: 'Of those followed, the onboardings whose profile was submitted, or went on without one at its deadline.',
    formula: 'Those followed with `onboarding.profile_submitted` or `onboarding.profile_skipped` dated before the end.',
    example: { given: 'One profile is submitted, one is skipped at its deadline, and one is waited for.', value: '2' },
  },
  {
    id: 'funnel_approval_requested',
    title: 'Approval requested',
    unit: 'count',
    sentence: 'Of those followed, the onboardings that asked reviewers for an approval by the end of the window.',
    formula: 'Those followed with `onboarding.approval_requested` dated before the end.',
    example: { given: 'Two onboardings ask for an approval, and one is approved.', value: '2' },
  },
  {
    id: 'funnel_approved',
    title: 'Approved',
    unit: 'count',
    sentence: 'Of those followed, the onboardings that a reviewer approved by the end of the window.',
    formula: 'Those followed with `onboarding.approved` dated before the end.',
    example: { given: 'Two onboardings ask for an approval, and one is approved.', value: '1' },
  },
  {
    id: 'funnel_completed',
    title: 'Completed',
    unit: 'count',
    sentence: 'Of those followed, the onboardings that were completed by the end of the window.',
    formula: 'Those followed with `onboarding.completed` dated before the end.',
    example: { given: 'One onboarding is completed in the window, and another on the day after it.', value: '1' },
  },
  {
    id: 'funnel_ended',
    title: 'Ended without completion',
    unit: 'count',
    sentence: 'Of those followed, the onboardings that ended otherwise by the end of the window, by their outcome.',
    formula: 'Those followed with `onboarding.expired`, `rejected`, `cancelled`, `closed` or `failed` before the end.',
    example: { given: 'One onboarding is completed, one expires and one is cancelled.', value: '2' },
  },
  {
    id: 'funnel_open',
    title: 'Still open',
    unit: 'count',
    sentence: 'Of those followed, the onboardings that had not ended at the end of the window.',
    formula: '`funnel_accepted` − `funnel_completed` − `funnel_ended`.',
    example: { given: 'One onboarding is completed, one expires and one waits for its profile.', value: '1' },
  },
] as const satisfies readonly FigureDefinition[];

const shares = [
  {
    id: 'funnel_verified_share',
    title: 'Share verified',
    unit: 'share',
    sentence: 'The share of those followed whose address was verified.',
    formula: '`funnel_verified` ÷ `funnel_accepted`; nothing over nobody.',
    example: { given: 'Three onboardings are accepted, and two of them are verified.', value: '0.6667' },
  },
  {
    id: 'funnel_profile_share',
    title: 'Share past the profile',
    unit: 'share',
    sentence: 'The share of those followed that went past the profile.',
    formula: '`funnel_profile` ÷ `funnel_accepted`; nothing over nobody.',
    example: { given: 'Four onboardings are accepted, and one submits its profile.', value: '0.25' },
  },
  {
    id: 'funnel_approved_share',
    title: 'Share approved',
    unit: 'share',
    sentence: 'The share of approvals among the onboardings that asked for one.',
    formula: '`funnel_approved` ÷ `funnel_approval_requested`; nothing over nobody.',
    example: { given: 'Two onboardings ask for an approval, and one is approved.', value: '0.5' },
  },
  {
    id: 'funnel_completed_share',
    title: 'Share completed',
    unit: 'share',
    sentence: 'The share of those followed that were completed.',
    formula: '`funnel_completed` ÷ `funnel_accepted`; nothing over nobody.',
    example: { given: 'Three onboardings are accepted, and one of them is completed.', value: '0.3333' },
  },
] as const satisfies readonly FigureDefinition[];

/** The two figures of a duration. */
function durationFigures(id: string, words: string, formula: string): FigureDefinition[] {
  const given = 'Of ten onboardings the first takes 1 minute, the second 2 and so on to 10.';
  const rounded = 'in whole seconds, rounded down, by nearest rank, over those followed that reached both';
  return [
    {
      id: `${id}_median`,
      title: `Median time ${words}`,
      unit: 'seconds',
      sentence: `The time within which half of the onboardings came ${words}.`,
      formula: `The median of ${formula}, ${rounded}.`,
      example: { given, value: '300' },
    },
    {
      id: `${id}_p90`,
      title: `90th percentile of the time ${words}`,
      unit: 'seconds',
      sentence: `The time within which nine in ten onboardings came ${words}.`,
      formula: `The 90th percentile of ${formula}, ${rounded}.`,
      example: { given, value: '540' },
    },
  ];
}

/** How far the onboardings of a window came by its end, and how long they took. */
export const funnelFigures: readonly FigureDefinition[] = [
  ...counts,
  ...shares,
  ...durationFigures(
    'verification',
    'from acceptance to verification',
    'the times from `onboarding.accepted` to `onboarding.verified`',
  ),
  ...durationFigures(
    'profile',
    'from verification to profile',
    'the times from `onboarding.verified` to `onboarding.profile_submitted` or `profile_skipped`',
  ),
  ...durationFigures(
    'approval',
    'from request to approval',
    'the times from `onboarding.approval_requested` to `onboarding.approved`',
  ),
  ...durationFigures(
    'completion',
    'from acceptance to completion',
    'the times from `onboarding.accepted` to `onboarding.completed`',
  ),
];
