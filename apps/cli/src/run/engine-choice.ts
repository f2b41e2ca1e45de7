import { err, fault, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { boardNames, loadBoard, type Workshop } from '#libs/firmware/toolchain';

/** What runs a model: the oracle, or generated C built for this machine, for WebAssembly or for an emulated board. */
export type EngineChoice =
  { readonly name: 'reference' | 'native' | 'wasm' } | { readonly name: 'arm'; readonly board: Board };

const PLAIN = ['reference', 'native', 'wasm'] as const;
const ARM_PREFIX = 'arm:';

/** An engine as it is typed: `wasm`, `arm:mps2-an386`. Refused: `run.unknown-engine`, `run.board-not-run`. */
export async function readEngine(shop: Workshop, text: string): Promise<Result<EngineChoice>> {
  const plain = PLAIN.find((name) => name === text);
  if (plain !== undefined) return ok({ name: plain });
  const emulated = await emulatedBoards(shop);
  const known = engineNames(emulated).join(', ');
  if (!text.startsWith(ARM_PREFIX))
    return err(fault('run.unknown-engine', `there is no engine "${text}"; there are: ${known}`));
  const name = text.slice(ARM_PREFIX.length);
  const board = emulated.find((each) => each.name === name);
  if (board) return ok({ name: 'arm', board });
  return (await boardNames(shop)).includes(name)
    ? err(
        fault(
          'run.board-not-run',
          `nothing here emulates a ${name}, but it can be built for (fleetlearn build); engines: ${known}`,
        ),
      )
    : err(fault('run.unknown-engine', `there is no board "${name}"; engines: ${known}`));
}

/** Every engine that there is, as it is typed. */
export const engineNames = (emulated: readonly Board[]): readonly string[] => [
  ...PLAIN,
  ...emulated.map(({ name }) => `${ARM_PREFIX}${name}`),
];

/** Boards whose programs QEMU runs. */
export async function emulatedBoards(shop: Workshop): Promise<readonly Board[]> {
  const names = await boardNames(shop);
  const boards = await Promise.all(names.map((name) => loadBoard(shop, name)));
  return boards.flatMap((board) => (board.ok && board.value.runs === 'qemu' ? [board.value] : []));
}
