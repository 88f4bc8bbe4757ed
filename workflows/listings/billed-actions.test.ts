import { join } from 'node:path';
import { readHistory } from '../../src/testing/replay/recorded-histories';
import { billedActionsOf } from '../../src/testing/histories/billed-actions';

const actionsOf = (name: string): string[] =>
  billedActionsOf(readHistory(join(__dirname, 'histories'), `${name}.json`).history.events);

const checked = ['start', 'activity validateListing', 'activity runAutomatedChecks'];
const queued = ['activity updateListingStatus', 'activity notifyReviewers', 'timer'];
const begun = ['start', 'activity getListingStatus'];
const page = ['activity expireListing', 'activity removeFromSearchIndex'];
const notices = 'activity remindListing';

/** What Temporal Cloud bills: exact, on any machine. A step more changes a figure. */
describe('the billed actions of', () => {
  it.each([
    [
      'a review by the checks alone',
      'listing_review-approved-by-checks',
      [...checked, 'activity approveListing', 'activity publishToSearchIndex'],
    ],
    [
      'a review that nobody decides',
      'listing_review-escalated-rejects',
      [...checked, ...queued, ...queued, 'activity rejectListing'],
    ],
    ['a sweep of nothing', 'listing-sweep-of-none', begun],
    [
      'a sweep of three pages',
      'listing-sweep-of-three-pages',
      [...begun, ...page, ...page, ...page, notices, notices, notices],
    ],
  ])('%s', (_what, history, actions) => {
    expect(actionsOf(history)).toEqual(actions);
  });
});
