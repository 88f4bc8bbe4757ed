import { sandboxClockHandlers, type SandboxClockHandlersInput } from './sandbox-clock';

/** Returns the handlers of sandboxes. */
export const sandboxHandlers = (input: SandboxClockHandlersInput) => ({
  ...sandboxClockHandlers(input),
});
