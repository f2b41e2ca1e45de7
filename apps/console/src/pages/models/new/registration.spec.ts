import { nameOfFile, registrationPath } from './registration';

const form = { name: 'kws', classes: '', labels: '', keep: false };

describe('the form that registers a model', () => {
  it('asks for nothing but what was filled in', () => {
    expect(registrationPath(form)).toBe('/models?name=kws');
    expect(registrationPath({ ...form, name: ' a b ', labels: 'on, off' })).toBe(
      '/models?name=a+b&labels=on%2C+off',
    );
    expect(registrationPath({ ...form, classes: ' 7 ' })).toBe('/models?name=kws&classes=7');
  });

  it('keeps known classes only where a head is asked for', () => {
    expect(registrationPath({ ...form, keep: true })).toBe('/models?name=kws');
    expect(registrationPath({ ...form, classes: '7', keep: true })).toBe(
      '/models?name=kws&classes=7&keep=true',
    );
  });

  it('calls a model as its file is called', () => {
    expect(nameOfFile('mcunet_vww.tflite')).toBe('mcunet_vww');
    expect(nameOfFile('modell (über).TFLITE')).toBe('modell --ber-');
  });
});
