import { bytesOf, ByteWriter } from '#libs/base/bytes';
import { at } from '#libs/base/result';
import { type Dataset, item } from '#libs/model/dataset';
import { crc32 } from './crc32';

const MAGIC = 0x4d534c46; // 'FLSM'
const WORD = 4;

const header = (dataset: Dataset): Uint8Array => {
  const writer = new ByteWriter();
  const count = dataset.labels.length;
  for (const word of [MAGIC, count, dataset.itemBytes, dataset.adaptCount, count - dataset.adaptCount]) {
    writer.u32(word);
  }
  writer.u32(crc32(writer.finish()));
  return writer.finish();
};

/** The items as the device keeps them; they must be in the quantisation of its model's input. */
export function encodeSampleLog(dataset: Dataset): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(header(dataset));
  for (let i = 0; i < dataset.labels.length; i++) {
    writer.u32(at(dataset.labels, i));
    writer.bytes(bytesOf(item(dataset, i)));
    writer.align(WORD);
  }
  return writer.finish();
}
