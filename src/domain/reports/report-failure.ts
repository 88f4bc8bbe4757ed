import type { ReportFailure } from './report';

const details: Record<string, string> = {
  FILE_DAMAGED: 'A file was not read back as it was written. Nothing of it is offered; make the report again.',
  AMOUNT_TOO_LARGE: 'The amounts add up to more than can be counted exactly. Choose a shorter window, or filter it.',
  PARTS_MISSING: 'What was gathered is not complete. Make the report again.',
  TIMED_OUT: 'For an hour each attempt took too long or met a fault. Make it again; a shorter window takes less time.',
  StorageUnavailable: 'The file storage took nothing for an hour. Make the report again once it works.',
};

/** Returns the reason of a failed report by the code that a step failed with. */
export function failureOf(code: string): ReportFailure {
  const detail = details[code];
  if (detail === undefined) return { code: 'INTERNAL', detail: 'An unexpected error ended the report. Make it again.' };
  return { code: code === 'StorageUnavailable' ? 'STORAGE_UNAVAILABLE' : code, detail };
}
