import { GraphBuilder } from '#test/support/graph-builder';
import { layerNumbers } from './describe-model';

/** Two layers, and between them one whose output nobody reads. */
function network(withUnread: boolean) {
  const builder = new GraphBuilder('layers');
  const first = builder.conv('first', builder.input([1, 4, 4, 3]), { channels: 4 });
  if (withUnread) builder.conv('unread', first, { channels: 2 });
  const features = builder.reshape('features', builder.averagePool('pool', first), [1, 4]);
  return builder.build(builder.fullyConnected('fc', features, { channels: 3 }));
}

describe('the numbers of layers', () => {
  it('are those of what is left of a model, which schemes count', () => {
    const numbers = layerNumbers(network(true), network(false));
    expect([...numbers].map(([{ name }, number]) => [name, number])).toEqual([
      ['first', 0],
      ['fc', 1],
    ]);
  });
});
