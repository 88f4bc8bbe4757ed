import type { Reporter } from '../reporter.ts';

export interface SourceContext {
  /** The checkout. */
  root: string;
  cache: string;
  env: NodeJS.ProcessEnv;
  reporter: Reporter;
}

/** A server program that is ready to be run on this machine. */
export interface ServerBinary {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** For people: "Temporal Server 1.32.0 (cached)". */
  label: string;
  /** What wrote the data, as far as it matters for opening it again: a version, or a kind of server. */
  dataFormat: string;
}

export interface Source {
  name: 'path' | 'cached' | 'download' | 'build' | 'wheel';
  /** The data format it would give, where that is known without asking; saves fetching what could not open the data. */
  writes?: string;
  /** Null where this source has nothing, which is no failure; throws where it should have had something. */
  find: (context: SourceContext) => Promise<ServerBinary | null>;
}

export interface FirstBinaryInput {
  server: string;
  sources: readonly Source[];
  context: SourceContext;
  /** Data format of the data there is; null where there is none. */
  keep: string | null;
  dataFolder: string;
}

/**
 * The first source that has the server. Existing data decides over the order: only what can open it safely is taken.
 * @throws one error that names every source and why it had nothing.
 */
export async function firstBinary({
  server,
  sources,
  context,
  keep,
  dataFolder,
}: FirstBinaryInput): Promise<ServerBinary> {
  const reasons: string[] = [];
  for (const { name, find, writes } of sources) {
    if (keep !== null && writes !== undefined && writes !== keep) continue;
    try {
      const binary = await find(context);
      if (binary === null) continue;
      if (keep === null || binary.dataFormat === keep) return binary;
      reasons.push(`${name}: ${binary.label} cannot safely open data written by ${keep}`);
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const advice =
    keep === null
      ? ''
      : ` The data in ${dataFolder} was written by ${keep}: provide that, or remove the folder to begin anew.`;
  throw new Error(`No ${server} could be had.${advice}\n  ${reasons.join('\n  ')}`);
}
