import { sandboxMailHandlers, type SandboxMailHandlersInput } from './sandbox-mails';
import { sandboxClockHandlers, type SandboxClockHandlersInput } from './sandbox-clock';

/** Returns the handlers of sandboxes. */
export const sandboxHandlers = (input: SandboxClockHandlersInput & SandboxMailHandlersInput) => ({
  ...sandboxClockHandlers(input),
  ...sandboxMailHandlers(input),
});
