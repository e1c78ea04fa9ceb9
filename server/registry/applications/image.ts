import { sha256 } from '../../base/master-secret.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Logo } from '../../store/logos.ts';

/** Bytes that a logo may have when it is sent. */
export const maxLogoBytes = 1024 * 1024;
/** Pixels on the longer side of what is kept. */
const edge = 256;
/** Enough for any camera's logo, and 64 MB when decoded. */
const maxPixels = 16_000_000;

/** How each format begins. Nothing but the bytes says what an image is. */
const formats = [
  { name: 'png', starts: (b: Buffer) => b.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex')) },
  { name: 'jpeg', starts: (b: Buffer) => b.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex')) },
  {
    name: 'webp',
    starts: (b: Buffer) => b.toString('latin1', 0, 4) === 'RIFF' && b.toString('latin1', 8, 12) === 'WEBP',
  },
];

/**
 * Decodes an image and draws it anew, so that nothing of the file that was sent is ever served: at most
 * 256 x 256, the right way up, without metadata, as PNG.
 * @throws Refusal `logo_too_large`, `unsupported_image`
 */
export async function redrawLogo(bytes: Buffer): Promise<Logo> {
  if (bytes.byteLength > maxLogoBytes)
    throw new Refusal('logo_too_large', 'A logo has at most 1 MiB (1,048,576 bytes).');
  const format = formats.find(({ starts }) => starts(bytes));
  if (!format) throw unsupported('The file is not a PNG, JPEG or WebP image.');
  // Fifteen megabytes that most processes never need.
  const { default: sharp } = await import('sharp');
  try {
    const image = sharp(bytes, {
      limitInputPixels: maxPixels,
      failOn: 'error',
      pages: 1,
      sequentialRead: true,
    });
    if ((await image.metadata()).format !== format.name)
      throw unsupported('The file is not the image that it begins as.');
    const drawn = await image
      .autoOrient()
      .resize(edge, edge, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .png({ compressionLevel: 9 })
      .timeout({ seconds: 5 })
      .toBuffer();
    return { version: sha256(drawn).toString('hex').slice(0, 16), mediaType: 'image/png', image: drawn };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw unsupported('The image is damaged, or has more than 16 million pixels.');
  }
}

/**
 * 415.
 * @param detail one English sentence that says what is wrong with the file
 */
export function unsupported(detail: string): Refusal {
  return new Refusal('unsupported_image', detail);
}
