import { listingFigures } from '../figures/listing-figures';
import { reportPeriods, type ReportType } from '../report-type';

/** What happened to listings: their reviews, and what buyers came and ceased to see. */
export const listingsReport = {
  type: 'listings',
  title: 'Listings',
  sentence:
    'The listings that were created, submitted and decided about in the window, and those that buyers saw at its ' +
    'start and at its end, with every change between.',
  periods: reportPeriods,
  filters: [],
  figures: listingFigures,
  columns: [
    { id: 'listingId', title: 'Listing', kind: 'id' },
    { id: 'event', title: 'Event', kind: 'code' },
    { id: 'at', title: 'Time', kind: 'instant' },
    { id: 'change', title: 'Change of live listings', kind: 'count' },
    { id: 'decidedBy', title: 'Decided by', kind: 'code' },
    { id: 'reason', title: 'Reason', kind: 'code' },
    { id: 'decisionSeconds', title: 'Seconds to the decision', kind: 'count' },
  ],
  rows:
    'One row per event of a listing that a figure counts, event by event in the order of time. Live at the end is ' +
    'live at the start plus the sum of the column `change`',
  sections: ['listings'],
} as const satisfies ReportType;
