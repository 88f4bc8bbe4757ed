import type { ReportFailure } from './report';

/** The reasons by the code that a step failed with. */
const reasons: Readonly<Record<string, ReportFailure>> = {
  FILE_DAMAGED: {
    code: 'FILE_DAMAGED',
    detail: 'A file was not read back as it was written. Nothing of it is offered; make the report again.',
  },
  AMOUNT_TOO_LARGE: {
    code: 'AMOUNT_TOO_LARGE',
    detail: 'The amounts add up to more than can be counted exactly. Choose a shorter window, or filter it.',
  },
  PARTS_MISSING: { code: 'PARTS_MISSING', detail: 'What was gathered is not complete. Make the report again.' },
  TIMED_OUT: {
    code: 'TIMED_OUT',
    detail: 'For an hour each attempt took too long or met a fault. Make it again; a shorter window takes less time.',
  },
  StorageUnavailable: {
    code: 'STORAGE_UNAVAILABLE',
    detail: 'The file storage took nothing for an hour. Make the report again once it works.',
  },
};
const unexpected: ReportFailure = {
  code: 'INTERNAL',
  detail: 'An unexpected error ended the report. Make it again.',
};

/** Returns the reason of a failed report by the code that a step failed with. */
export const failureOf = (code: string): ReportFailure => reasons[code] ?? unexpected;
