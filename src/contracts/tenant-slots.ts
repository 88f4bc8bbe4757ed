/**
 * The failure type of an attempt that was put off because the tenant's activities held as many slots of the worker as
 * were free. Nothing of the activity has run.
 */
export const TENANT_SLOTS_TAKEN = 'TENANT_SLOTS_TAKEN';
