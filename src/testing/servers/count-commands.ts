import { AsyncLocalStorage } from 'node:async_hooks';
import type { Activities } from '../../../activities';
import type { Database } from '../../models/database';

type Call = (...args: unknown[]) => Promise<unknown>;

/** Activities and the commands to MongoDB that each call of one sent, as `insert events`. */
export interface StepCost {
  activity: string;
  commands: string[];
}

/** Returns a function that returns the commands sent over the database's connection since its last call. */
export function watchCommands(database: Database): () => string[] {
  const sent: string[] = [];
  onCommand(database, (command) => sent.push(command));
  return () => sent.splice(0);
}

function onCommand(database: Database, note: (command: string) => void): void {
  database.connection.getClient().on('commandStarted', ({ commandName, command }) => {
    const subject: unknown = command[commandName];
    note(typeof subject === 'string' ? `${commandName} ${subject}` : commandName);
  });
}

/** Counts the commands that activities send to MongoDB. Exact: the test's own reads are not counted. */
export function createCommandCounter() {
  const sender = new AsyncLocalStorage<string[]>();
  const steps: StepCost[] = [];
  return {
    /** Counts the commands that a test's database sends on behalf of activities. */
    watch: (database: Database): void => onCommand(database, (command) => void sender.getStore()?.push(command)),
    /** Returns the activities, each call of which is a step that is counted. */
    wrap: (activities: Activities): Activities =>
      Object.fromEntries(
        Object.entries(activities as unknown as Record<string, Call>).map(([activity, call]) => [
          activity,
          (...args: unknown[]) => {
            const commands: string[] = [];
            steps.push({ activity, commands });
            return sender.run(commands, () => call(...args));
          },
        ]),
      ) as unknown as Activities,
    /** Returns what the steps since the last call cost, and begins anew. */
    take() {
      const taken = steps.splice(0);
      if (process.env.SHOW_COST === '1') process.stdout.write(`${JSON.stringify(taken, null, 1)}\n`);
      const commands = taken.flatMap((step) => step.commands);
      return {
        activities: taken.length,
        commands: commands.length,
        transactions: commands.filter((name) => name.endsWith('Transaction')).length,
      };
    },
  };
}
