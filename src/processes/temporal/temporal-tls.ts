import { readFileSync } from 'node:fs';
import type { TLSConfig } from '@temporalio/common/lib/internal-non-workflow';
import type { Config } from '../../../config/env';

/**
 * Returns the TLS settings that both the client and the worker's connection accept; false without TLS.
 *
 * @throws Error naming the variable of a file that cannot be read.
 */
export function readTemporalTls({ tls }: Config['temporal']): TLSConfig | false {
  if (tls === null) return false;
  const { serverName, caFile, certFile, keyFile } = tls;
  return {
    serverNameOverride: serverName,
    serverRootCACertificate: readPem('TEMPORAL_TLS_CA_FILE', caFile),
    clientCertPair:
      certFile && keyFile
        ? { crt: readPem('TEMPORAL_TLS_CERT_FILE', certFile)!, key: readPem('TEMPORAL_TLS_KEY_FILE', keyFile)! }
        : undefined,
  };
}

function readPem(variable: string, file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${variable}: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`, {
      cause: error,
    });
  }
}
