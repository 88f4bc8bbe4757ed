import type { ProgressStep, Reporter } from '../embedded/reporter.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REDRAW_MS = 100;
/** Without a terminal a shorter step has no line: its outcome has one. */
const PATIENCE_MS = 1_500;
const REPEAT_MS = 10_000;

interface ActiveStep {
  label: string;
  detail: string;
  begun: number;
  nextReminder: number;
}

export interface Terminal extends Reporter {
  /** Marks an important word; returns plain text without a terminal. */
  bold: (text: string) => string;
}

/**
 * Creates an output of lines with one moving line below for the steps under way; without a terminal, of plain lines
 * with a reminder every ten seconds.
 */
export function createTerminal(output: NodeJS.WriteStream): Terminal {
  // The terminal window may be closed while the platform is still stopping.
  output.on('error', () => undefined);
  const active = new Set<ActiveStep>();
  const moving = output.isTTY && process.env.TERM !== 'dumb';
  let frame = 0;
  let timer: NodeJS.Timeout | null = null;

  const draw = (): void => {
    const steps = [...active].map(
      ({ label, detail, begun }) => `${label} ${seconds(begun)} s${detail === '' ? '' : ` (${detail})`}`,
    );
    frame = (frame + 1) % FRAMES.length;
    const line = steps.length === 0 ? '' : `${FRAMES[frame]} ${steps.join(' · ')}`;
    output.write(`\r\x1b[K${line.slice(0, (output.columns || 80) - 1)}`);
  };
  const remind = (): void => {
    const now = performance.now();
    for (const step of active) {
      if (now < step.nextReminder) continue;
      step.nextReminder = now + REPEAT_MS;
      output.write(
        `${step.label} … ${seconds(step.begun)} s${step.detail === '' ? '' : ` (${step.detail.slice(0, 100)})`}\n`,
      );
    }
  };
  const begin = (label: string): ProgressStep => {
    const step: ActiveStep = {
      label,
      detail: '',
      begun: performance.now(),
      nextReminder: performance.now() + PATIENCE_MS,
    };
    active.add(step);
    timer ??= setInterval(moving ? draw : remind, moving ? REDRAW_MS : PATIENCE_MS);
    const end = (): void => {
      active.delete(step);
      if (moving) draw();
      if (active.size > 0 || timer === null) return;
      clearInterval(timer);
      timer = null;
    };
    return { update: (detail) => (step.detail = detail.replace(/\s+/g, ' ').trim()), end };
  };
  const line = (text: string): void => {
    output.write(moving && active.size > 0 ? `\r\x1b[K${text}\n` : `${text}\n`);
  };
  return { begin, line, bold: (text) => (moving ? `\x1b[1m${text}\x1b[0m` : text) };
}

const seconds = (begun: number): number => Math.round((performance.now() - begun) / 1000);
