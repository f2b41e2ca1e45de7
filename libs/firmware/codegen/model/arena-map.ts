import type { Plan, PlannedBuffer } from '#libs/firmware/planner';
import type { Places } from './places';

const lifeOf = ({ kind, first, last }: PlannedBuffer): string =>
  kind === 'variable' ? 'always' : `calls ${first}..${last}`;

function ringText({ ring, planes }: PlannedBuffer): string {
  if (planes !== undefined) return `, ${planes} channels at a time`;
  if (!ring) return '';
  const { rows, rowBytes, slot } = ring;
  return slot ? `, a row at a time in the ring` : `, a ring of ${rows} rows of ${rowBytes}`;
}

/** The arena offsets of all tensors as an enumeration; tensors that share storage have the same value. */
export function arenaMap(plan: Plan, places: Places): string {
  const buffers = [...plan.buffers].sort((a, b) => a.offset - b.offset || a.first - b.first);
  const rows = buffers.flatMap((buffer) =>
    buffer.tensors.map((id, index) => {
      const comment =
        index === 0
          ? `${buffer.bytes} bytes${ringText(buffer)}, ${lifeOf(buffer)}`
          : `in place of ${places.label(buffer.tensors[0]!)}`;
      return `  ${places.label(id)} = ${buffer.offset}, /* ${comment} */`;
    }),
  );
  return [
    `/* Arena of ${plan.schedule.calls.length} calls: ${plan.peakBytes} bytes. */`,
    'enum {',
    ...rows,
    '};',
  ].join('\n');
}
