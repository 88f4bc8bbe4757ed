import type { Gatherer } from './gatherer';
import { paymentMovements } from './payments-movements';
import { paymentsStanding } from './payments-standing';
import { countPostings } from './read-postings';

/** Reads the report `payments`. */
export const paymentsGatherer: Gatherer = {
  countRows: (scope) =>
    countPostings({ scope, from: new Date(scope.window.startAt), to: new Date(scope.window.endAt) }),
  sections: { movements: paymentMovements, standing: paymentsStanding },
};
