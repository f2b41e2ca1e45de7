import { DemoError } from './demo-error';
import { parseOptions } from './options';

describe('the demo’s options', () => {
  it('are all optional', () => {
    expect(parseOptions([])).toEqual({
      once: false,
      data: undefined,
      httpPort: undefined,
      mqttPort: undefined,
    });
  });

  it('say where the data are, which ports to use and when to stop', () => {
    expect(
      parseOptions(['--once', '--data', '../fsdd', '--http-port', '8080', '--mqtt-port', '1883']),
    ).toEqual({
      once: true,
      data: '../fsdd',
      httpPort: 8080,
      mqttPort: 1883,
    });
  });

  it.each([
    [['--http-port', '0']],
    [['--mqtt-port', '70000']],
    [['--http-port', 'x']],
    [['--unknown']],
    [['stray']],
  ])('are refused where they make no sense: %s', (words) => {
    expect(() => parseOptions(words)).toThrow(DemoError);
  });

  it('ask for help', () => {
    expect(parseOptions(['--help'])).toBe('help');
  });
});
