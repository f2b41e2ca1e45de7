import fc from 'fast-check';
import { cName, shownText } from './c-name';

describe('the C name of a model', () => {
  it.each([
    ['kws-digits', 'kws_digits'],
    ['MobileNet V2 (0.35)', 'mobilenet_v2_0_35'],
    ['2 inputs', 'm_2_inputs'],
    ['fl_model', 'm_fl_model'],
    ['FL', 'm_fl'],
    ['', 'm'],
  ])('%s is %s', (name, expected) => expect(cName(name)).toBe(expected));

  it('is an identifier without double underscores, whatever the model is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(cName(name))),
    );
  });

  it('is no prefix of what kernels call theirs', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => !/^(fl|at)(_|$)/.test(cName(name))));
  });
});

it('texts from outside end no comment, string, table or blank', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[*"\\\n\r|@`<?]/.test(shownText(text))));
});
