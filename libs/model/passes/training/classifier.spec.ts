import { type Graph } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { classifierOf } from './classifier';

function ending(draw: (builder: GraphBuilder) => Graph): ReturnType<typeof classifierOf> {
  return classifierOf(draw(new GraphBuilder('ending')));
}
const faultOf = (result: ReturnType<typeof classifierOf>): unknown =>
  result.ok ? undefined : [result.error.code, result.error.operator];

describe('the classifier of a graph', () => {
  it('is a dense layer behind a global average pool', () => {
    const found = ending((b) => {
      const pool = b.averagePool('pool', b.conv('conv', b.input([1, 4, 4, 1]), { channels: 3 }));
      return b.build(b.softmax('p', b.fullyConnected('fc', b.reshape('row', pool, [1, 3]), { channels: 2 })));
    });
    expect(found).toMatchObject({
      ok: true,
      value: { classes: 2, dense: { name: 'fc' } },
    });
  });

  it('can stand behind a MEAN, whose rounding is another', () => {
    const found = ending((b) => {
      const mean = b.mean('mean', b.input([1, 4, 4, 3]), { axes: [1, 2], keepDims: false });
      return b.build(b.fullyConnected('fc', mean, { channels: 2 }));
    });
    expect(found).toMatchObject({ ok: true, value: { classes: 2, dense: { name: 'fc' } } });
  });

  it('is none where the output is the input again, or one number', () => {
    const again = ending((b) => b.build(b.fullyConnected('fc', b.input([1, 8]), { channels: 8 })));
    const number = ending((b) => b.build(b.fullyConnected('fc', b.input([1, 8]), { channels: 1 })));
    expect(faultOf(again)).toEqual(['scheme.not-trainable', 'fc']);
    expect(faultOf(number)).toEqual(['scheme.not-trainable', 'fc']);
  });

  it('is none in a graph with several inputs', () => {
    const found = ending((b) => {
      const sum = b.add('sum', b.input([1, 2, 2, 3]), b.input([1, 2, 2, 3]));
      return b.build(
        b.fullyConnected('fc', b.reshape('row', b.averagePool('pool', sum), [1, 3]), { channels: 2 }),
      );
    });
    expect(found).toMatchObject({ ok: false, error: { code: 'scheme.not-trainable' } });
  });

  it('can be found behind operators that no gradient passes', () => {
    const found = ending((b) => {
      const gated = b.unary('swish', b.conv('conv', b.input([1, 4, 4, 1]), { channels: 3 }), {
        name: 'hardSwish',
      });
      const row = b.reshape('row', b.averagePool('pool', gated), [1, 3]);
      return b.build(b.fullyConnected('fc', row, { channels: 2 }));
    });
    expect(found.ok).toBe(true);
  });
});
