import type { CommandInput } from '../../../contracts/commands';
import { cancelReportName, type ReportOutcome } from '../../../contracts/reports/report';
import { reportProcess } from '../../../contracts/reports/process';
import { DomainError } from '../../../domain/domain-error';
import { hasReportEnded } from '../../../domain/reports/report';
import type { Report } from '../../../models/reports/report';
import { sendCommand, type CommandDependencies } from '../../send-command';

export interface SendReportCommandInput extends CommandInput {
  tenantId: string;
  reportId: string;
}

/** Cancels a report; see `sendCommand`. @throws DomainError as `sendCommand`, and `REPORT_ENDED` */
export type SendReportCommand = (input: SendReportCommandInput) => Promise<ReportOutcome>;

export function createReportCommands(dependencies: CommandDependencies): SendReportCommand {
  return ({ tenantId, reportId, ...input }) =>
    sendCommand(dependencies, {
      tenantId,
      process: reportProcess,
      entityId: reportId,
      update: cancelReportName,
      input,
      refusalOf: (entity) => refusalOf(entity as Report),
    }) as Promise<ReportOutcome>;
}

const refusalOf = ({ state }: Report): DomainError | null =>
  hasReportEnded(state)
    ? new DomainError('REPORT_ENDED', `The report is ${state}: it has ended and cannot be cancelled.`)
    : null;
