/** A partner's settings of the end of a listing: renewal after it, and the notices before and after it. */
export interface ExpirySettings {
  /** The days after its end within which an expired listing is renewed without another review. */
  graceDays: number;
  /** The days before the last day on which the owner is reminded, each once, the largest first. */
  remindDays: number[];
  /** The time of day of every notice, in the partner's time zone: 24 hours, `HH:MM`. */
  noticeAt: string;
}

export const defaultExpirySettings: ExpirySettings = { graceDays: 30, remindDays: [7, 1], noticeAt: '09:00' };

/** Returns settings that a partner sent, for storage: the days of the reminders with the largest first. */
export const storedExpirySettings = <Sent extends Partial<ExpirySettings>>(sent: Sent): Sent =>
  sent.remindDays === undefined
    ? sent
    : { ...sent, remindDays: [...sent.remindDays].sort((one, other) => other - one) };
