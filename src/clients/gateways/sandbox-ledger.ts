import type { Money } from '../../domain/money';
import { callSimulator } from './sandbox-call';

/** One line of the simulator's own books. */
export interface SandboxLedgerItem {
  seq: number;
  recordedAt: string;
  /** Business time. */
  at: string;
  account: string;
  operation: 'authorise' | 'capture' | 'void' | 'refund';
  /** `rejected` and `declined` moved nothing. */
  outcome: 'authorised' | 'requires_action' | 'declined' | 'captured' | 'voided' | 'refunded' | 'rejected';
  reason?: string;
  id: string;
  authorisationId: string;
  idempotencyKey: string;
  reference?: string;
  amount: Money;
}

/**
 * Reads everything that the simulator has recorded of one tenant, oldest first, page by page. An authorisation that the
 * customer had to confirm has two lines: `requires_action`, then its end.
 */
export async function* readSandboxLedger({
  url,
  secret,
  tenantId,
}: {
  /** Base URL of the simulator's operations, without a path. */
  url: string;
  /** The secret that the platform and the simulator share, `whsec_` and base64. */
  secret: string;
  tenantId: string;
}): AsyncGenerator<SandboxLedgerItem> {
  for (let from: number | null = 0; from !== null;) {
    const path = `/v1/ledger?from=${from}&limit=1000`;
    const response: Response = await callSimulator({ url, secret, method: 'GET', path, tenantId, timeoutMs: 10_000 });
    if (!response.ok)
      throw new Error(`The simulator did not return its ledger: ${response.status} ${await response.text()}`);
    const page = (await response.json()) as { items: SandboxLedgerItem[]; next: number | null };
    yield* page.items;
    from = page.next;
  }
}
