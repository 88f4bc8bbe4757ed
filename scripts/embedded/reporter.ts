/** Reports the progress of a long job to a person. */
export interface Reporter {
  /** Prints one finished line. */
  line: (text: string) => void;
  /** Shows a longer step until `end` is called. */
  begin: (label: string) => ProgressStep;
}

export interface ProgressStep {
  /** Shows the present detail, for example the last line of an installer. */
  update: (detail: string) => void;
  end: () => void;
}

/** Returns a reporter of plain lines, for logs and tests: one line per step, no details. */
export const plainReporter = (write: (line: string) => void): Reporter => ({
  line: write,
  begin: (label) => {
    write(`${label} …`);
    return { update: () => undefined, end: () => undefined };
  },
});
