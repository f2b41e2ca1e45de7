import { grouped } from '../../format/numbers';
import { kindFill } from './buffer-kinds';
import styles from './memory-map-chart.module.css';
import type { BufferBox } from './memory-map-geometry';

/** About what a letter of a name takes. */
const LETTER_WIDTH = 6;
const LINE_HEIGHT = 13;

interface BufferRectProps {
  readonly box: BufferBox;
  readonly patterns: string;
}

export function BufferRect({ box, patterns }: BufferRectProps) {
  const { x, y, width, height, buffer } = box;
  const { name, kind, bytes, offset, first, last } = buffer;
  const hasRoom = height >= LINE_HEIGHT && width >= LETTER_WIDTH * name.length + 8;
  return (
    <g>
      <rect className={styles.box} {...{ x, y, width, height }} fill={kindFill(patterns, kind)} />
      {hasRoom && (
        <text className={styles.name} x={x + 4} y={y + height / 2} dy="0.35em">
          {name}
        </text>
      )}
      <title>{`${name}: ${grouped(bytes)} bytes at ${grouped(offset)}, calls ${first} to ${last}`}</title>
    </g>
  );
}
