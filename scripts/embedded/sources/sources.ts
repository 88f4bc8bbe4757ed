import type { Reporter } from '../reporter.ts';

export interface SourceContext {
  /** The checkout. */
  root: string;
  cache: string;
  env: NodeJS.ProcessEnv;
  reporter: Reporter;
}

/** A server program that is ready to run on this machine. */
export interface ServerBinary {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Describes the server to a person, such as "Temporal Server 1.32.0 (cached)". */
  label: string;
  /** A version or a kind of server; only a server of the same format can safely open the data. */
  dataFormat: string;
}

export interface Source {
  name: 'path' | 'cached' | 'download' | 'build' | 'wheel';
  /** The data format of the source, if known in advance; avoids the download of a server that cannot open the data. */
  writes?: string;
  /** Returns null when the source does not apply, which is no failure. Throws when the source fails. */
  find: (context: SourceContext) => Promise<ServerBinary | null>;
}

export interface FirstBinaryInput {
  server: string;
  sources: readonly Source[];
  context: SourceContext;
  /** The format of the existing data; null without data. */
  keep: string | null;
  dataFolder: string;
}

/**
 * Returns the server of the first source that has one. Existing data restricts the choice to servers that can safely
 * open the data. @throws one error with the reason of every source.
 */
export async function firstBinary({
  server,
  sources,
  context,
  keep,
  dataFolder,
}: FirstBinaryInput): Promise<ServerBinary> {
  const reasons: string[] = [];
  let cacheFault: string | null = null;
  for (const { name, find, writes } of sources) {
    if (keep !== null && writes !== undefined && writes !== keep) continue;
    try {
      const binary = await find(context);
      if (binary === null) continue;
      if (keep === null || binary.dataFormat === keep) return binary;
      reasons.push(`${name}: ${binary.label} cannot safely open data written by ${keep}`);
    } catch (error) {
      cacheFault ??= cacheFaultOf(error, context.cache);
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const advice = cacheFault ?? (keep === null ? '' : dataAdvice(keep, dataFolder));
  throw new Error(`No ${server} is available.${advice}\n  ${reasons.join('\n  ')}`);
}

const dataAdvice = (keep: string, dataFolder: string): string =>
  ` The data in ${dataFolder} was written by ${keep}: provide that server, or remove the folder to start empty.`;

/** Returns null unless the system refused a file of the cache. */
function cacheFaultOf(error: unknown, cache: string): string | null {
  const { path, message } = error as NodeJS.ErrnoException;
  if (path === undefined || !path.startsWith(cache)) return null;
  const [fault] = message.split(',');
  return (
    ` The servers are kept in ${cache}, which cannot be used (${fault}): ` +
    'set PLATFORM_CACHE_DIR to another folder, and start again.'
  );
}
