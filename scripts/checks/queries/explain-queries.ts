import mongoose from 'mongoose';
import type { Document, SentCommand } from './sent-query.ts';

/**
 * The set name of SecantusDB. Its explain is a model of MongoDB's planner and no report: of a page of 21 among 20,000
 * documents it says that 21 keys were examined in 0 ms, while the server read all 20,000 (a find of its storage knows
 * no limit), and some of its plans MongoDB does not have.
 */
const STAND_IN = 'secantus';

/** Returns the reason not to trust the explanations of the server; null for MongoDB. */
export async function reasonNotToExplain(run: (command: Document) => Promise<Document>): Promise<string | null> {
  const { setName } = await run({ hello: 1 });
  return setName === STAND_IN ? 'a stand-in for MongoDB runs, whose plans are its own' : null;
}

export interface ExplainInput {
  /** A database with the indexes of the program. */
  uri: string;
  commands: readonly SentCommand[];
}

export interface Explained {
  /** The commands whose plan reads a whole collection. */
  scans: SentCommand[];
  /** A line for each command that the server refused to explain. */
  refused: string[];
  /** The reason why no command was explained; null when MongoDB was called for each. */
  skipped: string | null;
}

/** Has MongoDB explain each command. A server that is not MongoDB is not trusted with it. */
export async function explainCommands({ uri, commands }: ExplainInput): Promise<Explained> {
  const connection = await mongoose.createConnection(uri, { serverSelectionTimeoutMS: 5000 }).asPromise();
  try {
    const skipped = await reasonNotToExplain((command) => connection.db!.command(command));
    if (skipped !== null) return { scans: [], refused: [], skipped };
    const explain = (command: Document): Promise<unknown> =>
      connection.db!.command({ explain: command, verbosity: 'queryPlanner' });
    return { ...(await explainEach({ commands, explain })), skipped: null };
  } finally {
    await connection.close();
  }
}

export interface ExplainEachInput {
  commands: readonly SentCommand[];
  /** Returns the server's plan of a command. */
  explain: (command: Document) => Promise<unknown>;
}

/** Explains each command; one that the server does not explain says nothing about the others. */
export async function explainEach({ commands, explain }: ExplainEachInput): Promise<Omit<Explained, 'skipped'>> {
  const explained = { scans: [] as SentCommand[], refused: [] as string[] };
  for (const sent of commands) {
    try {
      if (stagesOf(await explain(sent.command)).includes('COLLSCAN')) explained.scans.push(sent);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      explained.refused.push(`not explained: ${describeCommand(sent)}: ${reason}`);
    }
  }
  return explained;
}

/** Returns the command in one line, with its file. */
export const describeCommand = ({ place, command }: SentCommand): string => `${place}: ${JSON.stringify(command)}`;

/** Returns the names of the stages of the winning plans, wherever the server's version puts them. */
export function stagesOf(plan: unknown): string[] {
  if (typeof plan !== 'object' || plan === null) return [];
  const { stage, rejectedPlans: _rejected, ...rest } = plan as Document;
  return [...(typeof stage === 'string' ? [stage] : []), ...Object.values(rest).flatMap(stagesOf)];
}
