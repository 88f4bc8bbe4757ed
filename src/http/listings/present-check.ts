import type { ListingCheck } from '../../domain/listings/checks/check-listing';
import type { components } from '../generated/openapi-types';

/** Returns the API representation of a check. */
export const presentCheck = ({
  version,
  score,
  findings,
  outcome,
}: ListingCheck): components['schemas']['ListingCheck'] => ({
  version,
  score,
  findings: findings.map(({ rule, severity, pointer, evidence, listingIds }) => ({
    rule,
    severity,
    pointer,
    evidence,
    ...(listingIds ? { listingIds } : {}),
  })),
  outcome,
});
