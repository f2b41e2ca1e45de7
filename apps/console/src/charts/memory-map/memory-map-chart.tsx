import { useElementSize } from '@mantine/hooks';
import { useId } from 'react';

import type { MemoryMap } from '../../api/memory-map';
import { grouped, kilobytes } from '../../format/numbers';
import { KindPatterns } from './buffer-kinds';
import { BufferRect } from './buffer-rect';
import styles from './memory-map-chart.module.css';
import { bufferBoxes, byteTicks, type Size } from './memory-map-geometry';

const HEIGHT = 300;
const MARGIN = { left: 44, right: 8, top: 8, bottom: 30 };

/** The arena over one training step: a rectangle for every buffer, from its first to its last kernel call. */
export function MemoryMapChart({ map }: { readonly map: MemoryMap }) {
  const id = useId();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const size: Size = {
    width: Math.max(0, width - MARGIN.left - MARGIN.right),
    height: HEIGHT - MARGIN.top - MARGIN.bottom,
  };
  return (
    <div ref={ref}>
      <svg className={styles.chart} height={HEIGHT} role="img" aria-label={inWords(map)}>
        <KindPatterns id={id} />
        <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
          <ByteAxis map={map} size={size} />
          {bufferBoxes(map, size).map((box) => (
            <BufferRect key={`${box.buffer.name} ${box.buffer.offset}`} box={box} patterns={id} />
          ))}
          <CallAxis calls={map.calls} size={size} />
        </g>
      </svg>
    </div>
  );
}

function ByteAxis({ map, size }: { readonly map: MemoryMap; readonly size: Size }) {
  return byteTicks(map.peakBytes).map((bytes) => {
    const y = size.height * (1 - bytes / map.peakBytes);
    return (
      <g key={bytes}>
        <line className={styles.axis} x1={-4} x2={size.width} y1={y} y2={y} />
        <text x={-8} y={y} dy="0.35em" textAnchor="end">
          {kilobytes(bytes).replace('.0', '')} KB
        </text>
      </g>
    );
  });
}

function CallAxis({ calls, size }: { readonly calls: number; readonly size: Size }) {
  return (
    <g transform={`translate(0 ${size.height})`}>
      <line className={styles.axis} x1={0} x2={size.width} />
      <text y={15}>call 0</text>
      <text x={size.width / 2} y={15} textAnchor="middle">
        kernel calls of one training step →
      </text>
      <text x={size.width} y={15} textAnchor="end">
        {calls - 1}
      </text>
    </g>
  );
}

const inWords = ({ buffers, calls, peakBytes }: MemoryMap): string =>
  `Memory map: ${buffers.length} buffers over ${calls} kernel calls, ${grouped(peakBytes)} bytes at most. The table below lists them.`;
