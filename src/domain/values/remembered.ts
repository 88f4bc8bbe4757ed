/** More than there are time zones, and small: a flood of invented values only empties the memory. */
const MOST_VERDICTS = 1000;

/** Returns a judge that tries each text once and remembers its verdict, for judges that take longer than a look-up. */
export function remembered<Verdict>(judge: (text: string) => Verdict): (text: string) => Verdict {
  const verdicts = new Map<string, Verdict>();
  return (text) => {
    const known = verdicts.get(text);
    if (known !== undefined) return known;
    const verdict = judge(text);
    if (verdicts.size >= MOST_VERDICTS) verdicts.clear();
    verdicts.set(copyOf(text), verdict);
    return verdict;
  };
}

/** Returns an equal text of its own: a part of a larger text, such as a request's body, keeps all of it in memory. */
const copyOf = (text: string): string => ` ${text}`.slice(1);
