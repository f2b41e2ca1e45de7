import type { Behaviour } from './behaviour';

const AFTER_MS = 400;
const OFF_MS = 200;
const TIMES = 2;

/** Loses its power in the middle of its first sessions, and comes back. */
export const killMidSession: Behaviour = ({ device }) => {
  let cuts = 0;
  const cut = async (): Promise<void> => {
    if (!device.isOn) return;
    await device.kill();
    setTimeout(() => device.start(), OFF_MS);
  };
  return (line) => {
    if (!line.startsWith('execution ') || cuts >= TIMES) return;
    cuts++;
    setTimeout(() => void cut(), AFTER_MS);
  };
};
