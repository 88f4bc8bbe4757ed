import { listAndRenew } from './tour/list-and-renew.ts';
import { onboardUser } from './tour/onboard-user.ts';
import { reportTheYear } from './tour/report-the-year.ts';
import { reportYesterday } from './tour/report-yesterday.ts';
import { settleLostPayment } from './tour/settle-lost-payment.ts';
import { showLedger } from './tour/show-ledger.ts';
import type { TourContext, TourStage } from './tour/stage.ts';
import { subscribeForAYear } from './tour/subscribe-for-a-year.ts';
import { createRestClient } from './platform/rest-client.ts';
import type { RunFile } from './platform/run-file.ts';
import type { Terminal } from './platform/terminal.ts';

/** The stages in their order. They are independent, so a failed stage does not affect the next one. */
export const TOUR_STAGES: readonly TourStage[] = [
  onboardUser,
  settleLostPayment,
  reportYesterday,
  subscribeForAYear,
  reportTheYear,
  listAndRenew,
  showLedger,
];

/** Demonstrates the platform through its public API. A failed stage names its step; the platform stays up. */
export async function runTour({
  run,
  terminal,
  isStopping,
}: {
  run: RunFile;
  terminal: Terminal;
  isStopping: () => boolean;
}): Promise<void> {
  for (const { title, run: runStage } of TOUR_STAGES) {
    terminal.line(`\n${terminal.bold(`Tour: ${title}`)}`);
    let at = 'the beginning';
    const step: TourContext['step'] = async (label, work) => {
      at = label;
      const begun = performance.now();
      const progress = terminal.begin(`  ${label}`);
      const result = await work().finally(progress.end);
      terminal.line(`  ✓ ${label.padEnd(58)} ${((performance.now() - begun) / 1000).toFixed(2).padStart(6)} s`);
      return result;
    };
    const context: TourContext = {
      api: createRestClient({ base: run.api, key: run.sandboxKey }),
      step,
      show: (line) => terminal.line(`  ${line}`),
    };
    try {
      await runStage(context);
    } catch (error) {
      if (isStopping()) return;
      const reason = error instanceof Error ? error.message : String(error);
      terminal.line(`  ✗ The tour stopped at "${at}": ${reason}. The platform stays up.`);
    }
  }
}
