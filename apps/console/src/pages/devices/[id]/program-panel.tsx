import type { Build, Device } from '../../../api/types';
import { CopyText } from '../../../components/copy/copy-text';
import { type Fact, Facts } from '../../../components/detail/facts';
import { peaksOf, usagesOf } from '../../../components/device/peaks';
import { Empty } from '../../../components/panel/panel-messages';
import { Panel } from '../../../components/panel/panel';
import type { QueryView } from '../../../components/panel/query-view';
import { StateMark } from '../../../components/state/state-mark';
import type { StateWords } from '../../../components/state/states';
import { DateTime } from '../../../components/time/date-time';
import { MemoryUse } from './memory-use';
import type { DeviceExecution } from './use-device-executions';

const RUNS_IT: StateWords = {
  tone: 'good',
  word: 'the device runs it',
  meaning: 'as the device said at its last start',
};
const RUNS_ANOTHER: StateWords = {
  tone: 'waiting',
  word: 'the device does not run it yet',
  meaning: 'it runs another program, or has not said hello since',
};

interface ProgramPanelProps {
  readonly query: QueryView<Device>;
  readonly executions: readonly DeviceExecution[];
}

/** The program that was built for the device, and whether it keeps within the device's memory. */
export function ProgramPanel({ query, executions }: ProgramPanelProps) {
  const measured = executions.flatMap(({ peakSramBytes }) => peakSramBytes ?? []);
  return (
    <Panel
      title="Program"
      query={query}
      aside={({ build, isProgrammed }) =>
        build && <StateMark state={isProgrammed ? RUNS_IT : RUNS_ANOTHER} />
      }
    >
      {(device) =>
        device.build ? (
          <Program
            device={device}
            build={device.build}
            measured={measured.length > 0 ? Math.max(...measured) : null}
          />
        ) : (
          <Empty>
            {device.reason ?? 'No program was built yet: the device waits for the model of its fleet.'}
          </Empty>
        )
      }
    </Panel>
  );
}

interface ProgramProps {
  readonly device: Device;
  readonly build: Build;
  readonly measured: number | null;
}

function Program({ device, build, measured }: ProgramProps) {
  return (
    <>
      <MemoryUse title="SRAM" budgetBytes={device.sramBytes} usages={usagesOf(peaksOf(device, measured))} />
      <MemoryUse
        title="Flash"
        budgetBytes={device.flashBytes}
        usages={[{ name: 'built', bytes: build.elfFlashBytes }]}
      />
      <Facts facts={factsOf(build, device.id)} />
    </>
  );
}

const factsOf = (build: Build, deviceId: string): readonly Fact[] => [
  { name: 'Scheme: what is trained', value: build.schemeName },
  { name: 'Built', value: <DateTime at={build.createdAt} /> },
  { name: 'Layout of the parameters', value: hexadecimal(build.layout) },
  { name: 'Scheme on the wire', value: hexadecimal(build.scheme) },
  { name: 'Fetch it (needs the admin token)', value: <FetchCommand deviceId={deviceId} /> },
];

function FetchCommand({ deviceId }: { readonly deviceId: string }) {
  const url = `${window.location.origin}/api/devices/${deviceId}/image?format=elf`;
  const command = `curl -H "Authorization: Bearer $FLEETLEARN_ADMIN_TOKEN" -o ${deviceId}.elf '${url}'`;
  return <CopyText value={command} shown="curl command" what="command" />;
}

const hexadecimal = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
