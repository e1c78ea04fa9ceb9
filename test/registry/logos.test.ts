import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { redrawLogo } from '../../server/registry/applications/image.ts';
import { refusesLater } from '../support/refuses.ts';

describe('logos', () => {
  const plain = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 4, background: { r: 200, g: 30, b: 30, alpha: 0.5 } } });

  test('PNG, JPEG and WebP are drawn anew as PNG of at most 256 x 256, without metadata', async () => {
    const images = [
      await plain(1000, 500)
        .withExif({ IFD0: { Copyright: 'somebody', Artist: '<script>alert(1)</script>' } })
        .png()
        .toBuffer(),
      await plain(1000, 500)
        .withExif({ IFD0: { Copyright: 'somebody' } })
        .jpeg()
        .toBuffer(),
      await plain(1000, 500).webp().toBuffer(),
    ];
    for (const image of images) {
      const logo = await redrawLogo(image);
      const { format, width, height, exif } = await sharp(logo.image).metadata();
      assert.deepEqual(
        { format, width, height, exif },
        { format: 'png', width: 256, height: 128, exif: undefined },
      );
      assert.equal(logo.mediaType, 'image/png');
      assert.match(logo.version, /^[0-9a-f]{16}$/);
      assert.ok(!logo.image.includes('script'));
    }
  });

  test('a small image is not enlarged, and what follows it in the file is dropped', async () => {
    const image = Buffer.concat([
      await plain(20, 10).png().toBuffer(),
      Buffer.from('<html><script>alert(1)</script>'),
    ]);
    const logo = await redrawLogo(image);
    assert.equal((await sharp(logo.image).metadata()).width, 20);
    assert.ok(!logo.image.includes('script'));
  });

  test('everything that is not such an image is refused', async () => {
    const png = await plain(50, 50).png().toBuffer();
    const bad: Buffer[] = [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'),
      Buffer.from('<html></html>'),
      Buffer.from('GIF89a/*'),
      await plain(10, 10).gif().toBuffer(),
      await plain(10, 10).tiff().toBuffer(),
      png.subarray(0, 40),
      png.subarray(0, 8),
      Buffer.concat([
        Buffer.from('89504e470d0a1a0a', 'hex'),
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      ]),
      Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.from('<html>')]),
      Buffer.from('RIFF....WEBP'),
      Buffer.alloc(1000),
    ];
    for (const image of bad)
      await refusesLater('unsupported_image', () => redrawLogo(image), image.toString('latin1', 0, 12));
  });

  test('a decompression bomb is refused', async () => {
    const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: 'black' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    assert.ok(bomb.length < 1024 * 1024);
    await refusesLater('unsupported_image', () => redrawLogo(bomb));
  });

  test('more than 1 MiB is too large', async () => {
    await refusesLater('logo_too_large', () => redrawLogo(Buffer.alloc(1024 * 1024 + 1)));
  });
});
