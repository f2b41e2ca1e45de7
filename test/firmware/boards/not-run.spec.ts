import { build, certificateText, openEngine } from '#libs/firmware/toolchain';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { testWorkshop } from '#test/support/harness';
import { inferenceBuild, NOT_RUN, programOf } from './on-boards';

const graph = kwsDigitsGraph();
const { model } = programOf(graph);

it('well-known boards are there', () => {
  expect(NOT_RUN.map(({ name }) => name)).toEqual([
    'nrf52840-dk',
    'nucleo-h743zi',
    'nucleo-l432kc',
    'rp2040-pico',
    'rp2350-pico2',
    'stm32f746g-disco',
  ]);
});

describe.each(NOT_RUN)('$name', (board) => {
  it('links the inference of kws-digits and sizes it', async () => {
    const { fit, footprint, warnings } = await inferenceBuild(graph, board);
    expect(warnings).toBe('');
    expect(footprint.staticRamBytes).toBe(model.facts.arenaBytes);
    expect(fit?.regions.every(({ marginBytes }) => marginBytes >= 0)).toBe(true);
  });

  it('says that it was not run', async () => {
    const built = await inferenceBuild(graph, board);
    expect(built.fit && certificateText(built.fit)).toContain('Not run:');
    const result = await openEngine(testWorkshop, built).forward({
      inputs: [new Int8Array(model.facts.inputBytes)],
    });
    expect(result).toMatchObject({ ok: false, error: { code: 'run.failed' } });
  });

  it('refuses programs that need drivers or a job', async () => {
    for (const program of ['device', 'harness'] as const) {
      const result = await build(testWorkshop, { program, target: 'arm', board, model });
      expect(result).toMatchObject({ ok: false, error: { code: 'board.no-drivers' } });
    }
  });
});
