import type { Connection } from '@temporalio/client';

/** temporal.api.enums.v1.IndexedValueType */
const INDEXED_VALUE_TYPE_KEYWORD = 2;
const NAMESPACE = 'default';
const TENANT = 'TenantId';

/** Returns the version of the Temporal server at the address. @throws when no Temporal server answers. */
export async function describeTemporal(address: string): Promise<string> {
  const connection = await connect(address);
  try {
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    return serverVersion ?? '';
  } finally {
    await connection.close();
  }
}

/**
 * Resolves when the namespace works and has the search attribute `TenantId`, which is added if it is missing: the
 * server ignores its own flag for an existing file.
 */
export async function prepareNamespace(address: string): Promise<void> {
  const connection = await connect(address);
  try {
    await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: NAMESPACE });
    if (customAttributes?.[TENANT] === undefined) {
      await connection.operatorService.addSearchAttributes({
        namespace: NAMESPACE,
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum's package is no direct dependency
        searchAttributes: { [TENANT]: INDEXED_VALUE_TYPE_KEYWORD },
      });
    }
    await connection.workflowService.listWorkflowExecutions({
      namespace: NAMESPACE,
      pageSize: 1,
      query: `${TENANT} = "none"`,
    });
  } finally {
    await connection.close();
  }
}

/** Connects to Temporal. The client is loaded only when needed, because loading takes a while. */
async function connect(address: string): Promise<Connection> {
  const { Connection } = await import('@temporalio/client');
  return Connection.connect({ address, connectTimeout: 3_000 });
}
