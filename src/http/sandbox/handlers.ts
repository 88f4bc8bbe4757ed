import { sandboxClockHandlers, type SandboxClockHandlersInput } from './sandbox-clock';

export type SandboxHandlersInput = SandboxClockHandlersInput;

/** Returns the handlers of sandboxes. */
export const sandboxHandlers = (input: SandboxHandlersInput) => ({
  ...sandboxClockHandlers(input),
});
