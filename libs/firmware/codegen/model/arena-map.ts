import type { Graph } from '#libs/model/ir';
import type { Plan, PlannedBuffer } from '#libs/firmware/planner';
import type { Places } from './places';

const lifeOf = ({ kind, first, last }: PlannedBuffer): string =>
  kind === 'variable' ? 'always' : `calls ${first}..${last}`;

/** The arena offsets of all tensors as an enumeration; tensors that share storage have the same value. */
export function arenaMap(graph: Graph, plan: Plan, places: Places): string {
  const buffers = [...plan.buffers].sort((a, b) => a.offset - b.offset || a.first - b.first);
  const rows = buffers.flatMap((buffer) =>
    buffer.tensors.map((id, index) => {
      const comment =
        index === 0
          ? `${buffer.bytes} bytes, ${lifeOf(buffer)}`
          : `in place of ${places.label(buffer.tensors[0]!)}`;
      return `  ${places.label(id)} = ${buffer.offset}, /* ${comment} */`;
    }),
  );
  return [`/* Arena of ${graph.ops.length} calls: ${plan.peakBytes} bytes. */`, 'enum {', ...rows, '};'].join(
    '\n',
  );
}
