import type { Measure, ReportRow } from '../../api/types';
import { ScoreChart } from '../../charts/score/score-chart';
import { measureWords } from '../../format/measure';
import { DeviceLink } from '../device/device-link';
import { Panel } from '../panel/panel';
import type { QueryView } from '../panel/query-view';
import { comparable, reportName } from './report-entries';

interface ScorePanelProps {
  readonly query: QueryView<readonly ReportRow[]>;
  /** Of the campaign; undefined where there is none (yet). */
  readonly measure: Measure | undefined;
  /** Devices that are drawn; the mean is of all. */
  readonly limit: number;
}

/** Before → personalised → final global, for each device on its own test items. */
export function ScorePanel({ query, measure, limit }: ScorePanelProps) {
  const words = measure && measureWords(measure);
  return (
    <Panel
      title={words ? `${words.name} on the devices` : 'How well the devices do'}
      aside={words && `${words.unit} on each device’s own test items; ${words.direction}`}
      query={query}
      isEmpty={(rows) => measure === undefined || comparable(rows).length === 0}
      empty="No device has told how well it does yet. It comes with the first result of the first round."
    >
      {(rows) =>
        measure && (
          <ScoreChart
            label={`${words?.name} of each device before training, after its own training, and with the final global version`}
            limit={limit}
            measure={measure}
            entries={comparable(rows).map((row) => ({
              key: row.deviceId,
              name: <DeviceLink id={row.deviceId} name={reportName(row)} />,
              before: row.scoreBefore,
              personalised: row.scorePersonalised,
              finalGlobal: row.scoreFinalGlobal,
            }))}
          />
        )
      }
    </Panel>
  );
}
