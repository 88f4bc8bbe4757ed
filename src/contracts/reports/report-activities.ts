import type { ReportState } from '../../domain/reports/report';
import type { ReportFormat } from '../../domain/reports/report-type';
import type { ProcessStep, StepCommand } from '../process-step';
import type { ReportRef } from './report';

/** The input of every step's activity. */
export interface ReportStepInput extends ReportRef, ProcessStep {}

/** The state of a report after a step. */
export interface ReportStepApplied {
  state: ReportState;
  /** Time at which the step was first applied, ISO 8601; a repeat returns the same. */
  at: string;
}

/** What there is to do, from the recorded state. */
export interface ReportBegun extends ReportStepApplied {
  /** False while other reports of the tenant have the places. */
  hasSlot: boolean;
  sections: string[];
  formats: ReportFormat[];
}

export interface GatherInput extends ReportStepInput {
  section: string;
  /** The figures are put together after the last section. */
  isLast: boolean;
}

export interface GenerateInput extends ReportRef {
  chain: string;
  format: ReportFormat;
}

export interface EndReportInput extends ReportStepInput {
  /** Set for a cancel that was sent; without one Temporal itself cancelled the process. */
  command?: StepCommand;
}

export interface FailReportInput extends ReportStepInput {
  /** The code, or the error's class, that a step failed with. */
  reason: string;
}
