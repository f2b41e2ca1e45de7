import { subjectKind } from './event-subject';

it.each([
  ['d-0123456789ab', 'device'],
  ['c-0123456789ab', 'campaign'],
  ['m-0123456789ab', 'model'],
  ['f-0123456789ab', 'fleet'],
  ['v-0123456789ab', undefined],
  ['d-0123', undefined],
  ['d-0123456789ab/../..', undefined],
  ['<script>', undefined],
])('%s is about a %s', (id, kind) => {
  expect(subjectKind(id)).toBe(kind);
});
