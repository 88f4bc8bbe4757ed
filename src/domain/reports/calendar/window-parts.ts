import type { DueWindow } from './due-windows';
import { bridgeBetween, type ReportWindow } from './window';

/** A time, `[startAt, endAt)`; the instants of windows have one form, so their texts compare as they do. */
export type Span = Pick<ReportWindow, 'startAt' | 'endAt'>;

export interface WindowPart {
  window: ReportWindow;
  isReported: boolean;
}

/**
 * Returns the parts of a window that are reported and those that are not, in their order: they join, and cover it. A
 * part that is not all of the window is a bridge.
 */
export function partsOf(window: ReportWindow, reported: readonly Span[]): WindowPart[] {
  const parts: WindowPart[] = [];
  let reached = window.startAt;
  const partUntil = (end: string, isReported: boolean): void => {
    const endAt = end < window.endAt ? end : window.endAt;
    if (endAt <= reached) return;
    parts.push({ window: cut(window, { startAt: reached, endAt }), isReported });
    reached = endAt;
  };
  const overlapping = reported.filter((span) => overlap(span, window));
  for (const { startAt, endAt } of overlapping.toSorted(earliestFirst)) {
    partUntil(startAt, false);
    partUntil(endAt, true);
  }
  partUntil(window.endAt, false);
  return parts;
}

/** Returns the parts of a window that have no time of some other ones. */
export const unreportedParts = (window: ReportWindow, reported: readonly Span[]): ReportWindow[] =>
  partsOf(window, reported).flatMap((part) => (part.isReported ? [] : [part.window]));

/** A part of a window that is due. */
export type DuePart = DueWindow & Pick<WindowPart, 'isReported'>;

/**
 * Returns the parts of windows that are due. Runs may have reported a part of one before the sweep comes to it: those
 * that were triggered, or made by a backfill, in other cuts of a zone or period.
 */
export const dueParts = (due: readonly DueWindow[], reported: readonly Span[]): DuePart[] =>
  due.flatMap((one) => partsOf(one.window, reported).map((part) => ({ ...one, ...part })));

export const overlap = (one: Span, other: Span): boolean => one.startAt < other.endAt && other.startAt < one.endAt;

export const earliestFirst = (one: Span, other: Span): number => Date.parse(one.startAt) - Date.parse(other.startAt);

const cut = (window: ReportWindow, { startAt, endAt }: Span): ReportWindow =>
  startAt === window.startAt && endAt === window.endAt
    ? window
    : bridgeBetween({ startAt, endAt, timeZone: window.timeZone });
