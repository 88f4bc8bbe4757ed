import type { Scope } from '../../domain/tenant';

/** What decides for whom a caller's requests count. */
interface LimitedCaller {
  keyId: string | null;
  tenantId: string | null;
  scopes: readonly Scope[];
}

/** True for a key that may stand in a web page, where any number of visitors use it. */
export const isVisitor = (caller: LimitedCaller | undefined): boolean =>
  caller !== undefined && caller.scopes.length > 0 && caller.scopes.every((scope) => scope === 'search');

/** Returns the name under which a caller's work is limited: visitors take nothing from the tenant's own programs. */
export const limitedAs = (caller: LimitedCaller | undefined): string => {
  const name = caller?.tenantId ?? caller?.keyId ?? 'operator';
  return isVisitor(caller) ? `${name}:visitors` : name;
};
