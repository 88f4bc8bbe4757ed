import type { Caller } from './pipeline/request-context';

/** Returns the filter of the items that an operator sees: all for the platform's operator, else the key's tenant. */
export const visibleTo = ({ tenantId }: Caller): { tenantId?: string } => (tenantId === null ? {} : { tenantId });
