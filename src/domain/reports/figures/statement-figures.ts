import { ledgerAccounts, type LedgerAccount } from '../../payments/ledger';
import { movementOf, type PostingFact } from '../facts/payment-effects';
import type { Tally } from '../facts/tally';
import type { Figure } from '../report-content';
import type { FigureDefinition } from '../report-type';

const sides = 'Positive on the side on which the account grows.';

/** The figures of a statement, each by account and currency. */
export const statementFigures = [
  {
    id: 'statement_opening',
    title: 'Opening balance',
    unit: 'money',
    sentence: `The closing balance of the statement before, by account. ${sides}`,
    formula:
      '`statement_closing` of the statement of the month before with the same filters, as it was completed; while ' +
      'that one is being made, postings dated before the window and recorded up to its `asOf`; where there is none, ' +
      'all postings dated before the window.',
    example: {
      given: '10.00 EUR captured in February, in the statement of February, and 4.00 EUR captured in March.',
      value: '10.00 EUR',
    },
  },
  {
    id: 'statement_entries',
    title: 'Entries',
    unit: 'money',
    sentence: `The postings of the window, by account. ${sides}`,
    formula: 'Postings dated in the window and recorded up to `asOf`: debits less credits, or credits less debits.',
    example: {
      given: '10.00 EUR captured in February, in the statement of February, and 4.00 EUR captured in March.',
      value: '4.00 EUR',
    },
  },
  {
    id: 'statement_earlier',
    title: 'Entries of earlier periods',
    unit: 'money',
    sentence: `Postings of earlier periods that were recorded too late for their own statements, by account. ${sides}`,
    formula: 'Postings dated before the window and recorded up to `asOf`, less `statement_opening`.',
    example: {
      given: '3.00 EUR captured in February, recorded after the statement of February was made.',
      value: '3.00 EUR',
    },
  },
  {
    id: 'statement_closing',
    title: 'Closing balance',
    unit: 'money',
    sentence: `The balance with which the next statement opens, by account. ${sides}`,
    formula: '`statement_opening` + `statement_entries` + `statement_earlier`.',
    example: {
      given: 'An opening of 10.00 EUR, entries of 4.00 EUR, and entries of earlier periods of 3.00 EUR.',
      value: '17.00 EUR',
    },
  },
] as const satisfies readonly FigureDefinition[];

/** A posting with its times. */
export interface EntryFact extends PostingFact {
  /** Business time. */
  at: Date;
  /** Real time; absent from lines of before the first report. */
  recordedAt?: Date;
}

/** The statement that an entry is told from. */
export interface StatementCut {
  startAt: Date;
  endAt: Date;
  asOf: Date;
  /** The `asOf` of the statement of the window before; null where none was made. */
  previousAsOf: Date | null;
  /** True where the opening is carried from the statement before, by `carryOpening`. Defaults to false. */
  isCarried?: boolean;
}

const accounts = Object.keys(ledgerAccounts) as LedgerAccount[];

/** Adds a posting to a statement: as part of its opening, as an entry, or as an entry of an earlier period. */
export function addEntry(tally: Tally, fact: EntryFact, cut: StatementCut): void {
  const id = partOf(fact, cut);
  if (id === null) return;
  addToAccounts(tally, { id, currency: fact.currency, movedOf: (account) => movementOf(fact.lines, account) });
}

/**
 * Opens a statement as the one before closed, to the minor unit. All postings dated before the window are then added as
 * entries of earlier periods, of which the opening is taken: so a posting that the statement before missed, for
 * whatever reason, stands in this one.
 */
export function carryOpening(tally: Tally, before: readonly Figure[]): void {
  for (const { id, currency, by, value } of before)
    if (id === 'statement_closing' && value !== null) {
      tally.add({ id: 'statement_opening', currency, by }, value);
      tally.add({ id: 'statement_earlier', currency, by }, -value);
    }
}

export interface AddToAccountsInput {
  id: StatementPart;
  currency: string;
  /** Returns the movement of an account, positive on the side on which the account grows. */
  movedOf: (account: LedgerAccount) => number;
}

/** Adds movements to one part of a statement, and to its closing. */
export function addToAccounts(tally: Tally, { id, currency, movedOf }: AddToAccountsInput): void {
  for (const account of accounts) {
    tally.add({ id, currency, by: account }, movedOf(account));
    tally.add({ id: 'statement_closing', currency, by: account }, movedOf(account));
  }
}

/** The parts that a closing is the sum of. */
export type StatementPart = 'statement_opening' | 'statement_entries' | 'statement_earlier';

function partOf(
  { at, recordedAt }: EntryFact,
  { startAt, endAt, asOf, previousAsOf, isCarried = false }: StatementCut,
): StatementPart | null {
  const isRecordedBy = (time: Date): boolean => !recordedAt || recordedAt <= time;
  if (at >= endAt || !isRecordedBy(asOf)) return null;
  if (at >= startAt) return 'statement_entries';
  if (isCarried) return 'statement_earlier';
  return previousAsOf === null || isRecordedBy(previousAsOf) ? 'statement_opening' : 'statement_earlier';
}

/** Returns the figures of a statement: every account in every currency. */
export const statementFiguresOf = (tally: Tally, currencies: readonly string[]): Figure[] =>
  statementFigures.flatMap(({ id }) =>
    currencies.flatMap((currency) =>
      accounts.map((by) => ({ id, currency, by, value: tally.valueOf({ id, currency, by }) })),
    ),
  );
