import type { Connection } from '@temporalio/client';

/** temporal.api.enums.v1.IndexedValueType */
const INDEXED_VALUE_TYPE_KEYWORD = 2;
const NAMESPACE = 'default';
const TENANT = 'TenantId';

/** @throws unless a Temporal server answers at the address. */
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
 * Sees that the namespace serves and has the search attribute `TenantId`.
 * The server's own flag for it is ignored on a file that already exists, so it is asked for here too.
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

/** Loaded when needed: the client takes a while to load, and a start with servers of its own never needs it. */
async function connect(address: string): Promise<Connection> {
  const { Connection } = await import('@temporalio/client');
  return Connection.connect({ address, connectTimeout: 3_000 });
}
