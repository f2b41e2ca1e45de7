import type { Measure, ReportRow } from '../../../api/types';
import { FileLink } from '../../../components/file/file-link';
import { PeakLegend } from '../../../components/device/peak-legend';
import { Panel } from '../../../components/panel/panel';
import type { QueryView } from '../../../components/panel/query-view';
import { DataTable } from '../../../components/table/data-table';
import { downloads } from '../../../router/paths';
import { reportTable } from './report-table';

interface ReportPanelProps {
  readonly query: QueryView<readonly ReportRow[]>;
  readonly campaignId: string;
  /** Of the campaign; undefined until it is there. */
  readonly measure: Measure | undefined;
}

/** One row for every device of the fleet. */
export function ReportPanel({ query, campaignId, measure }: ReportPanelProps) {
  return (
    <Panel
      title="Report"
      query={query}
      layout="flush"
      isEmpty={(rows) => rows.length === 0}
      empty="The fleet has no devices."
      aside={
        <>
          <PeakLegend />
          <FileLink
            href={downloads.report(campaignId)}
            label="Download the report as JSON"
            fileName={`${campaignId}-report.json`}
          >
            JSON
          </FileLink>
        </>
      }
    >
      {(rows) => measure && <DataTable {...reportTable(measure)} rows={rows} />}
    </Panel>
  );
}
