import { matchRoute } from './match-route';

it.each([
  ['/', '/', {}],
  ['/devices', '/devices/', {}],
  ['/devices/:id', '/devices/d-1', { id: 'd-1' }],
  ['/devices/:id', '/devices/a%20b', { id: 'a b' }],
  ['/devices/:id', '/devices/%', { id: '%' }],
])('%s fits %s', (pattern, pathname, params) => {
  expect(matchRoute(pattern, pathname)).toEqual(params);
});

it.each([
  ['/', '/devices'],
  ['/devices', '/'],
  ['/devices/:id', '/devices'],
  ['/devices/:id', '/devices/d-1/more'],
  ['/devices/:id', '/models/m-1'],
])('%s does not fit %s', (pattern, pathname) => {
  expect(matchRoute(pattern, pathname)).toBeUndefined();
});
