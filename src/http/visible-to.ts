import type { Caller } from './pipeline/request-context';

/** Returns the filter of what an operator sees: everything for the platform's, the own tenant for a partner's. */
export const visibleTo = ({ tenantId }: Caller): { tenantId?: string } => (tenantId === null ? {} : { tenantId });
