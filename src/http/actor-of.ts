import type { Actor } from '../domain/actor';
import type { Caller } from './pipeline/request-context';

/** Who acts through the API, for the timeline: a key, or an operator (the platform's own has no key id). */
export function actorOf({ keyId, scopes }: Caller, using: 'write' | 'review' | 'operator' = 'write'): Actor {
  if (keyId === null || (using === 'operator' && scopes.includes('operator'))) return { kind: 'operator', id: keyId };
  return { kind: using === 'review' ? 'reviewer' : 'api_key', id: keyId };
}
