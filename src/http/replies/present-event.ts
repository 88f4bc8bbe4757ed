import { summaryOf } from '../../contracts/events';
import type { Event } from '../../models/event';
import type { components } from '../generated/openapi-types';

/** Returns the API representation of an event. */
export const presentEvent = (
  { _id, type, at, by, state, version, data, correlationId }: Event,
  currency: string | null,
): components['schemas']['Event'] => ({
  id: _id,
  type,
  at: at.toISOString(),
  by: { kind: by.kind, id: by.id },
  summary: summaryOf({ type, data, currency }),
  state,
  version,
  correlationId,
  // The contract leaves the form of `data` open, which the generated type expresses as "no fields".
  data: data as Record<string, never>,
});
