import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { createActivities } from '../../activities';
import { eventTypes } from '../contracts/events';
import { mailTemplates } from '../contracts/mails';
import { createHandlers } from '../http/handlers';
import { problemTable } from '../http/problems';
import { sharedProblems } from '../http/shared-problems';
import { mails } from '../mails/mails';
import { defineModels } from '../models/define-models';
import { sharedModels } from '../models/shared-models';
import { checkoutRoot } from './servers/servers';

const root = checkoutRoot(__dirname);
/** Stands in for the dependencies of factories, which only pass them on. */
const anything = new Proxy((): void => undefined, { get: () => anything, apply: () => anything }) as never;
type Factory = (input: never) => object;

/** Returns the first export with this ending of the file that each domain may have in a layer's folder. */
function partsOf<Part>(layer: string, file: string, ending: RegExp): Part[] {
  return readdirSync(join(root, layer))
    .map((domain) => join(root, layer, domain, file))
    .filter((path) => existsSync(path))
    .map((path) => {
      // oxlint-disable-next-line typescript/no-require-imports -- the folders are known only at run time
      const exported = require(path) as Record<string, Part>;
      return Object.entries(exported).find(([name]) => ending.test(name))![1];
    });
}
const keysOf = (parts: readonly object[]): string[] => parts.flatMap((part) => Object.keys(part));
const created = (factories: readonly Factory[]): object[] => factories.map((create) => create(anything));
/** Each on its own connection, so that a clash of keys is found before a clash of model names. */
const keysOfModels = (parts: readonly Factory[]): string[] =>
  keysOf(parts.map((define) => define(mongoose.createConnection() as never)));

/** The keys of each registry, and the keys of the files that domains have for it. */
const registries: [name: string, union: string[], parts: string[]][] = [
  ['events', eventTypes, keysOf(partsOf('src/contracts', 'events.ts', /Events$/))],
  ['problems', keysOf([problemTable]), keysOf([sharedProblems, ...partsOf<object>('src/http', 'problems.ts', /./)])],
  ['handlers', keysOf([createHandlers(anything)]), keysOf(created(partsOf('src/http', 'handlers.ts', /Handlers$/)))],
  [
    'models',
    keysOfModels([defineModels]),
    keysOfModels([sharedModels, ...partsOf<Factory>('src/models', 'models.ts', /(?<!Entity)Models$/)]),
  ],
  ['activities', keysOf([createActivities(anything)]), keysOf(created(partsOf('activities', 'index.ts', /^create/)))],
  ['mails', keysOf([mails]), keysOf(partsOf('src/mails', 'mails.ts', /Mails$/))],
  ['mail templates', [...mailTemplates], partsOf<string[]>('src/contracts', 'mails.ts', /Templates$/).flat()],
];

// The registries are spreads: a key of two domains would silently become the later domain's.
it.each(registries)('%s: every domain is listed, and no two name the same key', (_name, union, parts) => {
  expect(parts.toSorted()).toEqual([...new Set(union)].toSorted());
  expect(parts).toHaveLength(union.length);
});
