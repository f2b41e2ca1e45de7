import { ok } from '#libs/base/result';
import { boardNames } from '#libs/firmware/toolchain';
import { type Command, type CommandShape, defineCommand } from '../command';
import { bashCompletion } from '../completion/bash-completion';
import { completionTable } from '../completion/completion-table';
import { zshCompletion } from '../completion/zsh-completion';
import { localWorkshop } from '../local-workshop';
import { repositoryRoot } from '../repository';
import { emulatedBoards, engineNames } from '../run/engine-choice';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion } as const;
type Shell = keyof typeof SHELLS;
const isShell = (name: string): name is Shell => name in SHELLS;

const shape = {
  name: 'completion',
  summary: 'Prints a script that lets a shell complete this command line: commands, options, boards, files.',
  words: [{ name: 'SHELL', meaning: 'whose script', choices: ['bash', 'zsh'] }],
  options: {},
  notes: [
    'In ~/.bashrc or ~/.zshrc: source <(npm --prefix FLEETLEARN run -s fleetlearn -- completion bash), with the folder of this\n' +
      'repository for FLEETLEARN, and zsh for bash. `fleetlearn` is then a command in every folder.',
  ],
} as const satisfies CommandShape;

/** @param others the commands beside this one */
export const completionOf = (others: readonly Command[]): Command =>
  defineCommand({
    ...shape,
    async run({ words: [shell] }, terminal) {
      const names = {
        boards: await boardNames(localWorkshop),
        engines: engineNames(await emulatedBoards(localWorkshop)),
      };
      const table = completionTable([...others, shape], names);
      if (isShell(shell)) terminal.print(SHELLS[shell](table, repositoryRoot));
      return ok(undefined);
    },
  });
