import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';

/** The only attribute by which workflows can be searched. Its name is on the wire and can never change. */
export const tenantIdAttribute = defineSearchAttributeKey('TenantId', 'KEYWORD');

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2 as never;

/**
 * Registers the search attribute where it is missing. Resolves to `present` or `added`. Rejects when the server does
 * not allow it; on Temporal Cloud an administrator adds `TenantId` (Keyword) once.
 */
export async function ensureSearchAttributes({
  client,
  timeoutMs,
}: {
  client: Client;
  timeoutMs: number;
}): Promise<'present' | 'added'> {
  const { namespace } = client.options;
  return client.withDeadline(Date.now() + timeoutMs, async () => {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    if (customAttributes && tenantIdAttribute.name in customAttributes) return 'present';
    await client.connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: { [tenantIdAttribute.name]: KEYWORD },
    });
    return 'added';
  });
}
