import { isDeepStrictEqual } from 'node:util';
import { listingTransitions, type ListingState } from '../../domain/listings/listing';
import { canTransition } from '../../domain/transitions';
import type { Event } from '../../models/event';
import { firstContent } from './listing-content';
import { ListingModel } from './listing-model';
import type { ListingCommand, ListingSequence, NewListingTerms } from './listing-sequences';
import type { Answer, SeenListing } from './seen-listing';
import { timelineViolations } from './timeline-violations';

const DAY_MS = 86_400_000;

/** A listing that is compared with the model, and the clock by which it lives. */
export interface ListingSubject {
  now(): Promise<number>;
  pass(byMs: number): Promise<void>;
  /** Sends a command, and once more under its key where it is repeated; resolves when nothing is under way. */
  send(command: ListingCommand, context: { revision: number; isRepeated: boolean }): Promise<Answer>;
  read(): Promise<SeenListing | null>;
  /** The listing's events by version. */
  events(): Promise<Event[]>;
}

export interface RunListingSequenceInput {
  sequence: ListingSequence;
  open: (terms: NewListingTerms) => Promise<ListingSubject>;
  /** Called with each transition and each answer. */
  visit: (arrow: string) => void;
  answered: (answer: string) => void;
}

/** What the platform does in its own time, beside the commands. */
const ownEvents = ['listing.reminded'];

/** Carries out a sequence on a listing and on the model at once. Returns each difference, empty when there is none. */
export async function runListingSequence(input: RunListingSequenceInput): Promise<string[]> {
  const { sequence, open, visit, answered } = input;
  const subject = await open(sequence);
  const model = new ListingModel(sequence, firstContent, await subject.now());
  const problems: string[] = [];
  const journal: string[] = [];
  let known = 0;

  const newEvents = async (): Promise<Event[]> => {
    const events = await subject.events();
    const added = events.slice(known).filter(({ type }) => !ownEvents.includes(type));
    known = events.length;
    return added;
  };
  const compare = async (what: string): Promise<void> => {
    const found = await subject.read();
    const expected = model.at(await subject.now());
    if (!isDeepStrictEqual(found, expected))
      problems.push(`${what}: it is ${JSON.stringify(found)}, the model ${JSON.stringify(expected)}`);
  };
  const send = async (command: ListingCommand, isRepeated: boolean): Promise<void> => {
    const revision = model.revision;
    const before = await subject.now();
    const expected = model.carryOut(command, before);
    const answer = await subject.send(command, { revision, isRepeated });
    const what = JSON.stringify(command);
    answered(`${command.what}: ${answer}`);
    if (answer !== expected.answer) problems.push(`${what}: answered ${answer}, the model ${expected.answer}`);
    if (command.what === 'expire' && answer === 200) await takeEnd(before);
    const events = await newEvents();
    const types = events.map(({ type }) => type.replace('listing.', ''));
    if (types.join() !== expected.events.join())
      problems.push(`${what}: led to ${types.join(', ')}, the model to ${expected.events.join(', ')}`);
    await compare(what);
  };
  /** An ended listing ends at the time of the request, which is between the instants before and after it. */
  const takeEnd = async (before: number): Promise<void> => {
    const expiresAt = (await subject.read())?.expiresAt ?? 0;
    if (expiresAt < before || expiresAt > (await subject.now())) problems.push(`it ended at ${expiresAt}`);
    model.expiresAt = expiresAt;
  };
  const next = async () => {
    const nowMs = await subject.now();
    return nextOf(model.at(nowMs), nowMs);
  };
  const pass = async (byMs: number): Promise<void> => {
    if (byMs <= 0) return;
    const wasLive = model.at(await subject.now())?.state === 'live';
    await subject.pass(byMs);
    const isOver = wasLive && model.at(await subject.now())?.state === 'expired';
    // Whether a sweep has written the end makes no difference to anybody.
    const types = (await newEvents()).map(({ type }) => type);
    if (types.join() !== '' && !(isOver && types.join() === 'listing.expired'))
      problems.push(`${byMs} ms that passed led to ${types.join(', ')}`);
    await compare(`after ${byMs} ms`);
  };

  const created = (await newEvents()).map(({ type }) => type);
  if (created.join() !== 'listing.created') problems.push(`its creation led to ${created.join(', ')}`);
  for (const { move, isRepeated } of sequence.moves) {
    if (problems.length > 0) break;
    journal.push(move.what);
    if (move.what === 'pass') await pass(move.byMs);
    else if (move.what === 'pass_to_end') await pass((model.expiresAt ?? 0) + move.byMs - (await subject.now()));
    else await send(move.what === 'proceed' ? await next() : move, isRepeated);
  }
  const events = await subject.events();
  problems.push(...timelineProblems(events, visit));
  return problems.length === 0 ? [] : [...problems, journal.join(' '), events.map(({ type }) => type).join(' ')];
}

/**
 * Returns the command that brings a listing on, towards buyers or, from there, to another review. One that ends soon is
 * renewed both by the submission and during the review, which together are too far.
 */
function nextOf(listing: SeenListing | null, nowMs: number): ListingCommand {
  if (!listing) return { what: 'delete' };
  const { state, isReviewed, draft, revision, expiresAt } = listing;
  const endsSoon = expiresAt !== null && expiresAt - nowMs < 4 * DAY_MS;
  if (isReviewed && state === 'live' && endsSoon) return { what: 'renew', days: 30 };
  if (isReviewed) return { what: 'approve', reviewer: 'otto', isStale: false };
  if (state === 'suspended') return { what: 'reinstate' };
  // Some give up after a rejection, or the rarest of all transitions would need luck.
  if (state === 'rejected' && revision % 2 === 0) return { what: 'delete' };
  if (draft) return { what: 'submit', renewDays: endsSoon ? 360 : null, submittedBy: 'seller' };
  if (state === 'withdrawn') return { what: 'republish' };
  if (state === 'expired') return { what: 'renew', days: 5 };
  return { what: 'edit', patch: { title: `A bicycle of revision ${revision}` } };
}

const timelineProblems = (events: readonly Event[], visit: (arrow: string) => void): string[] =>
  timelineViolations<ListingState>(
    {
      events,
      version: events.length,
      stateOf: ({ state }) => state as ListingState,
      canMove: (from, to) => canTransition(listingTransitions, from, to),
    },
    visit,
  );
