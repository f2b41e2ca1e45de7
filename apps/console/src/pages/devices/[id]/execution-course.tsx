import { CourseChart } from '../../../charts/lines/course-chart';
import { axisFromZero, axisToOne, type Stretch } from '../../../charts/lines/course';
import {
  accuracyStretches,
  latestWords,
  lossStretches,
} from '../../../components/device/telemetry-stretches';
import { Empty, Failed, Loading } from '../../../components/panel/panel-messages';
import { phaseWords } from '../../../components/state/states';
import { lossWords } from '../../../format/measure';
import { grouped, percent } from '../../../format/numbers';
import { useTelemetryQuery } from '../../../queries/use-telemetry-query';
import styles from './execution-course.module.css';
import type { DeviceExecution } from './use-device-executions';

/** Loss, and accuracy where the model has any, through the tests and passes of one execution, as the device told them. */
export function ExecutionCourse({ execution }: { readonly execution: DeviceExecution }) {
  const query = useTelemetryQuery(execution.id);
  const { data, error } = query;
  if (!data) {
    return (
      <div className={styles.padded}>
        {error ? <Failed error={error} retry={() => void query.refetch()} /> : <Loading />}
      </div>
    );
  }
  const rows = data.items.filter(({ attempt }) => attempt === execution.attempt);
  const { measure } = execution;
  const words = lossWords(measure.loss);
  const losses = lossStretches(rows, measure);
  const shares = accuracyStretches(rows, measure);
  if (losses.length === 0) {
    return (
      <div className={styles.padded}>
        <Empty>
          No telemetry of this execution: it has not begun, or its telemetry is older than the server keeps.
        </Empty>
      </div>
    );
  }
  return (
    <div className={styles.padded}>
      <div className={styles.charts}>
        <CourseChart
          title={`${words.title} (mean so far in each stretch)`}
          stretches={losses}
          axis={axisFromZero(valuesOf(losses))}
          format={words.formatValue}
        />
        {shares.length > 0 && (
          <CourseChart
            title="Right predictions, % (so far in each stretch)"
            stretches={shares}
            axis={axisToOne(valuesOf(shares))}
            format={percent}
          />
        )}
      </div>
      <p className={styles.note}>
        {roundName(execution)}, {grouped(data.total)} messages.{' '}
        {latestWords(rows, (phase) => phaseWords(phase).word)}
      </p>
    </div>
  );
}

const valuesOf = (stretches: readonly Stretch[]): readonly number[] =>
  stretches.flatMap(({ points }) => points.map(({ value }) => value));

const roundName = ({ round, attempt }: DeviceExecution): string => {
  const name = round.kind === 'evaluate' ? 'Final evaluation' : `Round ${round.number}`;
  return attempt > 1 ? `${name}, attempt ${attempt}` : name;
};
