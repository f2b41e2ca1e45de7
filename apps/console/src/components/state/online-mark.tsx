import { StateMark } from './state-mark';

const ONLINE = { tone: 'good', word: 'online', meaning: 'has a connection now' } as const;
const OFFLINE = { tone: 'off', word: 'offline', meaning: 'has no connection' } as const;

export function OnlineMark({ isOnline }: { readonly isOnline: boolean }) {
  return <StateMark state={isOnline ? ONLINE : OFFLINE} />;
}
