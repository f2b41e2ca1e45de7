import type { ReportRow } from '../../api/types';
import { AccuracyChart } from '../../charts/accuracy/accuracy-chart';
import { DeviceLink } from '../device/device-link';
import { Panel } from '../panel/panel';
import type { QueryView } from '../panel/query-view';
import { comparable, reportName } from './report-entries';

interface AccuracyPanelProps {
  readonly query: QueryView<readonly ReportRow[]>;
  /** Devices that are drawn; the mean is of all. */
  readonly limit: number;
}

/** Before → personalised → final global, for each device on its own test items. */
export function AccuracyPanel({ query, limit }: AccuracyPanelProps) {
  return (
    <Panel
      title="Accuracy on the devices"
      aside="% of each device’s own test items"
      query={query}
      isEmpty={(rows) => comparable(rows).length === 0}
      empty="No device has told its accuracy yet. It comes with the first result of the first round."
    >
      {(rows) => (
        <AccuracyChart
          label="Accuracy of each device before training, after its own training, and with the final global version"
          limit={limit}
          entries={comparable(rows).map((row) => ({
            key: row.deviceId,
            name: <DeviceLink id={row.deviceId} name={reportName(row)} />,
            before: row.accuracyBefore,
            personalised: row.accuracyPersonalised,
            finalGlobal: row.accuracyFinalGlobal,
          }))}
        />
      )}
    </Panel>
  );
}
