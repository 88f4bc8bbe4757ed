import type { ProblemTable } from '../problem';

/** Problems of reports. */
export const reportsProblems = {
  REPORT_TYPE_UNKNOWN: { status: 422, title: 'Unknown type of report' },
  PERIOD_INVALID: { status: 422, title: 'Invalid period' },
  RANGE_TOO_LONG: { status: 422, title: 'Range too long' },
  // Time brings the window within reach, so that response is not kept.
  WINDOW_IN_FUTURE: { status: 422, title: 'Window in the future', notKept: true },
  FORMAT_NOT_OFFERED: { status: 422, title: 'Format not offered' },
  FILTER_NOT_OFFERED: { status: 422, title: 'Filter not offered' },
  AS_OF_INVALID: { status: 422, title: 'Invalid asOf', notKept: true },
  WINDOW_CLOSED: { status: 409, title: 'Window is closed' },
  REPORT_TOO_LARGE: { status: 422, title: 'Report too large' },
  REPORT_ENDED: { status: 409, title: 'Report has ended' },
  // The report's own process cures it.
  REPORT_NOT_READY: { status: 409, title: 'Report is not ready', notKept: true },
  REPORT_EXPIRED: { status: 410, title: 'Report files are removed' },
  RANGE_NOT_SATISFIABLE: { status: 416, title: 'Range not satisfiable' },
  SCHEDULE_INVALID: { status: 422, title: 'Invalid schedule' },
  CRON_INVALID: { status: 422, title: 'Invalid cron' },
  SCHEDULE_NEVER_FIRES: { status: 422, title: 'Schedule never fires' },
  SCHEDULE_TOO_OFTEN: { status: 422, title: 'Schedule fires too often' },
  // Deleting a schedule makes room.
  SCHEDULE_LIMIT: { status: 409, title: 'Too many schedules', notKept: true },
  SCHEDULE_ENDED: { status: 409, title: 'Schedule has ended' },
  // The end of the running one cures it.
  BACKFILL_RUNNING: { status: 409, title: 'A backfill is running', notKept: true },
  WINDOW_REPORTED: { status: 409, title: 'Window is reported already' },
  CSV_SETTINGS_INVALID: { status: 422, title: 'Invalid CSV settings' },
  RECIPIENT_INVALID: { status: 422, title: 'Invalid recipient' },
  LINK_EXPIRY_INVALID: { status: 422, title: 'Invalid expiry' },
  STORAGE_UNAVAILABLE: { status: 503, title: 'File storage unavailable', retryAfterSeconds: 5 },
} as const satisfies ProblemTable;
