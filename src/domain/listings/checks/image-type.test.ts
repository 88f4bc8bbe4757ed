import { imageTypeOf, type ImageType } from './image-type';

/** The first bytes of a red pixel, as encoders wrote it. */
const samples: [string, ImageType | null, string][] = [
  ['JPEG', 'jpeg', 'ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c'],
  ['JPEG with Exif', 'jpeg', 'ffd8ffe1001845786966000049492a0008000000'],
  ['PNG', 'png', '89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c'],
  ['GIF 87a', 'gif', '47494638376101000100810000c81e1e0000000000000000002c00000000010001000008040001040400'],
  ['GIF 89a', 'gif', '474946383961010001008000000000000000'],
  ['WebP', 'webp', '524946463a00000057454250565038202e000000b001009d012a0100010001402625a00274ba00043000'],
  ['WebP without loss', 'webp', '524946461e000000574542505650384c110000002f0000000007508f22d7a3ff8188e87f0000'],
  ['AVIF', 'avif', '00000020667479706176696600000000617669666d6966316d6961664d413142000000eb6d657461'],
  ['an AVIF sequence', 'avif', '0000002c667479706176697300000000617669736d736631'],
  ['AVIF by a compatible brand', 'avif', '0000001c667479706d696631000000006d6966316176696600000000'],

  ['nothing', null, ''],
  ['HEIC', null, '0000001c6674797068656963000000006d69663168656963000000eb6d657461'],
  ['MP4', null, '000000206674797069736f6d0000020069736f6d69736f3261766331'],
  ['a box that ends before the brand', null, '00000014667479706d696631000000006d69663161766966'],
  ['TIFF', null, '49492a00080000000a000001040001000000010000000101040001000000'],
  ['BMP', null, '424d3a0000000000000036000000280000000100000001000000010018000000'],
  ['ICO', null, '0000010001000101000000002000450000001600000089504e470d0a1a0a'],
  ['WAVE', null, '524946462408000057415645666d7420'],
  ['PNG after a line ending was changed', null, '89504e470a1a0a0000000d49484452'],
  ['a JPEG that begins later', null, '00ffd8ffe000104a464946'],
];

const texts: [string, string][] = [
  ['a web page', '<!doctype html><img src="data:image/png;base64,iVBORw0KGgo=">'],
  ['SVG, which can run scripts', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['an answer of a metadata service', '{"AccessKeyId":"ASIA"}'],
  ['the beginning of GIF alone', 'GIF8'],
];

it.each(samples)('%s is %s by its first bytes', (_name, expected, hex) => {
  const bytes = Buffer.from(hex, 'hex');
  expect(imageTypeOf(bytes)).toBe(expected);
  // No shorter beginning is another type.
  for (let length = 0; length < bytes.length; length += 1)
    expect([null, expected]).toContain(imageTypeOf(bytes.subarray(0, length)));
});

it.each(texts)('%s is no image', (_name, text) => expect(imageTypeOf(Buffer.from(text))).toBeNull());
