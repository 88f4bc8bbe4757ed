import { DomainError } from '../../domain/domain-error';

/** Returns true if a tenant has a payment gateway: a live one, or for a sandbox the simulated one. */
export type HasGateway = (tenantId: string) => boolean;

/** @throws DomainError `GATEWAY_NOT_CONFIGURED` for a tenant without a gateway. */
export function requireGateway({ hasGateway, tenantId }: { hasGateway: HasGateway; tenantId: string }): void {
  if (hasGateway(tenantId)) return;
  throw new DomainError(
    'GATEWAY_NOT_CONFIGURED',
    'No payment gateway is configured for payments with this key. Ask the operator to configure one, or use a key of ' +
      'the other mode.',
  );
}
