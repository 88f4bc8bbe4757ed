/** Where a long job tells a person how it goes. */
export interface Reporter {
  /** One finished line. */
  line: (text: string) => void;
  /** Something that takes a while; shown until `end`. */
  begin: (label: string) => ProgressStep;
}

export interface ProgressStep {
  /** What is being done right now, for example the last line of an installer. */
  update: (detail: string) => void;
  end: () => void;
}

/** Plain lines, for logs and tests: the label when it begins, nothing in between. */
export const plainReporter = (write: (line: string) => void): Reporter => ({
  line: write,
  begin: (label) => {
    write(`${label} …`);
    return { update: () => undefined, end: () => undefined };
  },
});
