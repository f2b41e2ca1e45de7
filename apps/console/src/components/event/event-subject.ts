const KINDS = { d: 'device', c: 'campaign', m: 'model', f: 'fleet' } as const;

/** What an id is of, by its prefix (apps/server/src/database/new-id.ts); undefined for a stranger's name. */
export function subjectKind(id: string): (typeof KINDS)[keyof typeof KINDS] | undefined {
  const prefix = /^([dcmf])-[0-9a-f]{12}$/.exec(id)?.[1];
  return prefix === undefined ? undefined : KINDS[prefix as keyof typeof KINDS];
}
