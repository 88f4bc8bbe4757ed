import { DomainError } from '../../domain/domain-error';

/** Whether a tenant has a gateway to pay through; sandboxes have the simulated one. */
export type HasGateway = (tenantId: string) => boolean;

/** @throws DomainError `GATEWAY_NOT_CONFIGURED` for a tenant that could not take money. */
export function requireGateway({ hasGateway, tenantId }: { hasGateway: HasGateway; tenantId: string }): void {
  if (hasGateway(tenantId)) return;
  throw new DomainError(
    'GATEWAY_NOT_CONFIGURED',
    'No payment gateway is configured for live payments. Ask the operator to configure one, or use a sandbox key.',
  );
}
