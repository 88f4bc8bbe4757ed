import { DomainError } from '../../domain/domain-error';
import { tenantOf } from '../../domain/tenant';
import type { Call } from '../pipeline/request-context';

/** Throws `SANDBOX_ONLY` for the key of a live tenant; `thing` is what only a sandbox has. */
export function requireSandbox({ tenantId }: Pick<Call, 'tenantId'>, thing: string): void {
  if (tenantOf(tenantId).mode === 'sandbox') return;
  throw new DomainError('SANDBOX_ONLY', `Only a sandbox has ${thing}. Use a sandbox key (pk_sandbox_…).`);
}
