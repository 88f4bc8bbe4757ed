import { acceptDueOfTenant } from '../../../services/reports/schedules/accept-due-reports';
import type { ArrivalWork } from '../periodic-work';

/** Reports that fell due: of facts, so one that is made at the end of an advance equals one made at its hour. */
export const dueReports: ArrivalWork = acceptDueOfTenant;
