import type { MemoryMap } from '../../../api/memory-map';
import { MemoryMapChart } from '../../../charts/memory-map/memory-map-chart';
import { fullestCall, kindsAt } from '../../../charts/memory-map/memory-map-geometry';
import { MemoryMapLegend } from '../../../charts/memory-map/memory-map-legend';
import { Empty } from '../../../components/panel/panel-messages';
import { Panel } from '../../../components/panel/panel';
import { DataTable } from '../../../components/table/data-table';
import { kilobytes } from '../../../format/numbers';
import { useMemoryMapQuery } from '../../../queries/use-memory-map-query';
import { buffersTable } from './buffers-table';
import styles from './memory-map-panel.module.css';

/** Where everything lies in the arena while the device trains. */
export function MemoryMapPanel({ deviceId }: { readonly deviceId: string }) {
  const query = useMemoryMapQuery(deviceId);
  return (
    <Panel
      title="Memory map of the arena"
      query={query}
      layout="flush"
      aside={(map) =>
        map &&
        `${kilobytes(map.peakBytes)} KB; no placement needs less than ${kilobytes(map.lowerBoundBytes)} KB`
      }
    >
      {(map) => (map ? <MemoryMapView map={map} /> : <Unreadable />)}
    </Panel>
  );
}

function MemoryMapView({ map }: { readonly map: MemoryMap }) {
  const fullest = fullestCall(map);
  return (
    <>
      <div className={styles.padded}>
        <MemoryMapLegend bytes={kindsAt(map, fullest.call)} />
        <MemoryMapChart map={map} />
        <p className={styles.note}>
          Fullest at call {fullest.call} with {kilobytes(fullest.bytes)} KB; the figures above are of that
          call.
        </p>
      </div>
      <details className={styles.list}>
        <summary>All {map.buffers.length} buffers</summary>
        <DataTable
          {...buffersTable(map.peakBytes)}

          rows={map.buffers}
        />
      </details>
    </>
  );
}

const Unreadable = () => (
  <div className={styles.padded}>
    <Empty>
      There is a plan, but this console cannot draw it: server and console are not of one version.
    </Empty>
  </div>
);
