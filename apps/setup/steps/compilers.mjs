import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { capture, runQuietly } from '../command.mjs';
import { SetupError } from '../setup-error.mjs';

/** Debian package -> a command or a file that shows it is there, whoever installed it. */
const debianPackages = [
  { name: 'gcc-arm-none-eabi', command: 'arm-none-eabi-gcc' },
  { name: 'binutils-arm-none-eabi', command: 'arm-none-eabi-objcopy' },
  {
    name: 'libnewlib-arm-none-eabi',
    files: ['/usr/include/newlib/stdio.h', '/usr/arm-none-eabi/include/stdio.h'],
  },
  { name: 'qemu-system-arm', command: 'qemu-system-arm' },
  { name: 'clang', command: 'clang' },
  { name: 'lld', command: 'wasm-ld' },
  { name: 'gcc', command: 'gcc' },
  { name: 'libc6-dev', files: ['/usr/include/stdio.h'] },
];

/** The compilers and the emulator: generated C is built for the boards, for WebAssembly and for the PC. */
export const compilers = {
  title: 'compilers and QEMU installed',
  isDone: () => missing().length === 0,
  async run(env) {
    const names = missing();
    const asRoot = await rootPrefix(env);
    if (asRoot === undefined) throw new SetupError(installAdvice(names));

    const aptEnv = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = async (...args) => {
      const [command, ...rest] = [...asRoot, 'apt-get', ...args];
      await runQuietly(command, rest, { env: aptEnv, advice: installAdvice(names) });
    };
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...names);
  },
};

function missing() {
  return debianPackages
    .filter(({ command, files }) => !(command ? isOnPath(command) : files.some(fs.existsSync)))
    .map(({ name }) => name);
}

function isOnPath(command) {
  return (process.env.PATH ?? '').split(':').some((folder) => fs.existsSync(path.join(folder, command)));
}

/** How to become root without asking anything; undefined if there is no way. */
async function rootPrefix(env) {
  if (!isOnPath('apt-get')) return undefined;
  if (process.getuid() === 0) return [];
  const sudo = await capture('sudo', ['-n', 'true'], env);
  return sudo.ok ? ['sudo', '-n'] : undefined;
}

function installAdvice(names) {
  return (
    `Fleetlearn needs these Debian packages (on another system, their like): ${names.join(' ')}\n` +
    `Install them, then run this again:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`
  );
}
