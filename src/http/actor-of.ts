import type { Actor } from '../domain/actor';
import type { Caller } from './pipeline/request-context';

/**
 * Returns the actor that the timeline names for a caller: an API key, a reviewer or an operator. The platform's own
 * operator has no key id.
 */
export function actorOf({ keyId, scopes }: Caller, using: 'write' | 'review' | 'operator' = 'write'): Actor {
  if (keyId === null || (using === 'operator' && scopes.includes('operator'))) return { kind: 'operator', id: keyId };
  return { kind: using === 'review' ? 'reviewer' : 'api_key', id: keyId };
}
