import { workflowTypeOf, type KeptHistory } from '../replay/replay-histories';
import { decodeHistory } from './decode-history';
import { refusedKey } from './listed-keys';

export interface HistoryViolationsInput {
  history: KeptHistory;
  /** Texts of persons that the run has dealt with. None may stand anywhere in the history. */
  texts?: readonly string[];
}

/**
 * Returns what must not stand in a history: a key outside the list, a value without the form of its key, and a known
 * text of a person anywhere. Each names workflow, event and key.
 */
export function historyViolations({ history, texts = [] }: HistoryViolationsInput): string[] {
  const workflow = workflowTypeOf(history);
  const decoded = decodeHistory(history);
  const refusals = decoded.payloads.flatMap(({ event, attribute, value }) =>
    refusalsOf(value, attribute, attribute).map((refusal) => `${workflow}, event ${event}: ${refusal}`),
  );
  const spoken = [
    ...decoded.texts,
    ...decoded.payloads.map(({ event, value }) => ({ event, text: JSON.stringify(value) })),
  ];
  const everything = spoken.map(({ text }) => text).join('\n');
  const leaks = texts.flatMap((text) => {
    const forms = [text, JSON.stringify(text).slice(1, -1)].filter((form) => standsIn(everything, form));
    return spoken
      .filter((said) => forms.some((form) => standsIn(said.text, form)))
      .map(({ event }) => `${workflow}, event ${event}: holds the text ${JSON.stringify(text)}`);
  });
  return [...new Set([...refusals, ...leaks])];
}

function refusalsOf(value: unknown, key: string, path: string): string[] {
  const refused = refusedKey(key, value);
  const own = refused === null ? [] : [`${path}: ${refused}`];
  if (typeof value !== 'object' || value === null) return own;
  // The elements of a list have the key of the list.
  const children = Array.isArray(value)
    ? value.map((child) => [key, child] as const)
    : Object.entries(value as Record<string, unknown>);
  return [
    ...own,
    ...children.flatMap(([name, child]) => refusalsOf(child, name, Array.isArray(value) ? path : `${path}.${name}`)),
  ];
}

const WORD = /[\p{L}\p{N}_-]/u;

/** Returns true where the words stand by themselves: a plan called Pro is no part of a Promise. */
function standsIn(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1))
    if (!WORD.test(text[at - 1] ?? '') && !WORD.test(text[at + words.length] ?? '')) return true;
  return false;
}
