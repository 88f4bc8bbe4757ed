import { sandboxClockHandlers, type SandboxClockHandlersInput } from './sandbox-clock';

export type SandboxHandlersInput = SandboxClockHandlersInput;

/** Answers the operations of sandboxes. */
export const sandboxHandlers = (input: SandboxHandlersInput) => ({
  ...sandboxClockHandlers(input),
});
