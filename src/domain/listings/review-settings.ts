/** The fields that a partner may let reach buyers without a review. They hold no text that anybody reads. */
export const instantFields = ['price', 'metadata'] as const;
export type InstantField = (typeof instantFields)[number];

/** The end of a review on which nobody decides: it waits on, or the revision is rejected. */
export const silenceSettings = ['wait', 'reject'] as const;
export type SilenceSetting = (typeof silenceSettings)[number];

/** A partner's settings of what happens around a review. */
export interface ReviewSettings {
  instantFields: InstantField[];
  /** Addresses of the people who are notified of a review without a decision; empty for the partner's reviewers. */
  deputies: string[];
  onSilence: SilenceSetting;
  /** The days for which a listing is published where neither itself nor its category says. */
  durationDays: number;
}

export const defaultReviewSettings: ReviewSettings = {
  instantFields: [...instantFields],
  deputies: [],
  onSilence: 'wait',
  durationDays: 30,
};
