/** Seconds that a test file may take on two idle cores. */
const BUDGET_S = 60;
/** Other programs may take seven eighths of the machine before a file fails by its time. */
const MARGIN = 8;

export interface FileTime {
  path: string;
  seconds: number;
  /** False for files without a limit: timed tests and the long forms. */
  judged: boolean;
}

/** Returns a line for each test file over its budget (`slow`: a warning) and over eight times as much (`tooSlow`). */
export function judgeFileTimes(files: readonly FileTime[]): { slow: string[]; tooSlow: string[] } {
  const over = files.filter(({ judged, seconds }) => judged && seconds > BUDGET_S);
  const most = BUDGET_S * MARGIN;
  const line = ({ path, seconds }: FileTime): string =>
    `${path} took ${seconds.toFixed(0)} s: a test file takes at most ${BUDGET_S} s, on a busy machine ${most} s`;
  return {
    slow: over.filter(({ seconds }) => seconds <= most).map(line),
    tooSlow: over.filter(({ seconds }) => seconds > most).map(line),
  };
}
